"""Videos and pictures by Google's own SDKs through `bytespike exec`, in every dialect of tasks.

The programs are those of Google's documentation, with shorter waits; what they saved is decoded.
"""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from bytespike_cli.sandbox.media import picture
from bytespike_cli.sandbox.seed import STUDIO_KEY
from tests.clients.sdks import (
    BYTESPIKE,
    GENAI_2,
    HERE,
    NODE,
    NODE_MODULES,
    PYTHON,
    command_of,
    environment,
    need,
    run,
    written,
)
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

NODE_PACKAGE = "google-genai-2"
DIALECTS: dict[str, dict[str, str]] = {
    "default": {},
    "flat, queued, by GET": {
        "task-params": "flat",
        "first-state": "queued",
        "task-query": "get",
        "submit-status": "202",
    },
    "result, synonyms": {"task-result": "result", "task-states": "succeeded"},
    "url, in another host": {
        "task-result": "url",
        "task-states": "success",
        "asset-host": "other",
        "task-params": "either",
        "submit-status": "201",
    },
    "videos": {"tasks": "absent", "videos": "served", "veo-slugs": "joined"},
    "dashed, pictures inline": {"veo-slugs": "dashed", "image-models": "inline"},
    "lost answers": {"duplicate": "409-always", "image-answer": "b64"},
}
FAULTS = {"lost answers": ["submit/answer-lost@1", "asset-cut:1500@1", "query/close@2"]}


def command(sdk: str, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return what runs the program of an SDK, and the variables that choose its version."""
    asked = ["veo-3.1-generate-preview", "gemini-2.5-flash-image", str(folder)]
    if sdk == "python":
        need(PYTHON.exists(), "the SDKs (`make test`)")
        program = HERE / "programs" / "google_genai_media.py"
        return [str(PYTHON), str(program), *asked], {"PYTHONPATH": str(GENAI_2)}
    need(NODE, "node")
    need((NODE_MODULES / NODE_PACKAGE).exists(), "@google/genai 2 (`make test`)")
    program = HERE / "programs" / "google_genai_media.mjs"
    return [str(NODE), str(program), *asked], {"GENAI_PACKAGE": NODE_PACKAGE}


def test_a_picture_by_the_ai_sdk(tmp_path: Path, make_sandbox: MakeSandbox) -> None:
    """It asks by `:predict` for what has no name of Google's, by generateContent for the rest."""
    need(NODE, "node")
    need((NODE_MODULES / "@ai-sdk" / "google").exists(), "the SDKs (`make test`)")
    sandbox = make_sandbox()
    program = [str(NODE), str(HERE / "programs" / "ai_sdk_media.mjs"), str(tmp_path)]
    environ = environment(tmp_path, sandbox.origin, BYTESPIKE_API_KEY=STUDIO_KEY)
    done = run([str(BYTESPIKE), "exec", "--", *program], environ)
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-1000:]
    for model in ("nano-banana", "gemini-2.5-flash-image"):
        assert frames(tmp_path / f"{model}.png")[2] == (1024, 576)
    assert sandbox.state.ledger.account("studio-0001").calls == 2


def frames(path: Path) -> tuple[int, float, tuple[int, int]]:
    """Decode a file; return its frames, its length in seconds, and its size."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        count = sum(1 for _ in container.decode(stream))
        return count, (container.duration or 0) / av.time_base, (stream.width, stream.height)


EDITS = {
    "google-genai": """
from google import genai
from google.genai import types
picture = types.Part.from_bytes(data=open("crane.png", "rb").read(), mime_type="image/png")
client = genai.Client()
response = client.models.generate_content(
    model="gemini-2.5-flash-image", contents=[picture, "make it blue"]
)
for part in response.parts:
    if part.inline_data is not None:
        open("blue.png", "wb").write(part.inline_data.data)
""",
    "google-genai-js": """
import * as fs from "node:fs";
import { GoogleGenAI } from "@google/genai";
const data = fs.readFileSync("crane.png").toString("base64");
const contents = [{ inlineData: { mimeType: "image/png", data } }, "make it blue"];
const model = "gemini-2.5-flash-image";
const response = await new GoogleGenAI({}).models.generateContent({ model, contents });
for (const part of response.candidates[0].content.parts) {
  if (part.inlineData) fs.writeFileSync("blue.png", Buffer.from(part.inlineData.data, "base64"));
}
""",
}
"""A picture edited as in Google's documentation: none of its clients knows /v1/images/edits."""


@pytest.mark.parametrize("sdk", EDITS)
@pytest.mark.parametrize("edits", ["multipart", "json"])
def test_a_picture_that_is_edited_at_an_endpoint_of_its_own(
    tmp_path: Path, make_sandbox: MakeSandbox, sdk: str, edits: str
) -> None:
    """A generation with a picture is refused; /v1/images/edits then takes JSON, or a form."""
    sandbox = make_sandbox(dialects={"image-edits": edits}, faults=["image/invalid-param@1"])
    environ = environment(tmp_path, sandbox.origin, BYTESPIKE_API_KEY=STUDIO_KEY)
    (Path(environ["HOME"]) / "crane.png").write_bytes(picture(8, 8, {}))
    program, _ = command_of(written(tmp_path, EDITS[sdk], node=sdk.endswith("js")))
    done = run([str(BYTESPIKE), "exec", "--client", sdk, "--", *program], environ)
    assert done.returncode == 0, done.stderr[-4000:]
    assert frames(Path(environ["HOME"]) / "blue.png")[0] == 1
    asked = [r.path.rpartition("/")[2] for r in sandbox.state.journal if "/v1/images" in r.path]
    assert asked == ["generations", *["edits"] * {"json": 1, "multipart": 2}[edits]]
    assert sandbox.state.ledger.account("studio-0001").calls == 1


@pytest.mark.parametrize("sdk", ["python", "node"])
@pytest.mark.parametrize("name", DIALECTS)
def test_videos_and_a_picture(
    tmp_path: Path, make_sandbox: MakeSandbox, sdk: str, name: str
) -> None:
    sandbox = make_sandbox(dialects=DIALECTS[name], faults=FAULTS.get(name, []))
    program, variables = command(sdk, tmp_path)
    environ = environment(tmp_path, sandbox.origin, BYTESPIKE_API_KEY=STUDIO_KEY, **variables)
    done = run([str(BYTESPIKE), "exec", "--", *program], environ)
    assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-1000:]
    assert frames(tmp_path / "text.mp4") == (8, 4.0, (160, 90))
    assert frames(tmp_path / "image.mp4") == (8, 5.0, (160, 90))
    assert frames(tmp_path / "crane.png")[::2] == (1, (1024, 1024))
    assert b"fog over a lake" in (tmp_path / "text.mp4").read_bytes()
    assert b"the crane flies" in (tmp_path / "image.mp4").read_bytes()
    assert len(sandbox.state.tasks) == len(sandbox.state.tasks.billed) == 2
    params = sandbox.state.tasks[1].order.params
    image = params.get("image_init") or params.get("source_image")
    assert str(image).startswith("data:image/png;base64,iVBORw0KGgo")
    assert sandbox.state.ledger.account("studio-0001").calls == 3
