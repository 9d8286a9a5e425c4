"""`bytespike snippet`: code for a client, with this machine's gateway and model."""

from __future__ import annotations

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.options import SELECTING, Command, complete_clients


@click.command(cls=Command, selects=SELECTING)
@click.argument("name", shell_complete=complete_clients)
def snippet(name: str) -> None:
    """Print working code for a client.

    The gateway and the model are those of this machine's configuration; the key is taken from a
    variable and is never in the code. NAME is `python`, `node`, or one of those that `--client`
    takes:

    gemini-cli, google-genai, google-generativeai, google-genai-js, generative-ai-js, litellm,
    aider, langchain, ai-sdk, opencode, aichat, continue, zed, curl, llm-gemini, generic.
    """
    app = current_app()
    from bytespike_cli.direct.offline import aim
    from bytespike_cli.launch import registry

    client = registry.find(name)
    target = aim(app.env, app.settings)
    app.render.out(client.snippet.render(target.origin, target.slug).rstrip("\n"))
