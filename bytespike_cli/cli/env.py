"""`bytespike env`: variables for a shell, a `.env` file or a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import SELECTING, Command, client_option

if TYPE_CHECKING:
    from bytespike_cli.launch.client import Client

SHELLS = ["bash", "zsh", "fish", "powershell", "dotenv", "json"]


@click.command(cls=Command, selects=SELECTING)
@client_option
@click.option("--shell", type=click.Choice(SHELLS), help="For this shell; otherwise for your own.")
@click.option(
    "--direct", is_flag=True, help="Print the real gateway and key: no shim is between them."
)
def env(client: str | None, shell: str | None, direct: bool) -> None:
    """Print the variables that lead Gemini clients to the shim that runs.

    That is the one of `bytespike shim serve`; the key that they hold is worth nothing anywhere
    else. Without `--client`, they are those of every client.

    \b
      eval "$(bytespike env)"                       bash, zsh
      bytespike env | source                        fish
      bytespike env --direct --shell dotenv > .env
    """
    app = current_app()
    from bytespike_cli.launch import assignments, registry

    chosen = registry.find(client) if client else registry.GENERIC
    variables = _direct(app, chosen) if direct else _standing(app, chosen)
    form = shell or assignments.shell_of(app.env.variables, app.env.platform)
    app.render.reveal(assignments.FORMS[form](variables))


def _direct(app: App, client: Client) -> dict[str, str]:
    from bytespike_cli.config.credential import select_credential
    from bytespike_cli.launch import direct

    credential = select_credential(app.env, app.settings)
    variables = direct.variables(app.env, client, settings=app.settings, credential=credential)
    app.render.warn(direct.given_up(client))
    return variables


def _standing(app: App, client: Client) -> dict[str, str]:
    from bytespike_cli.cli.standing import running_shim
    from bytespike_cli.launch import standing
    from bytespike_cli.shim.service.state import ServiceState

    status = running_shim(
        app,
        what="these variables",
        otherwise="add --direct",
        without="bytespike env --direct, with your real key",
    )
    state = ServiceState(app.env)
    variables = standing.variables(
        app.env, client, status=status, token=state.token(), model=app.settings.model
    )
    for note in standing.notes(client, address=status["address"], token_file=str(state.token_file)):
        app.render.warn(note)
    return variables
