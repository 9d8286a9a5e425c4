"""SDKs and how the tests run them: each with one program that asks everything and tells it as JSON.

A program does what the SDK's own documentation does. Its model is typed with dots, as Google does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY

HERE = Path(__file__).parent
BYTESPIKE = Path(sys.executable).parent / "bytespike"
PYTHON = HERE / ".venv" / "bin" / "python"
GENAI_2 = HERE / ".venv" / "genai-2"
NODE_MODULES = HERE / "node_modules"
NODE = shutil.which("node")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

SLOWEST_S = 90.0
"""Longer than any run on a busy machine; no SDK here retries for so long by design."""


@dataclass(frozen=True)
class Sdk:
    """An SDK under test. `variables` choose between versions that are installed beside each other.

    The program prints one object: the texts of `generate`, `stream` and `tools`, the number of
    `chunks`, and what was said of a model that is `missing`.
    """

    client: str
    program: str
    node: bool = False
    variables: tuple[tuple[str, str], ...] = ()

    def command(self, folder: Path, code: str) -> list[str]:
        """Write code where the SDK is found, and return what runs it. Skips without the SDK."""
        if self.node:
            need(NODE, "node")
            need((NODE_MODULES / "@ai-sdk" / "google").exists(), "the SDKs (`make test`)")
            modules = folder / "node_modules"
            if not modules.exists():
                modules.symlink_to(NODE_MODULES)
        else:
            need(PYTHON.exists(), "the SDKs (`make test`)")
        script = folder / ("program.mjs" if self.node else "program.py")
        script.write_text(code, encoding="utf-8")
        return [str(NODE if self.node else PYTHON), str(script)]


def need(thing: object, what: str) -> None:
    """Skip a test without `thing`, but never in CI."""
    if thing:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {what}: the real clients are tested there, never skipped")
    pytest.skip(f"{what} is not installed")


def environment(root: Path, origin: str, **variables: str) -> dict[str, str]:
    """Return the environment of a user who has a key of the sandbox, and nothing else."""
    home = root / "home"
    home.mkdir(parents=True, exist_ok=True)
    node = [str(Path(NODE).parent)] if NODE else []
    return {
        "PATH": os.pathsep.join([*node, SYSTEM_PATH]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "BYTESPIKE_CONFIG_DIR": str(root / "bytespike"),
        "BYTESPIKE_BASE_URL": origin,
        "BYTESPIKE_API_KEY": GEMINI_KEY,
        **variables,
    }


def run(command: list[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command,
        env=dict(variables),
        cwd=variables["HOME"],
        capture_output=True,
        text=True,
        timeout=SLOWEST_S,
        stdin=subprocess.DEVNULL,
    )


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return what a program told; fail with its words when it did not."""
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-1000:]
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


GENAI_PYTHON = """
import json
from google import genai
from google.genai import types

client = genai.Client()
model = "gemini-3.1-pro"
told = {"generate": client.models.generate_content(model=model, contents="say hi").text}
chunks = [c.text for c in client.models.generate_content_stream(model=model, contents="say hi")]
told["stream"], told["chunks"] = "".join(chunks), len(chunks)
try:
    client.models.generate_content(model="gemini-9-ultra", contents="say hi")
except genai.errors.ClientError as error:
    told["missing"] = f"{error.code} {error}"
calls = []
def add(a: int, b: int) -> str:
    calls.append((a, b))
    return str(a + b)
answer = client.models.generate_content(
    model=model, contents='call add with {"a": 2, "b": 3}',
    config=types.GenerateContentConfig(tools=[add]),
)
told["tools"], told["calls"] = answer.text, calls
print(json.dumps(told))
"""

GENERATIVEAI_PYTHON = """
import json, os, warnings
warnings.simplefilter("ignore")
import google.generativeai as genai
from google.api_core.exceptions import GoogleAPIError

genai.configure(
    api_key=os.environ["GEMINI_API_KEY"], transport="rest",
    client_options={"api_endpoint": os.environ["GOOGLE_GEMINI_BASE_URL"]},
)
name = "gemini-3.1-pro"
model = genai.GenerativeModel(name)
told = {"generate": model.generate_content("say hi").text}
chunks = [c.text for c in model.generate_content("say hi", stream=True)]
told["stream"], told["chunks"] = "".join(chunks), len(chunks)
try:
    genai.GenerativeModel("gemini-9-ultra").generate_content("say hi")
except GoogleAPIError as error:
    told["missing"] = f"{error.code} {error}"
calls = []
def add(a: int, b: int) -> str:
    calls.append((int(a), int(b)))
    return str(int(a) + int(b))
chat = genai.GenerativeModel(name, tools=[add]).start_chat(enable_automatic_function_calling=True)
told["tools"], told["calls"] = chat.send_message('call add with {"a": 2, "b": 3}').text, calls
print(json.dumps(told))
"""

LITELLM_PYTHON = """
import json
import litellm

litellm.suppress_debug_info = True
model = "gemini/gemini-3.1-pro"
def ask(words, **rest):
    return litellm.completion(model=model, messages=[{"role": "user", "content": words}], **rest)
told = {"generate": ask("say hi").choices[0].message.content}
chunks = [c.choices[0].delta.content or "" for c in ask("say hi", stream=True)]
told["stream"], told["chunks"] = "".join(chunks), len([c for c in chunks if c])
try:
    litellm.completion(
        model="gemini/gemini-9-ultra", messages=[{"role": "user", "content": "say hi"}]
    )
except litellm.NotFoundError as error:
    told["missing"] = f"404 {error}"
number = {"type": "integer"}
tools = [{"type": "function", "function": {"name": "add", "description": "Add.", "parameters": {
    "type": "object", "properties": {"a": number, "b": number}, "required": ["a", "b"]}}}]
question = {"role": "user", "content": 'call add with {"a": 2, "b": 3}'}
message = litellm.completion(model=model, messages=[question], tools=tools).choices[0].message
call = message.tool_calls[0]
told["calls"] = [list(json.loads(call.function.arguments).values())]
result = {"role": "tool", "tool_call_id": call.id, "name": "add", "content": "5"}
answer = litellm.completion(model=model, messages=[question, message, result], tools=tools)
told["tools"] = answer.choices[0].message.content
print(json.dumps(told))
"""

