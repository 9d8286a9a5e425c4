"""promptfoo 0.121: its provider `google:` asks by itself, with variables of its own.

The address is without a version, whatever ByteSpike's page says of GOOGLE_API_BASE_URL. A host in
GOOGLE_API_HOST or PALM_API_HOST goes before it. Seen in runs of it, and in its googleAIStudio.ts.
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

_SETTINGS = """\
providers:
  - google:@MODEL@
prompts:
  - say hi to {{name}}
tests:
  - vars: {name: Ada}
"""

CLIENT = Client(
    name="promptfoo",
    title="promptfoo",
    commands=("promptfoo",),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_API_BASE_URL": Shape.ORIGIN},
    off=("GOOGLE_API_HOST", "PALM_API_HOST"),
    needs=("ids", "errors"),
    snippet=Snippet(
        f"""\
# promptfooconfig.yaml. The key and the address are in variables:
#   bytespike exec -- npx promptfoo eval
# Without the shim: GOOGLE_API_BASE_URL=@ORIGIN@ and a key in GEMINI_API_KEY.
{_SETTINGS}""",
        literals=False,
    ),
    standing=Snippet(
        f"""\
# promptfooconfig.yaml. The key and the address are in variables:
#   eval "$(bytespike env --client promptfoo)"
#   npx promptfoo eval
{_SETTINGS}""",
        literals=False,
    ),
)
