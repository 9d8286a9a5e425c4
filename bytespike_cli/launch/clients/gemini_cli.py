"""gemini-cli: launched by `launch.gemini`, which also gives it a home (clients.md 2)."""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="gemini-cli",
    title="Google's gemini-cli",
    aliases=("gemini",),
    commands=("gemini",),
    packages=("@google/gemini-cli",),
    keys=("GEMINI_API_KEY",),
    addresses={
        "GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN,
        "GOOGLE_VERTEX_BASE_URL": Shape.ORIGIN,
    },
    off=(
        "GOOGLE_GENAI_USE_VERTEXAI",
        "GOOGLE_GENAI_USE_GCA",
        "GEMINI_API_KEY_AUTH_MECHANISM",
        "GEMINI_DEFAULT_AUTH_TYPE",
        "CODE_ASSIST_ENDPOINT",
    ),
    needs=("done", "framing", "finish-reason", "stream-error", "ids", "errors"),
    refused_directly=(
        "gemini-cli needs a private view of its home for the choice of its sign-in, streams every "
        "answer, and ends with an error at the [DONE] of ByteSpike's streams"
    ),
    snippet=Snippet(
        """\
# gemini-cli on ByteSpike: its arguments are untouched.
bytespike gemini -m @MODEL@ -p "say hi"
""",
        literals=False,
    ),
    standing=Snippet(
        """\
# Its own settings (~/.gemini/settings.json) have to choose the key as its sign-in:
#   { "security": { "auth": { "selectedType": "gemini-api-key" } } }
# `bytespike gemini` brings that along, and a shim of its own.
eval "$(bytespike env --client gemini-cli)"
gemini -m @MODEL@ -p "say hi"
""",
        literals=False,
    ),
)
