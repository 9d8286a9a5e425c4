"""/v1/images, and pictures of generateContent (contract.md 3.17)."""

import base64
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY, STUDIO_KEY

GENERATE = "/v1/images/generations"
EDIT = "/v1/images/edits"
CRANE = {"model": "nano-banana", "prompt": "a paper crane", "size": "64x64"}
PNG = b"\x89PNG\r\n\x1a\n"
BOUNDARY = "edge"


def form(**fields: str) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\npicture\r\n"
    )
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def test_pictures_have_urls_and_a_price(sandbox: Any, post: Any, fetch: Any) -> None:
    answer = post(sandbox, GENERATE, CRANE | {"n": 2})
    assert answer.status == 200
    assert isinstance(answer.json["created"], int)
    rows = answer.json["data"]
    assert [set(row) for row in rows] == [{"url", "revised_prompt"}] * 2
    files = [fetch(sandbox, row["url"], key=None) for row in rows]
    assert all(file.body.startswith(PNG) for file in files)
    assert files[0].headers["content-type"] == "image/png"
    assert files[0].body != files[1].body
    assert sandbox.state.journal[0].billed == 36_000
    assert sandbox.state.ledger.account("studio-0001").spent == 36_000


@pytest.mark.parametrize(
    ("dialect", "asked", "field"),
    [
        ("asked", "b64_json", "b64_json"),
        ("asked", "url", "url"),
        ("url", "b64_json", "url"),
        ("b64", "url", "b64_json"),
    ],
)
def test_forms_of_a_picture(
    make_sandbox: Any, post: Any, dialect: str, asked: str, field: str
) -> None:
    sandbox = make_sandbox(dialects={"image-answer": dialect})
    (row,) = post(sandbox, GENERATE, CRANE | {"response_format": asked}).json["data"]
    assert set(row) == {field, "revised_prompt"}
    if field == "b64_json":
        assert base64.b64decode(row[field]).startswith(PNG)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"model": "veo-3.1"}, 400),
        ({"model": "gemini-3-flash"}, 400),
        ({"model": "banana"}, 404),
        ({"model": None}, 400),
        ({"prompt": None}, 400),
        ({"n": 9}, 400),
    ],
)
def test_what_is_refused(sandbox: Any, post: Any, changes: Any, status: int) -> None:
    answer = post(sandbox, GENERATE, CRANE | changes)
    assert answer.status == status
    assert answer.json["error"]["type"]
    assert sandbox.state.journal[-1].billed == 0


def test_faults(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(faults=["image/blocked@1"])
    assert post(sandbox, GENERATE, CRANE).status == 451
    assert post(sandbox, GENERATE, CRANE).status == 200
    assert post(sandbox, GENERATE, CRANE, key=GEMINI_KEY).status == 403


def test_edits_as_a_form(sandbox: Any, ask: Any) -> None:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    fields = {"model": "nano-banana-v2", "prompt": "bluer", "n": "1", "size": "64x64"}
    answer = ask(sandbox, EDIT, form(**fields), method="POST", key=STUDIO_KEY, headers=headers)
    assert answer.status == 200
    assert answer.json["data"][0]["url"]
    for wrong in ({"prompt": "no model"}, fields | {"strength": "1"}, fields | {"n": "many"}):
        body = form(**wrong)
        assert (
            ask(sandbox, EDIT, body, method="POST", key=STUDIO_KEY, headers=headers).status == 400
        )
    assert ask(sandbox, EDIT, CRANE, method="POST", key=STUDIO_KEY).status == 400


def test_edits_as_json(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(dialects={"image-edits": "json"})
    assert post(sandbox, EDIT, CRANE).status == 400
    for field in ("image", "source_image"):
        source = {field: "data:image/png;base64,aGk="}
        assert post(sandbox, EDIT, CRANE | source).status == 200
    sandbox.state.set_dialect("image-edits", "absent")
    assert post(sandbox, EDIT, CRANE | source).status == 404


def test_pictures_of_generate_content(make_sandbox: Any, ask: Any, post: Any) -> None:
    sandbox = make_sandbox(dialects={"image-models": "inline"})
    assert post(sandbox, GENERATE, CRANE).status == 404
    body = {
        "contents": [{"parts": [{"text": "a paper crane"}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "16:9"},
        },
    }
    answer = ask(sandbox, "nano-banana:generateContent", body, key=STUDIO_KEY)
    words, picture = answer.json["candidates"][0]["content"]["parts"]
    assert words == {"text": "Here it is."}
    assert picture["inlineData"]["mimeType"] == "image/png"
    content = base64.b64decode(picture["inlineData"]["data"])
    assert content[16:24] == (1024).to_bytes(4) + (576).to_bytes(4)
    assert sandbox.state.journal[-1].billed == 18_000
    streamed = ask(
        sandbox, "nano-banana:streamGenerateContent?alt=sse", body, key=STUDIO_KEY
    ).events
    parts = [event["candidates"][0]["content"]["parts"][0] for event in streamed]
    assert [list(part) for part in parts] == [["text"]] * 3 + [["inlineData"]]
    assert ask(sandbox, "veo-3.1:generateContent", body, key=STUDIO_KEY).status == 400


def test_image_models_do_not_chat_otherwise(sandbox: Any, ask: Any) -> None:
    answer = ask(sandbox, "nano-banana:generateContent", key=STUDIO_KEY)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
