"""Captures what real clients print when they fail: `python -m tests.explain.capture [NAME …]`.

Each file of `corpus/` is what a program printed to its terminal, against the sandbox with a fault:
straight, or through the shim. Paths, ports and keys of the machine are put out of it.
"""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.seed import CLAUDE_KEY, GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer, running
from tests.clients.sdks import BYTESPIKE, GENAI_2, NODE, NODE_MODULES, PYTHON, environment, run
from tests.clients.user import User, script_of
from tests.explain.cases import CASES

CORPUS = Path(__file__).parent / "corpus"
WRONG_KEY = "sk-byts-mistyped-key-of-kim"
ADDRESS = "127.0.0.1:8787"
ROOM = 24_000
"""Characters that are kept of one capture, its end."""

GENAI = """
from google import genai
client = genai.Client()
print(client.models.generate_content(model="MODEL", contents="say hi").text)
"""
GENAI_STREAM = """
from google import genai
client = genai.Client()
for chunk in client.models.generate_content_stream(model="MODEL", contents="say hi"):
    print(chunk.text, end="", flush=True)
"""
GENERATIVEAI = """
import os, warnings
warnings.simplefilter("ignore")
import google.generativeai as genai
genai.configure(api_key=os.environ["GEMINI_API_KEY"], transport="rest",
                client_options={"api_endpoint": os.environ["GOOGLE_GEMINI_BASE_URL"]})
print(genai.GenerativeModel("MODEL").generate_content("say hi", stream=STREAM).text)
"""
LITELLM = """
import litellm
answer = litellm.completion(model="gemini/MODEL", messages=[{"role": "user", "content": "hi"}])
print(answer.choices[0].message.content)
"""
GENAI_JS = """
import { GoogleGenAI } from "@google/genai";
const client = new GoogleGenAI({});
const ask = { model: "MODEL", contents: "say hi" };
console.log((await client.models.generateContent(ask)).text);
"""
GENAI_JS_STREAM = """
import { GoogleGenAI } from "@google/genai";
const client = new GoogleGenAI({});
const ask = { model: "MODEL", contents: "say hi" };
for await (const c of await client.models.generateContentStream(ask)) console.log(c.text);
"""
GENERATIVE_AI_JS = """
import { GoogleGenerativeAI } from "@google/generative-ai";
const client = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);
const at = { baseUrl: process.env.GOOGLE_GEMINI_BASE_URL };
const model = client.getGenerativeModel({ model: "MODEL" }, at);
console.log((await model.generateContent("say hi")).response.text());
"""
AI_SDK = """
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { generateText } from "ai";
const baseURL = process.env.GEMINI_API_BASE;
const google = createGoogleGenerativeAI({ baseURL });
console.log((await generateText({ model: google("MODEL"), prompt: "say hi", maxRetries: 0 })).text);
"""

PROGRAMS = {
    "genai": GENAI,
    "genai-stream": GENAI_STREAM,
    "generativeai": GENERATIVEAI.replace("STREAM", "False"),
    "generativeai-stream": GENERATIVEAI.replace("STREAM", "True"),
    "litellm": LITELLM,
    "genai-js": GENAI_JS,
    "genai-js-stream": GENAI_JS_STREAM,
    "generative-ai-js": GENERATIVE_AI_JS,
    "ai-sdk": AI_SDK,
}
IN_NODE = ("genai-js", "genai-js-stream", "generative-ai-js", "ai-sdk")


@dataclass(frozen=True)
class Place:
    """Where a case is played: a folder, a gateway, and the address that the client is given."""

    root: Path
    origin: str
    key: str

    def variables(self, suffix: str = "", base: str = "/v1beta") -> dict[str, str]:
        return environment(
            self.root,
            self.origin,
            BYTESPIKE_API_KEY=self.key,
            GEMINI_API_KEY=self.key,
            GOOGLE_GEMINI_BASE_URL=self.origin + suffix,
            GEMINI_API_BASE=self.origin + base,
            GOOGLE_GENERATIVE_AI_API_KEY=self.key,
            GOOGLE_GENAI_API_VERSION="v1beta",
            LITELLM_LOCAL_MODEL_COST_MAP="True",
            NODE_NO_WARNINGS="1",
            PYTHONWARNINGS="ignore",
        )


def sdk(place: Place, how: dict[str, str]) -> str:
    """Run a program of an SDK, straight or with `shim`."""
    name = how["program"]
    code = PROGRAMS[name].replace("MODEL", how.get("model", "gemini-3-5-flash"))
    in_node = name in IN_NODE
    if in_node:
        (place.root / "node_modules").symlink_to(NODE_MODULES)
    script = place.root / ("app.mjs" if in_node else "app.py")
    script.write_text(code.lstrip(), encoding="utf-8")
    command = [str(NODE if in_node else PYTHON), str(script)]
    variables = place.variables(how.get("suffix", ""), how.get("base", "/v1beta"))
    if how.get("sdk") == "2":
        variables["PYTHONPATH"] = str(GENAI_2)
    if how.get("version"):
        variables["GOOGLE_GENAI_API_VERSION"] = how["version"]
    if how.get("shim"):
        command = [str(BYTESPIKE), "exec", "--", *command]
    done = run(command, variables)
    return done.stdout + done.stderr


