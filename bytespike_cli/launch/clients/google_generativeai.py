"""google-generativeai for Python, deprecated: REST only, and no variable for its address.

Its default transport is gRPC, which no HTTP gateway answers. Streams are JSON arrays: it dies on
any SSE (clients.md 3).
"""

from bytespike_cli.launch.client import Client, Shape, Snippet, Source

CLIENT = Client(
    name="google-generativeai",
    title="google-generativeai for Python (deprecated)",
    keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    address_from=Source.CODE,
    needs=("array", "ids", "errors"),
    snippet=Snippet(
        """\
# pip install google-generativeai; the key is in GEMINI_API_KEY. To stream, run this with
# `bytespike exec --client google-generativeai -- python FILE`. Google has replaced this
# package by google-genai: `bytespike snippet google-genai`.
import os

import google.generativeai as genai

genai.configure(
    api_key=os.environ["GEMINI_API_KEY"],
    transport="rest",
    client_options={"api_endpoint": os.environ.get("GOOGLE_GEMINI_BASE_URL") or @ORIGIN@},
)
response = genai.GenerativeModel(@MODEL@).generate_content("say hi")
print(response.text)
"""
    ),
)
