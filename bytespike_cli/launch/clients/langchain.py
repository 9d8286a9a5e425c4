"""langchain-google-genai 4, which asks through google-genai 2 (clients.md 1).

It takes the first key variable that is set, be it empty: none of them may be blanked.
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="langchain",
    title="LangChain (langchain-google-genai)",
    aliases=("langchain-google-genai",),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    off=("GOOGLE_GENAI_USE_VERTEXAI",),
    needs=("done", "framing", "json-body", "ids", "errors"),
    snippet=Snippet(
        """\
# pip install langchain-google-genai; the key is in GEMINI_API_KEY. To stream, run this with
# `bytespike exec --client langchain -- python FILE`.
import os

from langchain_google_genai import ChatGoogleGenerativeAI

model = ChatGoogleGenerativeAI(
    model=@MODEL@,
    api_key=os.environ["GEMINI_API_KEY"],
    base_url=os.environ.get("GOOGLE_GEMINI_BASE_URL") or @ORIGIN@,
)
print(model.invoke("say hi").text)
"""
    ),
)