def gemini(place: Place, how: dict[str, str]) -> str:
    """Run gemini-cli as its users do, or with `shim` as `bytespike gemini`."""
    server = how.get("shim")
    user = User(place.root, None, script_of("newest"), key=place.key)  # type: ignore[arg-type]
    choice = (
        {} if how.get("signin") == "none" else {"selectedType": how.get("signin", "gemini-api-key")}
    )
    settings = {"security": {"auth": choice}, "general": {"maxAttempts": 1}}
    user.write(user.settings, settings if choice else {"general": {"maxAttempts": 1}})
    words = ["-m", how.get("model", "gemini-3-5-flash"), "-p", "say hi"]
    variables = {
        "GEMINI_API_KEY": place.key,
        "GOOGLE_GEMINI_BASE_URL": place.origin + how.get("suffix", ""),
        "GEMINI_CLI_TRUST_WORKSPACE": how.get("trust", "true"),
    }
    if how.get("report"):
        user.stock(*words, **variables)
        reports = sorted(user.tmp.glob("gemini-client-error-*.json"))
        return reports[-1].read_text(encoding="utf-8")
    if server:
        plain = user.plain_environment(
            BYTESPIKE_CONFIG_DIR=str(user.config),
            BYTESPIKE_BASE_URL=place.origin,
            BYTESPIKE_API_KEY=place.key,
            BYTESPIKE_GEMINI_BIN=str(user.client),
        )
        done = run([str(BYTESPIKE), "gemini", *words], plain)
        return done.stdout + done.stderr
    ended = user.stock(*words, **variables)
    said = ended.out + ended.err
    return said + (f"\n$ echo $?\n{ended.status}\n" if how.get("status") else "")


def shell(place: Place, how: dict[str, str]) -> str:
    """Run curl or npm, and show the command line as a terminal would."""
    line = how["line"].replace("ORIGIN", place.origin).replace("KEY", place.key)
    line = line.replace("SECURED", place.origin.replace("http:", "https:"))
    done = run(shlex.split(line), place.variables())
    return f"$ {line}\n{done.stdout}{done.stderr}"


RUNNERS: dict[str, Callable[[Place, dict[str, str]], str]] = {
    "sdk": sdk,
    "gemini": gemini,
    "shell": shell,
}


def tidy(text: str, place: Place) -> str:
    """Put out what belongs to this machine: its folders, ports and dates."""
    home = Path(__file__).parent.parent.parent
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    for folder, name in (
        (str(NODE_MODULES.resolve()), "/usr/lib/node_modules"),
        (str(NODE_MODULES), "/usr/lib/node_modules"),
        (str(PYTHON.parent.parent.resolve()), "/home/kim/.venv"),
        (str(PYTHON.parent.parent), "/home/kim/.venv"),
        (str(place.root), "/home/kim/app"),
        (str(home), "/home/kim/bytespike"),
        (sys.base_prefix, "/usr"),
    ):
        text = text.replace(folder, name)
    port = place.origin.rsplit(":", 1)[1]
    text = re.sub(rf"(127\.0\.0\.1|localhost|Host:)(:| port )?{port}", r"\g<1>\g<2>8787", text)
    text = re.sub(rf"(port[: ]+){port}\b", r"\g<1>8787", text)
    text = re.sub(r"(127\.0\.0\.1:)(?!8787)\d{4,5}", r"\g<1>52525", text)
    text = text.replace(place.key, "sk-byts-EXAMPLE0001" if place.key == WRONG_KEY else place.key)
    return text if len(text) <= ROOM else "…\n" + text[-ROOM:]


@contextmanager
def gateway(dialects: dict[str, str], faults: tuple[str, ...]) -> Iterator[SandboxServer]:
    with running(SandboxConfig(now=time.time, dialects=dialects, faults=faults)) as server:
        yield server


def nobody() -> str:
    """Return the origin of a port at which nothing listens."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{holder.getsockname()[1]}"


def capture(name: str) -> None:
    """Play one case and write its file."""
    case = CASES[name]
    root = Path(tempfile.mkdtemp(prefix="capture-"))
    keys = {"": GEMINI_KEY, "wrong": WRONG_KEY, "claude": CLAUDE_KEY}
    with gateway(dict(case.dialects), case.faults) as server:
        origin = nobody() if case.down else server.origin
        place = Place(root, case.origin or origin, keys[case.key])
        text = tidy(RUNNERS[case.runner](place, dict(case.how)), place)
    (CORPUS / f"{name}.txt").write_text(text, encoding="utf-8")
    shutil.rmtree(root)
    sys.stdout.write(f"{name}: {len(text)} characters\n")


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for chosen in sys.argv[1:] or CASES:
        capture(chosen)
