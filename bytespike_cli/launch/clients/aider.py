"""aider, which asks through LiteLLM (clients.md 4)."""

from bytespike_cli.launch.client import Client, Snippet
from bytespike_cli.launch.clients import litellm

CLIENT = Client(
    name="aider",
    title="aider",
    commands=("aider",),
    packages=("aider-chat",),
    keys=litellm.KEYS,
    addresses=litellm.ADDRESSES,
    env_files=("~/.aider/oauth-keys.env", "~/.env", "{repository}/.env", ".env"),
    extra=litellm.EXTRA,
    needs=("framing", "json-body", "ids", "errors"),
    snippet=Snippet(
        """\
# aider through the shim; without it: GEMINI_API_BASE=@VERSIONED@ and a key in GEMINI_API_KEY.
bytespike exec -- aider --model gemini/@MODEL@
""",
        literals=False,
    ),
)
