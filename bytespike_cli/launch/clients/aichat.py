"""aichat 0.30, from runs of it.

Without a configuration it starts where AICHAT_PLATFORM names its client. With one, that has to
list a client of the type gemini, and a key or an address there goes before the variables. The key
travels in the URL.
"""

from bytespike_cli.launch.client import Client, Shape, Snippet
from bytespike_cli.wire.auth import AuthForm

CLIENT = Client(
    name="aichat",
    title="aichat",
    commands=("aichat",),
    keys=("GEMINI_API_KEY",),
    addresses={"GEMINI_API_BASE": Shape.VERSIONED},
    # Without a configuration file it asks for one, unless one of these names its provider.
    extra={"AICHAT_PROVIDER": "gemini", "AICHAT_PLATFORM": "gemini"},
    env_files=(
        "$AICHAT_ENV_FILE",
        "$AICHAT_CONFIG_DIR/.env",
        "$XDG_CONFIG_HOME/aichat/.env",
        "~/.config/aichat/.env",
        "~/Library/Application Support/aichat/.env",
    ),
    sends_key=AuthForm.QUERY,
    needs=("ids", "errors"),
    snippet=Snippet(
        """\
# aichat through the shim. A config.yaml of yours needs "- type: gemini" among its clients, with no
# api_base and no api_key: they would go before ours. Without the shim:
#   AICHAT_PLATFORM=gemini GEMINI_API_BASE=@VERSIONED@ and a key in GEMINI_API_KEY
bytespike exec -- aichat --model gemini:@MODEL@ "say hi"
""",
        literals=False,
    ),
    standing=Snippet(
        """\
# A config.yaml of yours needs "- type: gemini" among its clients, with no api_base and no api_key:
# they would go before these variables.
eval "$(bytespike env --client aichat)"
aichat --model gemini:@MODEL@ "say hi"
""",
        literals=False,
    ),
)
