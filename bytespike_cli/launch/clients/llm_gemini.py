"""llm with the plugin llm-gemini: Google's address is written into it (clients.md 1)."""

from bytespike_cli.launch.client import Client, Snippet, Source

_REASON = "llm-gemini has Google's address written into its code, and no option for another"

CLIENT = Client(
    name="llm-gemini",
    title="llm with llm-gemini",
    commands=("llm",),
    keys=("LLM_GEMINI_KEY",),
    address_from=Source.FIXED,
    needs=("array", "ids"),
    refused=_REASON,
    refused_directly=_REASON,
    snippet=Snippet(
        """\
# llm-gemini has Google's address written into its code. The same question without it:
bytespike generate --model @MODEL@ "say hi"
""",
        literals=False,
    ),
)
