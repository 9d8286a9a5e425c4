"""Pictures of Google's SDKs, wherever the gateway has them."""

import base64
import json
from typing import Any

import pytest

from bytespike_cli.sandbox.media import picture
from bytespike_cli.sandbox.seed import STUDIO_KEY
from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim

ASK = {
    "contents": [{"role": "user", "parts": [{"text": "a paper crane"}]}],
    "generationConfig": {"imageConfig": {"aspectRatio": "16:9"}},
}
GENERATE = "/v1beta/models/{}:generateContent"
STREAM = "/v1beta/models/{}:streamGenerateContent"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def serve(make_sandbox: MakeSandbox, make_shim: MakeShim) -> Any:
    """A sandbox and a shim before it: `sandbox, shim = serve(image_answer="b64")`."""

    def serve(*faults: str, **dialects: str) -> Any:
        chosen = {name.replace("_", "-"): value for name, value in dialects.items()}
        sandbox = make_sandbox(faults=faults, dialects=chosen)
        return sandbox, make_shim(sandbox.origin, secret=STUDIO_KEY)

    return serve


def drawn(document: Any) -> bytes:
    (candidate,) = document["candidates"]
    (inline,) = [p["inlineData"] for p in candidate["content"]["parts"] if "inlineData" in p]
    assert inline["mimeType"] == "image/png"
    return base64.b64decode(inline["data"])


@pytest.mark.parametrize(
    "dialects",
    [{}, {"image_answer": "b64"}, {"image_models": "inline"}, {"asset_host": "other"}],
)
@pytest.mark.parametrize("model", ["nano-banana", "gemini-2.5-flash-image"])
def test_generate_content(serve: Any, dialects: dict[str, str], model: str) -> None:
    sandbox, shim = serve(**dialects)
    answer = shim.client.post(GENERATE.format(model), json=ASK)
    assert answer.status_code == 200
    assert answer.headers["x-bytespike-model"] == f"{model} -> nano-banana"
    content = drawn(answer.json())
    assert content.startswith(PNG)
    assert content[16:24] == (1024).to_bytes(4) + (576).to_bytes(4)
    assert sandbox.state.ledger.account("studio-0001").calls == 1


def test_where_they_are_is_learned_once(serve: Any) -> None:
    sandbox, shim = serve(image_answer="b64")
    for _ in range(3):
        assert shim.client.post(GENERATE.format("nano-banana"), json=ASK).status_code == 200
    paths = [r.path.rpartition("/")[2] for r in sandbox.state.journal][1:]
    assert paths == ["nano-banana:generateContent", *["generations"] * 3]


def test_streams(serve: Any) -> None:
    _, shim = serve()
    sse = shim.client.post(STREAM.format("nano-banana") + "?alt=sse", json=ASK)
    assert sse.headers["content-type"] == "text/event-stream"
    assert drawn(json.loads(sse.content.removeprefix(b"data: "))).startswith(PNG)
    array = shim.client.post(STREAM.format("nano-banana"), json=ASK)
    assert drawn(array.json()[0]).startswith(PNG)


@pytest.mark.parametrize("edits", ["json", "multipart", "absent"])
def test_a_picture_to_edit(serve: Any, edits: str) -> None:
    sandbox, shim = serve(image_edits=edits)
    encoded = base64.b64encode(picture(8, 8, {})).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": encoded}}
    body = {"contents": [{"parts": [{"text": "bluer"}, part]}]}
    answer = shim.client.post(GENERATE.format("nano-banana-v2"), json=body)
    assert drawn(answer.json()).startswith(PNG)
    asked = next(r for r in sandbox.state.journal if r.path == "/v1/images/generations")
    assert asked.body["source_image"] == f"data:image/png;base64,{encoded}"


@pytest.mark.parametrize("edits", ["json", "multipart", "absent"])
def test_a_gateway_that_edits_at_its_own_endpoint(serve: Any, edits: str) -> None:
    """Contract.md 3.17 lists it without details: no field of generations says that it edits."""
    sandbox, shim = serve("image/invalid-param@1", image_edits=edits)
    encoded = base64.b64encode(picture(8, 8, {})).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": encoded}}
    body = {"contents": [{"parts": [{"text": "bluer"}, part]}]}
    answer = shim.client.post(GENERATE.format("nano-banana-v2"), json=body)
    asked = [r for r in sandbox.state.journal if r.path.startswith("/v1/images/")]
    tried = {"json": 2, "multipart": 3, "absent": 3}[edits]
    assert [r.path.rpartition("/")[2] for r in asked] == ["generations", *["edits"] * (tried - 1)]
    if edits == "absent":
        assert answer.status_code == 400
        assert "Invalid request" in answer.json()["error"]["message"]
    else:
        assert drawn(answer.json()).startswith(PNG)
    paid = sandbox.state.ledger.account("studio-0001").calls
    assert paid == (0 if edits == "absent" else 1)


def test_predict(serve: Any) -> None:
    _, shim = serve()
    body = {"instances": [{"prompt": "a crane"}], "parameters": {"sampleCount": 2}}
    answer = shim.client.post("/v1beta/models/nano-banana:predict", json=body)
    rows = answer.json()["predictions"]
    assert len(rows) == 2
    assert all(base64.b64decode(row["bytesBase64Encoded"]).startswith(PNG) for row in rows)
    for wrong in (b'{"instances": []}', b"{"):
        answer = shim.client.post("/v1beta/models/nano-banana:predict", content=wrong)
        assert answer.status_code == 400
    assert shim.client.post("/v1beta/models/veo-3.1:predict", json=body).status_code == 400
    assert shim.client.post("/v1beta/models/imagen-9:predict", json=body).status_code == 404


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("image/blocked", None, "blocked"),
        ("image/invalid-param", 400, "Invalid request"),
        ("image/empty-wallet", 402, "nsufficient balance"),
        ("asset-page", 503, "no picture"),
        ("asset-expired", 503, "answered 403"),
        ("asset-cut:100", 503, "cut"),
    ],
)
def test_what_goes_wrong(serve: Any, fault: str, status: int | None, words: str) -> None:
    _, shim = serve(fault)
    answer = shim.client.post(GENERATE.format("nano-banana"), json=ASK)
    assert answer.status_code >= 400
    assert status is None or answer.status_code in (status, 429)
    assert words in answer.json()["error"]["message"]


def test_what_no_image_endpoint_can_do(serve: Any) -> None:
    sandbox, shim = serve()
    part = {"inlineData": {"mimeType": "image/png", "data": "aGkh"}}
    body = {"contents": [{"parts": [{"text": "both"}, part, part]}]}
    answer = shim.client.post(GENERATE.format("nano-banana"), json=body)
    assert (answer.status_code, "one picture" in answer.text) == (400, True)
    assert sandbox.state.ledger.account("studio-0001").calls == 0


def test_text_models_are_not_taken_there(serve: Any) -> None:
    sandbox, shim = serve("generate/invalid-param")
    assert shim.client.post(GENERATE.format("gemini-3-flash"), json=ASK).status_code == 400
    assert not any(r.path.startswith("/v1/images") for r in sandbox.state.journal)
