"""aichat 0.30: a variable goes before its configuration (clients.md 1, read in its source)."""

from bytespike_cli.launch.client import Client, Shape, Snippet

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
    needs=("ids", "errors"),
    snippet=Snippet(
        """\
# aichat through the shim; without it: GEMINI_API_BASE=@VERSIONED@ and a key in GEMINI_API_KEY.
bytespike exec -- aichat --model gemini:@MODEL@ "say hi"
""",
        literals=False,
    ),
)
