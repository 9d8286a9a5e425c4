"""Streams as they arrive: whole, in every framing, broken in every way, left by the client."""

import json
import zlib
from typing import Any

import pytest

from bytespike_cli.sandbox.dialects import DIALECTS

STREAM = "gemini-3-1-pro:streamGenerateContent?alt=sse"
SEVEN = {"contents": [{"parts": [{"text": "count to 7"}]}]}


def finish_reasons(events: list[Any]) -> list[str | None]:
    return [event["candidates"][0].get("finishReason") for event in events]


def test_a_usual_stream(sandbox: Any, ask: Any) -> None:
    answer = ask(sandbox, STREAM, SEVEN)
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.body.endswith(b"\n\ndata: [DONE]\n\n")
    assert answer.streamed_text == "1 2 3 4 5 6 7"
    assert finish_reasons(answer.events) == [None] * 6 + ["STOP"]
    usage = answer.events[-1]["usageMetadata"]
    assert usage == {"promptTokenCount": 3, "candidatesTokenCount": 7, "totalTokenCount": 10}
    record = sandbox.state.journal[-1]
    assert (record.events_sent, record.events_planned, record.aborted) == (7, 7, False)
    assert record.bytes_sent == len(answer.body)


def test_the_headers_of_a_stream_are_those_before_the_call(sandbox: Any, ask: Any) -> None:
    assert ask(sandbox, STREAM).headers["x-quota-remaining-credits"] == "100.00"
    assert ask(sandbox, STREAM).headers["x-quota-remaining-credits"] == "99.99"


def test_without_alt_sse_it_is_an_array(sandbox: Any, ask: Any) -> None:
    answer = ask(sandbox, "gemini-3-1-pro:streamGenerateContent", SEVEN)
    assert answer.headers["content-type"].startswith("application/json")
    assert finish_reasons(answer.json) == [None] * 6 + ["STOP"]
    python = "gemini-3-1-pro:streamGenerateContent?$alt=json;enum-encoding=int"
    assert len(ask(sandbox, python, SEVEN).json) == 7
    assert ask(sandbox, "gemini-3-1-pro:streamGenerateContent?alt=xml", SEVEN).status == 400


def test_without_alt_sse_in_the_other_dialect(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"without-alt-sse": "sse"})
    assert ask(sandbox, "gemini-3-1-pro:streamGenerateContent", SEVEN).streamed_text.startswith("1")


@pytest.mark.parametrize("framing", list(DIALECTS["framing"].values))
def test_every_framing_carries_the_same_words(make_sandbox: Any, ask: Any, framing: str) -> None:
    sandbox = make_sandbox(dialects={"framing": framing, "done": "never"})
    body = {"contents": [{"parts": [{"text": "repeat: süß 東京 🙂 end"}]}]}
    answer = ask(sandbox, STREAM, body)
    if framing == "array":
        documents = answer.json
    else:
        frames = answer.body.replace(b"\r\n", b"\n").split(b"\n\n")
        data = [
            b"".join(ln[5:] for ln in frame.split(b"\n") if ln.startswith(b"data:"))
            for frame in frames
        ]
        documents = [json.loads(text) for text in data if text]
    texts = [d["candidates"][0]["content"]["parts"][0]["text"] for d in documents]
    assert "".join(texts) == "süß 東京 🙂 end"
    assert sandbox.state.journal[-1].events_sent == 4


@pytest.mark.parametrize(
    ("fault", "words", "complete"),
    [("cut:3", "1 2 3", False), ("early-end:3", "1 2 3", True), ("cut:0", "", False)],
)
def test_streams_that_end_too_soon(
    make_sandbox: Any, ask: Any, fault: str, words: str, complete: bool
) -> None:
    sandbox = make_sandbox(faults=[fault], dialects={"done": "never"})
    answer = ask(sandbox, STREAM, SEVEN)
    assert (answer.streamed_text, answer.complete) == (words, complete)
    assert "STOP" not in finish_reasons(answer.events)
    record = sandbox.state.journal[-1]
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    assert (record.billed, record.aborted) == (0, False)


