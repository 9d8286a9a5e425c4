import base64
import json
from typing import Any

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway import images
from bytespike_cli.wire.images import ImageRequest, data_uri
from bytespike_cli.wire.task_state import Media
from tests.gateway.test_client import Script, refusal

PNG = b"\x89PNG\r\n\x1a\n"
URL = "https://cdn.example/i.png"
GOOD = {"created": 1, "data": [{"url": URL}]}
EDIT = ImageRequest("in red", image=data_uri("image/png", PNG))


def invalid(message: str, param: str = "source_image") -> httpx.Response:
    error = {"code": "invalid_param", "message": message, "param": param}
    return httpx.Response(400, json={"error": error})


def test_a_generation() -> None:
    script = Script(httpx.Response(200, json=GOOD))
    answer = images.generate(script.gateway(), "nano-banana", ImageRequest("a crane"))
    assert answer.media == (Media("image", URL),)
    assert json.loads(script.asked[0].content)["prompt"] == "a crane"


def test_a_refusal_is_final_without_an_image_to_edit() -> None:
    script = Script(invalid("no"))
    with pytest.raises(errors.RequestError):
        images.generate(script.gateway(), "m", ImageRequest("x"))
    assert len(script.asked) == 1


def test_an_edit_in_every_way() -> None:
    script = Script(invalid("unknown field"), refusal(404), httpx.Response(200, json=GOOD))
    images.generate(script.gateway(), "m", EDIT)
    assert [r.url.path for r in script.asked] == [
        "/v1/images/generations",
        "/v1/images/edits",
        "/v1/images/edits",
    ]
    form = script.asked[2]
    kind = form.headers["content-type"]
    assert kind.startswith("multipart/form-data; boundary=")
    boundary = kind.partition("boundary=")[2].encode()
    assert form.content.count(b"--" + boundary) == 5
    assert form.content.endswith(b"--" + boundary + b"--\r\n")
    assert b'name="image"; filename="image.png"\r\nContent-Type: image/png\r\n\r\n' in form.content
    assert PNG in form.content
    assert b'name="prompt"\r\n\r\nin red\r\n' in form.content


def test_the_first_refusal_of_an_edit_is_told() -> None:
    script = Script(invalid("first"), invalid("second", "image"), invalid("third", "image"))
    with pytest.raises(errors.RequestError) as caught:
        images.generate(script.gateway(), "m", EDIT)
    assert "first" in caught.value.detail


def test_an_edit_that_is_refused_for_something_else_stays_so() -> None:
    script = Script(invalid("no such size", "size"))
    with pytest.raises(errors.RequestError):
        images.generate(script.gateway(), "m", EDIT)
    assert len(script.asked) == 1


def test_nothing_that_may_be_billed_is_sent_again() -> None:
    script = Script(httpx.ReadError("gone"))
    with pytest.raises(errors.NetworkError, match="billed"):
        images.generate(script.gateway(), "m", ImageRequest("x"))


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"ok": True}, errors.ProtocolError),
        ({"error": {"code": "insufficient_balance", "message": "no"}}, errors.QuotaError),
    ],
)
def test_what_is_no_answer(document: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        images.generate(Script(httpx.Response(200, json=document)).gateway(), "m", EDIT)


def test_inline() -> None:
    data = base64.b64encode(PNG).decode()
    parts = [{"inlineData": {"mimeType": "image/png", "data": data}}]
    document = {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}
    script = Script(httpx.Response(200, json=document))
    answer = images.generate_inline(script.gateway(), "nano-banana", ImageRequest("x"))
    assert answer.media == (Media("image", base64=data),)
    assert script.asked[0].url.path == "/v1beta/models/nano-banana:generateContent"


def test_where_the_catalogue_says_so() -> None:
    entry = {"id": "nano-banana", "protocols_aggregate": ["gemini"]}
    plain = httpx.Response(200, json={"data": [{"id": "nano-banana"}]})
    script = Script(plain, httpx.Response(200, json={"data": [entry]}))
    assert images.is_inline(script.gateway(), "nano-banana")
    assert not images.is_inline(Script(plain, refusal(403)).gateway(), "nano-banana")
    assert not images.is_inline(Script(refusal(404), refusal(404)).gateway(), "nano-banana")
