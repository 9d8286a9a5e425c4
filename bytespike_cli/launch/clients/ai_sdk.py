"""The AI SDK of Vercel: the address is an argument of its provider (clients.md 1)."""

from bytespike_cli.launch.client import Client, Shape, Snippet, Source

KEY = "GOOGLE_GENERATIVE_AI_API_KEY"

CLIENT = Client(
    name="ai-sdk",
    title="Vercel AI SDK (@ai-sdk/google)",
    aliases=("@ai-sdk/google", "vercel"),
    keys=(KEY,),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    address_from=Source.CODE,
    on_node=True,
    needs=("json-body", "ids"),
    snippet=Snippet(
        """\
// npm install ai @ai-sdk/google, and save this as FILE.mjs; the key is in
// GOOGLE_GENERATIVE_AI_API_KEY. Through the shim:
// `bytespike exec --client ai-sdk -- node FILE.mjs`.
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { generateText } from "ai";

const origin = process.env.GOOGLE_GEMINI_BASE_URL || @ORIGIN@;
const google = createGoogleGenerativeAI({ baseURL: `${origin}/v1beta` });
const { text } = await generateText({ model: google(@MODEL@), prompt: "say hi" });
console.log(text);
"""
    ),
)
