"""aider, which asks through a LiteLLM of its own choice (clients.md 4).

With that (1.81.10, which aider 0.86.2 wants) a `[DONE]` at the end of a stream keeps it busy for
ever after the whole answer: seen in runs, and not with later versions of LiteLLM.
"""

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
    needs=("done", "framing", "json-body", "ids", "errors"),
    snippet=Snippet(
        """\
# aider through the shim. Without it: GEMINI_API_BASE=@VERSIONED@ and a key in GEMINI_API_KEY;
# where the gateway ends its streams with [DONE], aider then never comes back from an answer.
bytespike exec -- aider --model gemini/@MODEL@
""",
        literals=False,
    ),
    standing=Snippet(
        """\
eval "$(bytespike env --client aider)"
aider --model gemini/@MODEL@
""",
        literals=False,
    ),
)
