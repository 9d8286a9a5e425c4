"""`bytespike snippet`: code for a client, with this machine's gateway and model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import SELECTING, Command, complete_clients

if TYPE_CHECKING:
    from bytespike_cli.launch.client import Client


@click.command(cls=Command, selects=SELECTING)
@click.argument("name", shell_complete=complete_clients)
@click.option("--shim", "standing", is_flag=True, help="For the shim that stays, which has to run.")
def snippet(name: str, standing: bool) -> None:
    """Print working code for a client.

    The gateway and the model are those of this machine's configuration; the key is taken from a
    variable and is never in the code. With `--shim` it leads to the shim of `bytespike shim serve`,
    as the settings of an IDE should. NAME is `python`, `node`, `go`, or one of those that
    `--client` takes:

    gemini-cli, google-genai, google-generativeai, google-genai-js, google-genai-go,
    google-genai-java, generative-ai-js, litellm, aider, langchain, ai-sdk, opencode, aichat,
    continue, zed, promptfoo, curl, llm-gemini, generic.
    """
    app = current_app()
    from bytespike_cli.launch import registry

    client = registry.find(name)
    text = _for_the_shim(app, client) if standing else _for_the_gateway(app, client)
    app.render.out(text.rstrip("\n"))


def _for_the_gateway(app: App, client: Client) -> str:
    from bytespike_cli.direct.offline import aim
    from bytespike_cli.shim.service.state import ServiceState

    target = aim(app.env, app.settings)
    if client.standing is not None and ServiceState(app.env).lives():
        app.render.say(f"A shim runs: `bytespike snippet {client.name} --shim` is for that.")
    return client.snippet.render(target.origin, target.slug)


def _for_the_shim(app: App, client: Client) -> str:
    from bytespike_cli.cli.standing import running_shim
    from bytespike_cli.direct.offline import aim
    from bytespike_cli.launch import standing
    from bytespike_cli.shim.service.state import ServiceState

    standing.check(client)
    status = running_shim(
        app,
        what="this code",
        otherwise="leave out --shim",
        without=f"bytespike snippet {client.name}",
    )
    if client.standing is None:
        app.render.say(f"The key is the shim's token: {standing.evaluated(client)}")
    token_file = str(ServiceState(app.env).token_file)
    code = client.standing or client.snippet
    return code.render(status["address"], aim(app.env, app.settings).slug, token_file)
