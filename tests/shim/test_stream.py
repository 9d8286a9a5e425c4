"""Streams through the shim: repaired in every dialect, ended honestly."""

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import httpx
import pytest

from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim, RunningShim
from tests.shim.raw import connect, head, length
from tests.shim.scripted import http, scripted, streamed

SSE = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
ARRAY = "/v1beta/models/gemini-3-flash:streamGenerateContent"
BODY = {"contents": [{"role": "user", "parts": [{"text": "tell me of ÄÖÜ 漢字 🦓"}]}]}

DIALECTS = [
    {"done": "always"},
    {"done": "never"},
    {"done": "no-space"},
    {"done": "bare"},
    {"done": "unterminated"},
    {"framing": "crlf"},
    {"framing": "comments"},
    {"framing": "no-space"},
    {"framing": "event-lines"},
    {"framing": "multi-line"},
    {"framing": "no-last-blank", "done": "never"},
    {"framing": "split-utf8"},
    {"framing": "many-writes"},
    {"framing": "many-events"},
    {"framing": "array"},
    {"finish-reason": "own-event"},
    {"finish-reason": "missing"},
    {"thoughts": "part"},
    {"thoughts": "signature"},
    {"compression": "gzip"},
]


def words(chunks: list[dict[str, Any]]) -> str:
    parts = [part for c in chunks for part in c["candidates"][0]["content"]["parts"]]
    return "".join(part["text"] for part in parts if not part.get("thought"))


def strict_events(text: str) -> list[dict[str, Any]]:
    """Parse SSE as strictly as the strictest SDK does: `data: {json}` and a blank line, no more."""
    assert text.endswith(("\n\n", "\r\n\r\n"))
    events = text.replace("\r\n", "\n").removesuffix("\n\n").split("\n\n")
    assert all(event.startswith("data: {") and "\n" not in event for event in events)
    return [json.loads(event.removeprefix("data: ")) for event in events]


@pytest.mark.parametrize(
    "dialect", DIALECTS, ids=lambda d: ",".join(f"{k}={v}" for k, v in d.items())
)
def test_every_dialect_comes_out_strict_and_whole(
    make_sandbox: MakeSandbox, make_shim: MakeShim, dialect: dict[str, str]
) -> None:
    sandbox = make_sandbox(dialects=dialect)
    answer = make_shim(sandbox.origin).client.post(SSE, json=BODY)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    chunks = strict_events(answer.text)
    assert "ÄÖÜ 漢字 🦓" in words(chunks)
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"
    assert sandbox.state.journal[-1].query == {"alt": "sse"}


@pytest.mark.parametrize("framing", ["lf", "array"])
def test_a_client_that_did_not_ask_for_sse_gets_an_array(
    make_sandbox: MakeSandbox, make_shim: MakeShim, framing: str
) -> None:
    sandbox = make_sandbox(dialects={"framing": framing})
    answer = make_shim(sandbox.origin).client.post(ARRAY, json=BODY)
    assert answer.headers["content-type"].startswith("application/json")
    chunks = json.loads(answer.text)
    assert "漢字" in words(chunks)
    assert sandbox.state.journal[-1].query == {"alt": "sse"}


def broken(shim: RunningShim) -> tuple[bytes, bool]:
    """Read a stream to its end; return what came, and whether the connection broke."""
    received = b""
    with shim.client.stream("POST", SSE, json=BODY) as answer:
        try:
            for piece in answer.iter_raw():
                received += piece
        except httpx.RemoteProtocolError:
            return received, True
        except httpx.ReadError:
            return received, True
    return received, False


def told(received: bytes) -> dict[str, Any]:
    """Return the error at the end of a stream: bare first, then as an event."""
    bare, event = received.rstrip().split(b"\n\n")[-2:]
    assert event == b"data: " + bare
    error: dict[str, Any] = json.loads(bare)["error"]
    return error


