"""google-genai for Python, 2.x and 3.x.

2.x asks under /v1beta. 3.x asks under /v1, ByteSpike's prefix for other protocols, unless
GOOGLE_GENAI_API_VERSION says otherwise, which 2.x does not read (clients.md 3).
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="google-genai",
    title="google-genai for Python, 2.x and 3.x",
    aliases=("python", "pydantic-ai"),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    # With both keys set it complains on every start.
    off=("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
    extra={"GOOGLE_GENAI_API_VERSION": "v1beta"},
    needs=("done", "framing", "json-body", "ids", "paths"),
    snippet=Snippet(
        """\
# pip install google-genai; the key is in GEMINI_API_KEY. To stream, and for every other
# call, run this with `bytespike exec --client google-genai -- python FILE`.
import os

from google import genai
from google.genai import types

client = genai.Client(
    api_key=os.environ["GEMINI_API_KEY"],
    http_options=types.HttpOptions(
        base_url=os.environ.get("GOOGLE_GEMINI_BASE_URL") or @ORIGIN@,
        api_version="v1beta",
    ),
)
response = client.models.generate_content(model=@MODEL@, contents="say hi")
print(response.text)
"""
    ),
)
