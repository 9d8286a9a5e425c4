"""Continue: it asks through @google/genai, whose variable works where its `apiBase` does not.

A secret that its configuration names is looked for in the environment too, by its command `cn` and
by its extensions (clients.md 1; the command from runs of it, the extensions read in
core/config/yaml/LocalPlatformClient.ts of continuedev/continue).
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

_SETTINGS = """\
# Its apiBase is ignored for chat.
name: ByteSpike
version: 1.0.0
schema: v1
models:
  - name: ByteSpike
    provider: gemini
    model: @MODEL@
    apiKey: ${{ secrets.GEMINI_API_KEY }}
"""

CLIENT = Client(
    name="continue",
    title="Continue (in VS Code and JetBrains, and its command cn)",
    commands=("cn",),
    packages=("@continuedev/cli",),
    keys=("GEMINI_API_KEY",),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    needs=("done", "json-body", "ids"),
    snippet=Snippet(
        f"""\
# ~/.continue/config.yaml. The address and the key are in variables: `bytespike exec -- cn`;
# for an editor, see `bytespike snippet continue --shim`. Without the shim it takes
#   GOOGLE_GEMINI_BASE_URL=@ORIGIN@ and a key in GEMINI_API_KEY
# and, where the gateway ends its streams with [DONE], each answer is followed by an error.
{_SETTINGS}""",
        literals=False,
    ),
    standing=Snippet(
        f"""\
# ~/.continue/config.yaml. The address and the key are in variables: start the editor, or cn, from
# a shell after
#   eval "$(bytespike env --client continue)"
# An editor that is started otherwise needs GOOGLE_GEMINI_BASE_URL=@ORIGIN@ in its environment, and
# the token, which is in @TOKEN_FILE@, as GEMINI_API_KEY=… in ~/.continue/.env.
{_SETTINGS}""",
        literals=False,
    ),
)