@pytest.mark.parametrize("fault", ["cut:3", "garbled:3"])
def test_a_cut_stream_is_never_passed_off_as_complete(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    received, was_cut = broken(make_shim(sandbox.origin))
    assert was_cut
    assert b"finishReason" not in received
    assert told(received)["code"] == 403


@pytest.mark.parametrize("shape", ["google", "openai", "anthropic"])
def test_an_error_in_mid_stream_ends_the_turn_once(
    make_sandbox: MakeSandbox, make_shim: MakeShim, shape: str
) -> None:
    """The bare form with code 403 is the one that stops gemini-cli (clients.md 7.7)."""
    sandbox = make_sandbox(faults=[f"mid-error-{shape}:3"])
    received, was_cut = broken(make_shim(sandbox.origin))
    assert was_cut
    error = told(received)
    assert error["code"] == 403
    assert "[bytespike]" in error["message"]
    assert len(sandbox.state.journal) == 2  # the catalogue, and one request


@pytest.mark.parametrize("shape", ["google", "openai", "anthropic"])
def test_an_error_in_place_of_the_first_event_is_an_http_error(
    make_sandbox: MakeSandbox, make_shim: MakeShim, shape: str
) -> None:
    sandbox = make_sandbox(faults=[f"mid-error-{shape}:0"])
    answer = make_shim(sandbox.origin).client.post(SSE, json=BODY)
    assert answer.status_code >= 400
    assert answer.json()["error"]["code"] == answer.status_code


def test_a_clean_end_without_a_finish_reason_is_completed(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    """gemini-cli otherwise sends the turn four times (clients.md 2.6)."""
    sandbox = make_sandbox(faults=["early-end:3"], dialects={"done": "never"})
    chunks = strict_events(make_shim(sandbox.origin).client.post(SSE, json=BODY).text)
    assert len(chunks) == 4
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"


def test_a_stream_with_nothing_in_it_is_an_error(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["empty-body"])
    answer = make_shim(sandbox.origin).client.post(SSE, json=BODY)
    assert answer.status_code == 503
    assert "before any answer" in answer.json()["error"]["message"]


def test_events_arrive_one_by_one(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    """The first event is here while the gateway has not sent the rest: it waits for us to leave."""
    sandbox = make_sandbox(faults=["stall:2"])
    received = b""
    with make_shim(sandbox.origin).client.stream("POST", SSE, json=BODY) as answer:
        for piece in answer.iter_raw():
            received += piece
            if received.count(b"data: ") == 2:
                break
    record = sandbox.state.journal[-1]
    assert sandbox.state.journal.wait_for(lambda _journal: record.finished)
    assert record.aborted
    assert record.events_sent == 2


@pytest.mark.parametrize("path", [SSE, ARRAY])
def test_an_abandoned_stream_is_stopped_upstream(
    make_sandbox: MakeSandbox, make_shim: MakeShim, path: str
) -> None:
    """It costs money as long as it runs (contract.md 3.2): 100 ms are five events of this one."""
    sandbox = make_sandbox(word_delay_ms=20)
    body = {"contents": [{"role": "user", "parts": [{"text": "word " * 400}]}]}
    with make_shim(sandbox.origin).client.stream("POST", path, json=body) as answer:
        next(answer.iter_raw())
    record = sandbox.state.journal[-1]
    sent_until_left = record.events_sent
    assert sandbox.state.journal.wait_for(lambda _journal: record.finished)
    assert record.aborted
    assert record.events_sent - sent_until_left <= 5


@pytest.mark.parametrize(
    "path", [SSE, SSE.replace(":streamGenerateContent?alt=sse", ":generateContent")]
)
def test_a_request_that_is_abandoned_before_any_answer_is_stopped_upstream(
    make_sandbox: MakeSandbox, make_shim: MakeShim, path: str
) -> None:
    sandbox = make_sandbox(faults=["hang"])
    shim = make_shim(sandbox.origin)
    with closing(connect(shim)) as connection:
        content = json.dumps(BODY).encode()
        connection.sendall(head(shim, length(content), path=path) + content)
        assert sandbox.state.journal.wait_for(lambda journal: any(r.path in path for r in journal))
    record = sandbox.state.journal[-1]
    assert sandbox.state.journal.wait_for(lambda _journal: record.finished)
    assert record.aborted


CHUNK = (
    b'{"candidates":[{"content":{"role":"model","parts":[{"text":"hi"}]},"finishReason":"STOP"}]}'
)
EVENT = b"data: " + CHUNK + b"\n\n"


def through(make_shim: MakeShim, writes: Sequence[bytes], path: str = SSE) -> httpx.Response:
    """Return what a client gets of a gateway's answer."""
    with scripted(lambda _target, _body: writes) as gateway:
        shim = make_shim(gateway.origin, models=("gemini-3-flash",), models_fetched_at=9e9)
        return shim.client.post(path, json=BODY)


@pytest.mark.parametrize("path", [SSE, ARRAY])
@pytest.mark.parametrize(
    "writes",
    [
        [b"[", CHUNK, b",", CHUNK, b"]"],
        [b"[\n" + CHUNK + b"\n,\r\n" + CHUNK + b"\n]\n"],
        [CHUNK + b"\n" + CHUNK + b"\n"],
        [CHUNK],
        [EVENT.replace(b"\n", b"\r") * 2],
        [EVENT.replace(b"\n", b"\r\n") * 2],
        [b"\xef\xbb\xbf" + EVENT],
        [b": hello\n\n", b"retry: 5\n\n", b"\n\n", EVENT, b"data:\n\n", b"data: [DONE]\n\n"],
        [bytes([byte]) for byte in EVENT],
        [EVENT[:-2]],
        [EVENT[:-1]],
        [b"event: x\nid: 1\ndata: " + CHUNK[:14] + b"\ndata: " + CHUNK[14:] + b"\n\n"],
        [b"data:  " + CHUNK + b"\n\ndata: done\n\n"],
    ],
    ids=lambda writes: ascii(writes[0][:12]),
)
def test_whatever_a_gateway_sends_each_client_gets_its_own_form(
    make_shim: MakeShim, writes: list[bytes], path: str
) -> None:
    """From SSE, an array, NDJSON or one object to SSE or an array, whatever was asked for."""
    answer = through(make_shim, streamed(*writes), path)
    assert answer.status_code == 200
    chunks = strict_events(answer.text) if path == SSE else json.loads(answer.text)
    assert chunks
    assert all(chunk == json.loads(CHUNK) for chunk in chunks)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKED = [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)]


@pytest.mark.parametrize(("coding", "pack"), PACKED, ids=["gzip", "deflate", "raw deflate"])
def test_a_stream_that_comes_compressed_unasked(
    make_shim: MakeShim, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    writes = http(pack(EVENT * 3), 200, "text/event-stream", f"content-encoding: {coding}")
    answer = through(make_shim, writes)
    assert "content-encoding" not in answer.headers
    assert strict_events(answer.text) == [json.loads(CHUNK)] * 3


@pytest.mark.parametrize(("coding", "pack"), PACKED, ids=["gzip", "deflate", "raw deflate"])
def test_an_error_that_comes_compressed_unasked(
    make_shim: MakeShim, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = b'{"error":{"message":"no such field","type":"invalid_request_error","code":"x"}}'
    writes = http(pack(body), 400, "application/json", f"content-encoding: {coding}")
    answer = through(make_shim, writes)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("no such field")


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_coding_that_cannot_be_read_is_named(make_shim: MakeShim, coding: str) -> None:
    """It is never asked for; without its library it cannot be undone."""
    answer = through(make_shim, http(b"?", 200, "text/event-stream", f"content-encoding: {coding}"))
    assert answer.status_code in {400, 502, 503}
    assert answer.json()["error"]["message"].startswith("[bytespike]")


@pytest.mark.parametrize("shape", ["google", "google-array", "openai", "anthropic", "bare", "html"])
def test_an_error_of_any_shape_on_a_stream_call(
    make_sandbox: MakeSandbox, make_shim: MakeShim, shape: str
) -> None:
    sandbox = make_sandbox(dialects={"error-shape": shape}, faults=["stream/invalid-param"])
    answer = make_shim(sandbox.origin).client.post(SSE, json=BODY)
    assert answer.status_code >= 400
    assert answer.json()["error"]["code"] == answer.status_code


@pytest.mark.parametrize("fault", ["cut:3", "mid-error-openai:3"])
def test_an_array_that_breaks_is_never_a_whole_one(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    received = b""
    with make_shim(sandbox.origin).client.stream("POST", ARRAY, json=BODY) as answer:
        try:
            for piece in answer.iter_raw():
                received += piece
        except httpx.TransportError:
            pass
        else:
            pytest.fail("the connection was not cut")
    with pytest.raises(ValueError, match=r"delimiter|Extra|Expecting"):
        json.loads(received)
    *_, last = json.loads(received + b"]")
    assert last["error"]["code"] == 403
    assert last["candidates"] == last["error"]["message"]


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/v1beta/models/gemini-3-flash:generateContent?stream=true", {}),
        ("/v1beta/models/gemini-3-flash:generateContent", {"stream": True}),
        ("/v1beta/models/gemini-3-flash:streamGenerateContent?stream=true", {"stream": True}),
    ],
)
def test_the_other_ways_to_ask_for_a_stream(
    make_sandbox: MakeSandbox, make_shim: MakeShim, path: str, extra: dict[str, Any]
) -> None:
    """The gateway's pages name them (contract.md C12); what goes upstream is Google's way."""
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.post(path, json={**BODY, **extra})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "漢字" in words(strict_events(answer.text))
    record = sandbox.state.journal[-1]
    assert record.path.endswith(":streamGenerateContent")
    assert record.query == {"alt": "sse"}
    assert record.body == BODY
