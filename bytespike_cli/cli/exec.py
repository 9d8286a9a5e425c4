"""`bytespike exec`: any Gemini client on ByteSpike, through a shim of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.options import SELECTING, Command, client_option
from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.launch.client import Client


def _files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


@click.command(
    name="exec",
    cls=Command,
    selects=SELECTING,
    options_metavar="[OPTIONS]",
    context_settings={"allow_interspersed_args": False},
)
@client_option
@click.option(
    "--direct", is_flag=True, help="Give the program the real gateway and key, and no shim."
)
@click.argument(
    "command", nargs=-1, type=click.UNPROCESSED, metavar="-- CMD [ARGS]...", shell_complete=_files
)
def exec_(client: str | None, direct: bool, command: tuple[str, ...]) -> int:
    """Run any program that speaks Gemini's protocol on ByteSpike.

    The program finds a key and an address under every name that it reads, and they lead to a local
    shim that repairs what it and the gateway disagree about. Its exit status is passed on.

    \b
      bytespike exec -- python app.py
      bytespike exec -- aider --model gemini/gemini-3-1-pro
    """
    app = current_app()
    if not command:
        raise UsageError("There is no command to run.", fix="bytespike exec -- python app.py")
    from bytespike_cli.launch import registry

    chosen = registry.find(client) if client else registry.recognise(command)
    return _run(app, chosen, command, direct=direct)


def _run(app: App, client: Client, command: tuple[str, ...], *, direct: bool) -> int:
    from bytespike_cli.config.credential import select_credential
    from bytespike_cli.launch import program

    prepare = program.directly if direct else program.through_shim
    credential = select_credential(app.env, app.settings)
    launch = prepare(app.env, client, command, settings=app.settings, credential=credential)
    if app.flags.verbose:
        way = "directly" if direct else "through the shim"
        app.render.say(f"{client.title}, {way}, with the key '{credential.name}'")
    for note in launch.notes:
        app.render.warn(note)
    app.env.stdout.flush()
    return launch.run(app.env.platform)
