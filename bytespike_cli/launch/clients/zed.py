"""Zed: the address is in its settings, the key in a variable, and it travels as ?key=.

Read in its source (clients.md 1).
"""

from bytespike_cli.launch.client import Client, Snippet, Source
from bytespike_cli.wire.auth import AuthForm

CLIENT = Client(
    name="zed",
    title="Zed",
    commands=("zed", "zeditor"),
    keys=("GEMINI_API_KEY", "GOOGLE_AI_API_KEY"),
    address_from=Source.SETTINGS,
    sends_key=AuthForm.QUERY,
    needs=("done", "ids"),
    refused=(
        "Zed takes its address from its settings (language_models.google.api_url), which cannot "
        "follow a shim that is started for one launch"
    ),
    snippet=Snippet(
        """\
{
  "language_models": {
    "google": {
      "api_url": @ORIGIN@,
      "available_models": [
        { "name": @MODEL@, "display_name": "ByteSpike", "max_tokens": 1000000 }
      ]
    }
  }
}
"""
    ),
)
