"""@google/genai for Node, 2.x and 3.x: as google-genai for Python (clients.md 3)."""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="google-genai-js",
    title="@google/genai for Node, 2.x and 3.x",
    aliases=("@google/genai", "node"),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    # With both keys set it complains on every start.
    off=("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
    extra={"GOOGLE_GENAI_API_VERSION": "v1beta"},
    needs=("done", "json-body", "ids", "paths"),
    snippet=Snippet(
        """\
// npm install @google/genai, and save this as FILE.mjs; the key is in GEMINI_API_KEY. To
// stream, and for every other call, run it with
// `bytespike exec --client google-genai-js -- node FILE.mjs`.
import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({
  apiKey: process.env.GEMINI_API_KEY,
  httpOptions: {
    baseUrl: process.env.GOOGLE_GEMINI_BASE_URL || @ORIGIN@,
    apiVersion: "v1beta",
  },
});
const response = await client.models.generateContent({
  model: @MODEL@,
  contents: "say hi",
});
console.log(response.text);
"""
    ),
)