@pytest.mark.parametrize(
    ("shape", "frame"),
    [
        ("google", b'data: {"error": {"code": 503, "message": "no capacity", "status": "UNAV'),
        ("openai", b'data: {"error": {"message": "no capacity", "type": "overloaded_error"}}'),
        ("anthropic", b'event: error\ndata: {"type": "error", "error": {"type": "overloaded'),
    ],
)  # fmt: skip
def test_errors_in_mid_stream(make_sandbox: Any, ask: Any, shape: str, frame: bytes) -> None:
    sandbox = make_sandbox(faults=[f"mid-error-{shape}:2@1"])
    answer = ask(sandbox, STREAM, SEVEN)
    frames = [f for f in answer.body.split(b"\n\n") if f]
    assert len(frames) == 3
    assert frames[2].startswith(frame)
    assert sandbox.state.journal[-1].billed == 0
    assert ask(sandbox, STREAM, SEVEN).streamed_text == "1 2 3 4 5 6 7"


def test_one_garbled_event(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["garbled:1"])
    frames = ask(sandbox, STREAM, SEVEN).body.split(b"\n\n")
    with pytest.raises(ValueError):
        json.loads(frames[1].removeprefix(b"data: "))
    assert json.loads(frames[2].removeprefix(b"data: "))


def test_a_buffered_stream_is_whole_and_billed(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["buffered"])
    assert ask(sandbox, STREAM, SEVEN).streamed_text == "1 2 3 4 5 6 7"
    assert sandbox.state.journal[-1].billed > 0


def test_a_gzip_stream_is_flushed_per_event(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"compression": "gzip"})
    answer = ask(sandbox, STREAM, SEVEN, headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    text = zlib.decompress(answer.body, wbits=31)
    assert text.startswith(b'data: {"candidates"')
    assert answer.body.count(b"\x00\x00\xff\xff") >= 8


def test_a_client_that_leaves_pays_for_what_was_sent(make_sandbox: Any, raw_stream: Any) -> None:
    sandbox = make_sandbox(word_delay_ms=1)
    plug = raw_stream(sandbox, "count to 100000")
    assert sandbox.state.journal.wait_for(lambda j: len(j) > 0 and j[-1].events_sent > 3)
    plug.close()
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    record = sandbox.state.journal[-1]
    assert record.aborted
    assert record.billed > 0
    assert record.events_sent < record.events_planned


def test_a_client_that_does_not_read_is_not_buffered_for(
    make_sandbox: Any, raw_stream: Any
) -> None:
    sandbox = make_sandbox()
    plug = raw_stream(sandbox, "count to 100000")
    journal = sandbox.state.journal
    seen = -1
    while journal.wait_for(lambda j, s=seen: bool(len(j)) and j[-1].events_sent > s, timeout_s=0.3):
        seen = journal[-1].events_sent
    assert 0 < seen < 100_000
    plug.close()
    assert journal.wait_for(lambda j: j[-1].finished)
    assert journal[-1].aborted


def test_a_stalled_stream_ends_with_its_client(make_sandbox: Any, raw_stream: Any) -> None:
    sandbox = make_sandbox(faults=["stall:2"])
    plug = raw_stream(sandbox, "count to 7")
    received = b""
    while received.count(b"data: ") < 2:
        received += plug.recv(65536)
    plug.close()
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    assert sandbox.state.journal[-1].events_sent == 2


def test_an_abort_before_the_first_event_is_free(make_sandbox: Any, raw_stream: Any) -> None:
    sandbox = make_sandbox(faults=["stall:0"])
    plug = raw_stream(sandbox, "count to 7")
    assert sandbox.state.journal.wait_for(lambda j: len(j) > 0 and j[-1].status == 200)
    plug.close()
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    record = sandbox.state.journal[-1]
    assert (record.aborted, record.billed, record.events_sent) == (True, 0, 0)
