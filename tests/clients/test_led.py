"""Programs of node that name no address: they ask Google, and with `bytespike exec` the gateway."""

from pathlib import Path

import pytest

from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.sdks import BYTESPIKE, command_of, environment, run, written

pytestmark = pytest.mark.client

PROGRAMS = {
    "ai-sdk": """
import { google } from "@ai-sdk/google";
import { generateText, streamText } from "ai";
const model = google("gemini-3.1-pro");
console.log((await generateText({ model, prompt: "say hi", maxRetries: 0 })).text);
for await (const text of streamText({ model, prompt: "say hi", maxRetries: 0 }).textStream) {
  process.stdout.write(text);
}
""",
    "generative-ai": """
import { GoogleGenerativeAI } from "@google/generative-ai";
const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);
const model = client.getGenerativeModel({ model: "gemini-3.1-pro" });
console.log((await model.generateContent("say hi")).response.text());
for await (const chunk of (await model.generateContentStream("say hi")).stream) {
  process.stdout.write(chunk.text());
}
""",
    "fetch": """
const host = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.1-pro";
const body = JSON.stringify({ contents: [{ parts: [{ text: "say hi" }] }] });
const ask = (form) =>
  fetch(`${host}:${form}key=${process.env.GEMINI_API_KEY}`, { method: "POST", body });
const text = (answer) => answer.candidates[0].content.parts[0].text;
console.log(text(await (await ask("generateContent?")).json()));
for (const line of (await (await ask("streamGenerateContent?alt=sse&")).text()).split("\\n")) {
  if (line.startsWith("data: ")) process.stdout.write(text(JSON.parse(line.slice(6))));
}
""",
}
"""Ordinary code: each asks once, and once more as a stream."""
HI = "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_names_no_address(tmp_path: Path, sandbox: SandboxServer, name: str) -> None:
    command, _ = command_of(written(tmp_path, PROGRAMS[name], node=True))
    done = run([str(BYTESPIKE), "exec", "--", *command], environment(tmp_path, sandbox.origin))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [HI, HI]
    asked = [r for r in sandbox.state.journal if r.method == "POST"]
    assert [record.status for record in asked] == [200, 200]
