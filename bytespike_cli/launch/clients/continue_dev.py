"""Continue: it asks through @google/genai, whose variable works where its `apiBase` does not.

The variable has to be in the environment of the editor; the key is in Continue's own file
(clients.md 1).
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="continue",
    title="Continue (in VS Code and JetBrains)",
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    needs=("done", "json-body", "ids"),
    refused=(
        "Continue takes its key from its own configuration, where the session token of one launch "
        "is of no use"
    ),
    snippet=Snippet(
        """\
# In Continue's config.yaml. Its apiBase is ignored for chat: start the editor with
#   GOOGLE_GEMINI_BASE_URL=@ORIGIN@ code
# Where the gateway ends its streams with [DONE], each answer ends with an error.
models:
  - name: ByteSpike
    provider: gemini
    model: @MODEL@
    apiKey: YOUR_BYTESPIKE_KEY
""",
        literals=False,
    ),
)
