"""Zed: the address is in its settings, the key in a variable, and it travels as ?key=.

Read in its source (clients.md 1; crates/google_ai of zed-industries/zed). Later versions than those
of the notes pass over a [DONE].
"""

from bytespike_cli.launch.client import Client, Snippet, Source
from bytespike_cli.wire.auth import AuthForm

_SETTINGS = """\
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
        f"""\
// ~/.config/zed/settings.json; the key is in GEMINI_API_KEY, or entered in Zed's settings of its
// agent. For the shim that stays: `bytespike snippet zed --shim`. Without it, older versions of Zed
// end each answer with an error where the gateway ends its streams with [DONE].
{_SETTINGS}"""
    ),
    standing=Snippet(
        f"""\
// ~/.config/zed/settings.json. The key is the shim's token: start Zed from a shell after
//   eval "$(bytespike env --client zed)"
// or enter what is in @TOKEN_FILE@ in Zed's settings of its agent.
{_SETTINGS}"""
    ),
)
