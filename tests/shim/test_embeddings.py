"""Embeddings in the other form, where the gateway lacks the one that a client asks in."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.shim.conftest import MakeShim
from tests.shim.scripted import http, scripted

MODEL = "gemini-embedding-001"
PATH = f"/v1beta/models/{MODEL}"
VALUES = {"values": [0.25, 0.5]}
CONTENT: dict[str, Any] = {"content": {"parts": [{"text": "a"}]}}
ABSENT = json.dumps({"error": {"code": 404, "message": "no route", "status": "NOT_FOUND"}}).encode()
REFUSED = json.dumps(
    {"error": {"code": 400, "message": "no", "status": "INVALID_ARGUMENT"}}
).encode()


def only(method: str, answer: Any) -> Any:
    """Return the script of a gateway that has one method."""

    def script(target: str, _body: bytes) -> Sequence[bytes]:
        return http(json.dumps(answer).encode()) if target.endswith(method) else http(ABSENT, 404)

    return script


def ask(make_shim: MakeShim, origin: str, method: str, body: Any) -> Any:
    shim = make_shim(origin, models=(MODEL,), models_fetched_at=9e9)
    return shim, shim.client.post(f"{PATH}:{method}", json=body)


def test_one_where_the_gateway_has_only_many(make_shim: MakeShim) -> None:
    with scripted(only("batchEmbedContents", {"embeddings": [VALUES]})) as gateway:
        shim, answer = ask(make_shim, gateway.origin, "embedContent", CONTENT)
    assert answer.json() == {"embedding": VALUES}
    assert answer.headers["x-bytespike-model"] == f"{MODEL} -> {MODEL}"
    assert json.loads(gateway.asked[-1][1]) == {
        "requests": [{**CONTENT, "model": f"models/{MODEL}"}]
    }
    shim.wait_for_records(1)
    assert "embeddings" in shim.records[0].rules


def test_many_where_the_gateway_has_only_one(make_shim: MakeShim) -> None:
    body = {"requests": [{**CONTENT, "model": f"models/{MODEL}"}] * 3}
    with scripted(only("embedContent", {"embedding": VALUES})) as gateway:
        _, answer = ask(make_shim, gateway.origin, "batchEmbedContents", body)
    assert answer.json() == {"embeddings": [VALUES] * 3}
    assert [target.rpartition(":")[2] for target, _ in gateway.asked] == [
        "batchEmbedContents",
        *["embedContent"] * 3,
    ]


def test_the_form_that_the_gateway_has_passes(make_shim: MakeShim) -> None:
    with scripted(only("embedContent", {"embedding": VALUES})) as gateway:
        _, answer = ask(make_shim, gateway.origin, "embedContent", CONTENT)
    assert answer.json() == {"embedding": VALUES}
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("embedContent", CONTENT),
        ("batchEmbedContents", {"requests": [CONTENT]}),
        ("batchEmbedContents", {}),
    ],
)
def test_neither_form(make_shim: MakeShim, method: str, body: Any) -> None:
    with scripted(only("nothing", {})) as gateway:
        _, answer = ask(make_shim, gateway.origin, method, body)
    assert answer.status_code == 404
    assert f"ByteSpike has no '{method}'" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("other", "status"), [(http(REFUSED, 400), 400), (http(b"{}"), 503), (http(b"<"), 503)]
)
def test_the_other_form_fails(make_shim: MakeShim, other: list[bytes], status: int) -> None:
    def script(target: str, _body: bytes) -> Sequence[bytes]:
        return other if target.endswith("batchEmbedContents") else http(ABSENT, 404)

    with scripted(script) as gateway:
        _, answer = ask(make_shim, gateway.origin, "embedContent", CONTENT)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status
