"""OpenCode: a whole configuration in one variable, merged into the user's own (clients.md 1, 5).

Models have to be declared there, and without a `small_model` each session asks for one that a
gateway may not have. The key is referred to, not written; the other variables are those that
models.dev lists for Google, for which OpenCode looks when it knows that list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bytespike_cli.launch.client import Client, Snippet, Target
from bytespike_cli.launch.clients.ai_sdk import KEY
from bytespike_cli.wire.models import is_gemini_text, resolve

VARIABLE = "OPENCODE_CONFIG_CONTENT"
_PROVIDER = "google"
_SETTINGS = """\
{
  "$schema": "https://opencode.ai/config.json",
  "model": "google/@MODEL@",
  "small_model": "google/@MODEL@",
  "provider": {
    "google": {
      "options": {
        "baseURL": "@VERSIONED@",
        "apiKey": "@KEY@"
      },
      "models": { "@MODEL@": {} }
    }
  }
}
"""


def configure(target: Target, variables: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variable: the user's own content of it, with our provider put over theirs."""
    ours: dict[str, Any] = {
        "provider": {
            _PROVIDER: {
                "options": {"baseURL": target.versioned, "apiKey": f"{{env:{KEY}}}"},
                "models": {model: {} for model in target.models if is_gemini_text(model)},
            }
        }
    }
    small = resolve("flash", target.models).served if target.models else None
    if small is not None:
        ours["small_model"] = f"{_PROVIDER}/{small}"
    content = json.dumps(_merged(_object(variables.get(VARIABLE, "")), ours), ensure_ascii=False)
    return {VARIABLE: content}


def _object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _merged(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    merged = dict(theirs)
    for name, value in ours.items():
        old = merged.get(name)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[name] = _merged(old, value) if both and isinstance(old, dict) else value
    return merged


CLIENT = Client(
    name="opencode",
    title="OpenCode",
    commands=("opencode",),
    packages=("opencode-ai",),
    keys=("GOOGLE_API_KEY", KEY, "GEMINI_API_KEY"),
    configure=configure,
    needs=("json-body", "ids", "errors"),
    snippet=Snippet(
        f"""\
// opencode.json of a project, or ~/.config/opencode/opencode.json; the key is in {KEY}.
// Through the shim, which then goes before this address: `bytespike exec -- opencode`.
{_SETTINGS.replace("@KEY@", f"{{env:{KEY}}}")}""",
        literals=False,
    ),
    standing=Snippet(
        f"""\
// opencode.json of a project, or ~/.config/opencode/opencode.json.
{_SETTINGS.replace("@KEY@", "{file:@TOKEN_FILE@}")}""",
        literals=False,
    ),
)
