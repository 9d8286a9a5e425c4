"""@google/generative-ai for Node, deprecated: the address is an argument of getGenerativeModel.

A `baseUrl` given to the constructor is ignored, and the key goes to Google (clients.md 3).
"""

from bytespike_cli.launch.client import Client, Shape, Snippet, Source

CLIENT = Client(
    name="generative-ai-js",
    title="@google/generative-ai for Node (deprecated)",
    aliases=("@google/generative-ai",),
    # It reads no variable at all; these are what its own documentation hands over.
    keys=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    address_from=Source.CODE,
    on_node=True,
    needs=("done", "framing", "json-body", "ids"),
    snippet=Snippet(
        """\
// npm install @google/generative-ai, and save this as FILE.mjs; the key is in GEMINI_API_KEY.
// To stream, run it with `bytespike exec --client generative-ai-js -- node FILE.mjs`. Google
// has replaced this package by @google/genai: `bytespike snippet google-genai-js`.
import { GoogleGenerativeAI } from "@google/generative-ai";

const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);
const model = client.getGenerativeModel(
  { model: @MODEL@ },
  { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL || @ORIGIN@ },
);
const { response } = await model.generateContent("say hi");
console.log(response.text());
"""
    ),
)