GENAI_NODE = """
import { GoogleGenAI, ApiError } from "@google/genai";

const client = new GoogleGenAI({});
const model = "gemini-3.1-pro";
const told = {};
told.generate = (await client.models.generateContent({ model, contents: "say hi" })).text;
const chunks = [];
for await (const c of await client.models.generateContentStream({ model, contents: "say hi" })) {
  chunks.push(c.text);
}
told.stream = chunks.join("");
told.chunks = chunks.length;
try {
  await client.models.generateContent({ model: "gemini-9-ultra", contents: "say hi" });
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  told.missing = `${error.status} ${error.message}`;
}
const number = { type: "INTEGER" };
const parameters = { type: "OBJECT", properties: { a: number, b: number }, required: ["a", "b"] };
const add = { name: "add", description: "Add.", parameters };
const config = { tools: [{ functionDeclarations: [add] }] };
const question = { role: "user", parts: [{ text: 'call add with {"a": 2, "b": 3}' }] };
const first = await client.models.generateContent({ model, contents: [question], config });
const call = first.functionCalls[0];
told.calls = [Object.values(call.args)];
const result = { functionResponse: { id: call.id, name: "add", response: { output: "5" } } };
const contents = [question, first.candidates[0].content, { role: "user", parts: [result] }];
told.tools = (await client.models.generateContent({ model, contents, config })).text;
console.log(JSON.stringify(told));
"""

GENERATIVE_AI_NODE = """
import { GoogleGenerativeAI, GoogleGenerativeAIFetchError } from "@google/generative-ai";

const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);
const at = { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL };
const model = client.getGenerativeModel({ model: "gemini-3.1-pro" }, at);
const told = {};
told.generate = (await model.generateContent("say hi")).response.text();
const chunks = [];
const streamed = await model.generateContentStream("say hi");
for await (const c of streamed.stream) chunks.push(c.text());
await streamed.response;
told.stream = chunks.join("");
told.chunks = chunks.length;
try {
  await client.getGenerativeModel({ model: "gemini-9-ultra" }, at).generateContent("say hi");
} catch (error) {
  if (!(error instanceof GoogleGenerativeAIFetchError)) throw error;
  told.missing = `${error.status} ${error.message}`;
}
const number = { type: "integer" };
const parameters = { type: "object", properties: { a: number, b: number }, required: ["a", "b"] };
const tools = [{ functionDeclarations: [{ name: "add", description: "Add.", parameters }] }];
const chat = client.getGenerativeModel({ model: "gemini-3.1-pro", tools }, at).startChat();
const first = await chat.sendMessage('call add with {"a": 2, "b": 3}');
const call = first.response.functionCalls()[0];
told.calls = [Object.values(call.args)];
const result = { functionResponse: { name: "add", response: { output: "5" } } };
told.tools = (await chat.sendMessage([result])).response.text();
console.log(JSON.stringify(told));
"""

AI_SDK_NODE = """
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { APICallError, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";

const google = createGoogleGenerativeAI({
  baseURL: process.env.GOOGLE_GEMINI_BASE_URL + "/v1beta",
});
const model = google("gemini-3.1-pro");
const told = {};
told.generate = (await generateText({ model, prompt: "say hi" })).text;
const chunks = [];
for await (const text of streamText({ model, prompt: "say hi" }).textStream) chunks.push(text);
told.stream = chunks.join("");
told.chunks = chunks.length;
try {
  await generateText({ model: google("gemini-9-ultra"), prompt: "say hi", maxRetries: 0 });
} catch (error) {
  if (!APICallError.isInstance(error)) throw error;
  told.missing = `${error.statusCode} ${error.message}`;
}
told.calls = [];
const number = { type: "integer" };
const properties = { a: number, b: number };
const add = tool({
  description: "Add.",
  inputSchema: jsonSchema({ type: "object", properties, required: ["a", "b"] }),
  execute: async ({ a, b }) => { told.calls.push([a, b]); return String(a + b); },
});
told.tools = (await generateText({
  model, prompt: 'call add with {"a": 2, "b": 3}', tools: { add }, stopWhen: stepCountIs(3),
})).text;
console.log(JSON.stringify(told));
"""

SDKS: dict[str, Sdk] = {
    "google-genai 3": Sdk("google-genai", GENAI_PYTHON),
    "google-genai 2": Sdk("google-genai", GENAI_PYTHON, variables=(("PYTHONPATH", str(GENAI_2)),)),
    "google-generativeai": Sdk("google-generativeai", GENERATIVEAI_PYTHON),
    "litellm": Sdk("litellm", LITELLM_PYTHON),
    "@google/genai 3": Sdk("google-genai-js", GENAI_NODE, node=True),
    "@google/generative-ai": Sdk("generative-ai-js", GENERATIVE_AI_NODE, node=True),
    "@ai-sdk/google 3": Sdk("ai-sdk", AI_SDK_NODE, node=True),
}
