import base64
import json
from typing import Any

import pytest

from bytespike_cli.wire import images
from bytespike_cli.wire.classify import Failure, classify
from bytespike_cli.wire.images import ImageRequest
from bytespike_cli.wire.task_state import Media

PNG = b"\x89PNG\r\n\x1a\n"
PNG_URI = "data:image/png;base64," + base64.b64encode(PNG).decode()
CRANE = ImageRequest("a crane", n=2, size="1024x1024", aspect_ratio="1:1", seed=0)


def refusal(status: int, message: str = "no", param: str | None = None) -> Failure:
    body = {"error": {"message": message, "code": "invalid_param", "param": param}}
    if status in (404, 405):
        body["error"]["code"] = "not_found"
    return classify(status, json.dumps(body).encode(), headers={}, path="/v1/images/generations")


def test_a_generation() -> None:
    (call,) = images.ways("nano-banana", CRANE, "b")
    assert (call.method, call.path) == ("POST", "/v1/images/generations")
    assert call.body == {
        "model": "nano-banana",
        "prompt": "a crane",
        "n": 2,
        "size": "1024x1024",
        "aspect_ratio": "1:1",
        "seed": 0,
    }


def test_an_edit_in_every_way() -> None:
    request = ImageRequest("in red", image=PNG_URI, extra={"quality": "hd"})
    first, second, third = images.ways("m", request, "b0undary")
    common = {"model": "m", "prompt": "in red", "n": 1, "quality": "hd"}
    assert first.body == {**common, "source_image": PNG_URI}
    assert (second.path, second.body) == ("/v1/images/edits", first.body)
    assert (third.path, third.content_type) == (
        "/v1/images/edits",
        "multipart/form-data; boundary=b0undary",
    )
    assert third.content is not None
    assert third.content.count(b"--b0undary") == 6
    assert PNG in third.content
    assert b"source_image" not in third.content
    assert len(images.ways("m", ImageRequest("in red", image="https://x/i.png"), "b")) == 2


@pytest.mark.parametrize(
    ("failure", "edit"),
    [
        (refusal(404), True),
        (refusal(405), True),
        (refusal(400, "unknown field", "source_image"), True),
        (refusal(422, "source_image is not supported"), True),
        (refusal(400, "invalid JSON body"), True),
        (refusal(415, "send a form"), True),
        (refusal(400, "size is wrong", "size"), False),
        (refusal(451), False),
    ],
)
def test_when_to_edit_in_another_way(failure: Failure, edit: bool) -> None:
    assert images.is_other_edit(failure) is edit


@pytest.mark.parametrize(
    ("document", "media", "words"),
    [
        ({"data": [{"url": "https://x/i.png"}]}, (Media("image", "https://x/i.png"),), ""),
        (
            {"data": [{"b64_json": "aGk=", "revised_prompt": "an origami crane"}]},
            (Media("image", base64="aGk="),),
            "an origami crane",
        ),
        ({"created": 1, "data": []}, (), ""),
        ({"data": [{"url": ""}, 7, {"b64_json": None}]}, (), ""),
    ],
)
def test_answers(document: Any, media: tuple[Media, ...], words: str) -> None:
    assert images.read_answer(document) == images.ImageAnswer(media, words)


@pytest.mark.parametrize("document", [None, [], {}, {"data": {}}, {"error": {"code": 1}}])
def test_what_is_no_answer(document: Any) -> None:
    assert images.read_answer(document) is None


def test_gemini() -> None:
    body = images.gemini_body(ImageRequest("in red", aspect_ratio="16:9", image=PNG_URI, seed=3))
    data = base64.b64encode(PNG).decode()
    assert body == {
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "in red"},
                    {"inlineData": {"mimeType": "image/png", "data": data}},
                ],
            }
        ],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "16:9"},
            "seed": 3,
        },
    }


def test_gemini_with_a_url() -> None:
    parts = images.gemini_body(ImageRequest("x", image="https://x/i.png"))["contents"][0]["parts"]
    assert parts[1] == {"fileData": {"fileUri": "https://x/i.png"}}


def test_images_inside_an_answer() -> None:
    blob = {"mimeType": "image/png", "data": "aGk="}
    parts = [
        {"text": "Here: "},
        {"inlineData": blob, "thought": True},
        {"inlineData": blob},
        {"inline_data": {"mime_type": "image/jpeg", "data": "aGo="}},
        {"inlineData": {"mimeType": "audio/wav", "data": "aGk="}},
    ]
    answer = images.read_gemini({"candidates": [{"content": {"parts": parts}}]})
    assert answer.media == (Media("image", base64="aGk="), Media("image", base64="aGo="))
    assert answer.words == "Here:"
    assert images.read_gemini({}) == images.ImageAnswer(())


@pytest.mark.parametrize(
    ("slug", "entry", "inline"),
    [
        ("nano-banana", {"id": "nano-banana"}, False),
        ("nano-banana", {"id": "nano-banana", "protocols_aggregate": ["gemini"]}, True),
        ("nano-banana", {"slug": "nano-banana", "protocols_aggregate": "openai, gemini:x"}, True),
        ("nano-banana", {"id": "nano-banana", "protocols_aggregate": ["openai"]}, False),
        ("gemini-3-flash-image", {"id": "gemini-3-flash-image"}, True),
        (
            "gemini-3-flash-image",
            {"id": "gemini-3-flash-image", "output_modalities": ["text"]},
            False,
        ),
        ("gemini-3-flash", {"id": "gemini-3-flash", "protocols_aggregate": ["gemini"]}, False),
        ("veo-3.1", {"id": "veo-3.1", "protocols_aggregate": ["gemini"]}, False),
        ("nano-banana", "nano-banana", False),
    ],
)
def test_where_the_catalogue_says_so(slug: str, entry: Any, inline: bool) -> None:
    assert images.is_inline(slug, {"data": ["other", entry]}) is inline


def test_an_empty_catalogue_says_nothing() -> None:
    assert not images.is_inline("nano-banana", None)


def test_decoding() -> None:
    assert images.decode(base64.b64encode(PNG).decode()) == PNG
    assert images.decode(images.data_uri("image/png", PNG)) == PNG
    assert images.decode("aG k=\n") == b"hi"
    for broken in ("!", "data:image/png,abc", "data:image/png;base64", "a"):
        assert images.decode(broken) is None
