"""`bytespike env`: variables for a shell, a `.env` file or a program."""

from __future__ import annotations

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.options import SELECTING, Command, client_option
from bytespike_cli.errors import UsageError

SHELLS = ["bash", "zsh", "fish", "powershell", "dotenv", "json"]


@click.command(cls=Command, selects=SELECTING)
@client_option
@click.option("--shell", type=click.Choice(SHELLS), help="For this shell; otherwise for your own.")
@click.option("--direct", is_flag=True, help="Print the real gateway and key. Required.")
def env(client: str | None, shell: str | None, direct: bool) -> None:
    """Print the variables that lead Gemini clients to the gateway itself.

    There is no shim behind them: `bytespike exec` runs a program with one. Without `--client`, they
    are those of every client.

    \b
      eval "$(bytespike env --direct)"              bash, zsh
      bytespike env --direct | source               fish
      bytespike env --direct --shell dotenv > .env
    """
    app = current_app()
    if not direct:
        raise UsageError(
            "`bytespike env` prints your real key, without a shim behind it, and needs --direct.",
            fix="bytespike env --direct; or run the program with a shim: bytespike exec -- CMD",
        )
    from bytespike_cli.config.credential import select_credential
    from bytespike_cli.launch import assignments, registry
    from bytespike_cli.launch import direct as launch_direct

    chosen = registry.find(client) if client else registry.GENERIC
    credential = select_credential(app.env, app.settings)
    variables = launch_direct.variables(
        app.env, chosen, settings=app.settings, credential=credential
    )
    form = shell or assignments.shell_of(app.env.variables, app.env.platform)
    text = assignments.FORMS[form](variables)
    app.render.warn(launch_direct.given_up(chosen))
    app.render.reveal(text)
