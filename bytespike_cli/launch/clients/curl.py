"""curl: it reads no variables, but a script for it may."""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="curl",
    title="curl",
    commands=("curl",),
    keys=("GEMINI_API_KEY",),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    needs=("ids", "errors"),
    snippet=Snippet(
        """\
# The key is in GEMINI_API_KEY. Through the shim: `bytespike exec -- sh FILE`.
curl -sS "${GOOGLE_GEMINI_BASE_URL:-@ORIGIN@}/v1beta/models/@MODEL@:generateContent" \\
  -H "x-goog-api-key: $GEMINI_API_KEY" \\
  -H 'content-type: application/json' \\
  -d '{"contents":[{"role":"user","parts":[{"text":"say hi"}]}]}'
""",
        literals=False,
    ),
)
