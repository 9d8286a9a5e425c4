"""LiteLLM: the address with its version, and a price list that it would fetch (clients.md 4)."""

from bytespike_cli.launch.client import Client, Shape, Snippet

KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
ADDRESSES = {"GEMINI_API_BASE": Shape.VERSIONED}
EXTRA = {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}

CLIENT = Client(
    name="litellm",
    title="LiteLLM",
    commands=("litellm",),
    keys=KEYS,
    addresses=ADDRESSES,
    extra=EXTRA,
    needs=("framing", "json-body", "ids"),
    snippet=Snippet(
        """\
# pip install litellm; the key is in GEMINI_API_KEY. Through the shim:
# `bytespike exec --client litellm -- python FILE`.
import os

import litellm

response = litellm.completion(
    model="gemini/" + @MODEL@,
    api_key=os.environ["GEMINI_API_KEY"],
    api_base=os.environ.get("GEMINI_API_BASE") or @VERSIONED@,
    messages=[{"role": "user", "content": "say hi"}],
)
print(response.choices[0].message.content)
"""
    ),
)
