import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.stream_repair import RULES, StreamEnd, StreamRepair


def _chunk(text: str, **candidate: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"content": content, "index": 0, **candidate}]}


def _sse(*documents: Any, blank: str = "\n\n") -> bytes:
    return "".join(f"data: {json.dumps(document)}{blank}" for document in documents).encode()


FIRST, SECOND = _chunk("Sev"), _chunk("en.", finishReason="STOP")
STREAM = _sse(FIRST, SECOND)


def _run(*chunks: bytes, clean: bool = True) -> tuple[bytes, StreamRepair]:
    repair = StreamRepair()
    out = [event for chunk in chunks for event in repair.feed(chunk)]
    return b"".join(out + repair.finish(clean=clean)), repair


def _documents(stream: bytes) -> list[Any]:
    """Read as strictly as gemini-cli does: `^data: (.*)(\\n\\n|\\r\\n\\r\\n)`, then JSON."""
    documents = []
    while stream:
        assert stream.startswith(b"data: ")
        ends = [end for end in (stream.find(b"\r\n\r\n"), stream.find(b"\n\n")) if end >= 0]
        end = min(ends)
        documents.append(json.loads(stream[6:end]))
        stream = stream[end:].removeprefix(b"\r\n\r\n").removeprefix(b"\n\n")
    return documents


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_what_needs_no_repair_goes_through_byte_for_byte(blank: str, size: int) -> None:
    usage = {"usageMetadata": {"totalTokenCount": 6}}
    odd_keys = {"modelVersion": "x", **FIRST}
    stream = _sse(FIRST, odd_keys, {**SECOND, **usage}, blank=blank)
    out, repair = _run(*(stream[i : i + size] for i in range(0, len(stream), size)))
    assert out == stream
    assert repair.rules == set()
    assert (repair.end, repair.events) == (StreamEnd.COMPLETE, 3)
    assert repair.usage == usage["usageMetadata"]


@pytest.mark.parametrize(
    ("stream", "rules"),
    [
        (STREAM + b"data: [DONE]\n\n", "done"),
        (STREAM + b"data:[done]\n\n", "done"),
        (STREAM + b"[DONE]", "done"),
        (STREAM + b"data: [DONE]", "done"),
        (STREAM.rstrip() + b"\ndata: [DONE]\n\n", "done framing"),
        (b": ping\n\n" + STREAM, "framing"),
        (_sse(FIRST) + b": ping\n" + _sse(SECOND), "framing"),
        (b"event: message\nid: 1\nretry: 5\n" + STREAM, "framing"),
        (b"data:\n\n" + STREAM, "framing"),
        (STREAM.replace(b"data: ", b"data:"), "framing"),
        (STREAM.replace(b"data: ", b" data: "), "framing"),
        (STREAM.replace(b"data: ", b""), "json-body"),
        (STREAM.replace(b"\n\n", b"\r\r"), "framing"),
        (STREAM.replace(b', "index"', b',\ndata: "index"'), "framing"),
        (STREAM.replace(b"}\n\ndata", b"}\ndata"), "framing"),
        (STREAM[:-1], "framing last-blank-line"),
        (STREAM[:-2], "framing last-blank-line"),
        (b"data: ping\n\n" + STREAM, "not-json"),
        (b"data: null\n\n" + STREAM, "not-json"),
        (json.dumps([FIRST, SECOND]).encode(), "json-body"),
        (json.dumps([FIRST, SECOND], indent=2).encode(), "json-body"),
        (f"{json.dumps(FIRST)}\n{json.dumps(SECOND)}\n".encode(), "json-body"),
        (b"data: " + json.dumps([FIRST, SECOND]).encode() + b"\n\n", "framing"),
        (b"\xef\xbb\xbf\n" + STREAM, ""),
    ],
)
def test_repairs(stream: bytes, rules: str) -> None:
    for size in (1, 5, 10_000):
        out, repair = _run(*(stream[i : i + size] for i in range(0, len(stream), size)))
        assert _documents(out) == [FIRST, SECOND]
        assert repair.end is StreamEnd.COMPLETE
        assert repair.rules == set(rules.split())
        assert repair.rules <= set(RULES)


def test_a_whole_answer_in_the_place_of_a_stream_is_one_chunk() -> None:
    out, repair = _run(json.dumps(SECOND, indent=4).encode())
    assert _documents(out) == [SECOND]
    assert repair.end is StreamEnd.COMPLETE


def test_line_ends_that_only_clients_see_are_escaped() -> None:
    document = _chunk("a\u2028b\u2029c\u0085d “quoted” é")
    stream = f"data: {json.dumps(document, ensure_ascii=False)}\n\n".encode()
    out, repair = _run(stream + _sse(SECOND))
    assert _documents(out) == [document, SECOND]
    assert not {"\u2028", "\u2029", "\u0085"}.intersection(out.decode())
    assert "“quoted” é" in out.decode()
    assert repair.rules == {"line-separators"}


@pytest.mark.parametrize(
    "text", ['"error"', '{"error": {"code": 500}}', "finishReason", "[DONE]", "data: [DONE]\n\n"]
)
def test_words_inside_text_mean_nothing(text: str) -> None:
    stream = _sse(_chunk(text), {**_chunk(text), "responseId": "error"})
    out, repair = _run(stream)
    assert out.startswith(stream)
    assert repair.error is None
    assert repair.end is StreamEnd.UNFINISHED


@pytest.mark.parametrize("ending", [b"", b"data: [DONE]\n\n"])
@pytest.mark.parametrize("reason", [{}, {"finishReason": None}])
def test_a_missing_finish_reason_is_added_after_a_clean_end(
    ending: bytes, reason: dict[str, Any]
) -> None:
    first = {**_chunk("Sev", **reason), "modelVersion": "m", "responseId": "r"}
    out, repair = _run(_sse(first) + ending)
    last = _documents(out)[-1]
    assert last["candidates"][0]["finishReason"] == "STOP"
    assert (last["modelVersion"], last["responseId"]) == ("m", "r")
    assert repair.end is StreamEnd.UNFINISHED
    assert not repair.saw_finish
    assert repair.saw_done is bool(ending)
    assert "finish-reason" in repair.rules


def test_a_cut_stream_is_not_passed_off_as_complete() -> None:
    for stream in (_sse(FIRST), _sse(FIRST) + b'data: {"candidates', _sse(FIRST)[:-1], b""):
        out, repair = _run(stream, clean=False)
        assert _sse(FIRST).startswith(out)
        assert repair.end is StreamEnd.CUT


@pytest.mark.parametrize(
    "stream",
    [
        _sse(FIRST) + b'data: {"candidates": [{"content',
        _sse(FIRST) + b"da",
        _sse(FIRST) + b"data: ",
        _sse(FIRST) + b"data: [DO",
        json.dumps([FIRST, SECOND]).encode()[:-20],
    ],
)
def test_a_clean_end_inside_an_event_is_a_cut(stream: bytes) -> None:
    out, repair = _run(stream)
    assert _documents(out) == [FIRST]
    assert repair.end is StreamEnd.CUT


def test_what_breaks_off_after_the_finish_reason_is_complete() -> None:
    out, repair = _run(STREAM + b"data: [DO")
    assert out == STREAM
    assert repair.end is StreamEnd.COMPLETE


def test_after_done_a_broken_connection_is_an_end() -> None:
    _, repair = _run(_sse(FIRST) + b"data: [DONE]\n\n", clean=False)
    assert repair.end is StreamEnd.UNFINISHED
    _, repair = _run(STREAM, clean=False)
    assert repair.end is StreamEnd.COMPLETE


@pytest.mark.parametrize("stream", [b"", b"\n\n", b": ping\n\n", b"data: [DONE]\n\n", b"[]", b" "])
def test_nothing_at_all_stays_nothing(stream: bytes) -> None:
    out, repair = _run(stream)
    assert out == b""
    assert repair.empty
    assert repair.end is StreamEnd.EMPTY


def test_a_blocked_prompt_is_an_end() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}}
    out, repair = _run(_sse(blocked))
    assert _documents(out) == [blocked]
    assert repair.end is StreamEnd.COMPLETE


ERRORS = [
    b'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"gone"}}\n\n',
    b'data: {"error":{"message":"gone","type":"server_error","code":"upstream_error"}}\n\n',
    b'data: {"error":{"code":503,"message":"gone","status":"UNAVAILABLE"}}\n\n',
    b'data: {"error":"gone"}\n\n',
    b'data: {"code":"INSUFFICIENT_BALANCE","message":"gone"}\n\n',
    b'data: {"detail":"gone"}\n\n',
    b'data: [{"error":{"code":503,"message":"gone"}}]\n\n',
    b'{"error":{"code":503,"message":"gone"}}\n\n',
    b'event: error\ndata: {"message":"gone"}\n\n',
    b"event: error\ndata: gone\n\n",
    b'data: {"candidates":[],"error":{"code":500,"message":"gone"}}\n\n',
]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_the_stream_ends_it(error: bytes) -> None:
    for size in (1, 10_000):
        stream = _sse(FIRST) + error + _sse(SECOND) + b"data: [DONE]\n\n"
        out, repair = _run(*(stream[i : i + size] for i in range(0, len(stream), size)))
        assert out == _sse(FIRST)
        assert repair.error is not None
        assert repair.error.message == "gone"
        assert repair.end is StreamEnd.ERROR
        assert not repair.empty


def test_an_error_in_the_place_of_a_stream() -> None:
    for body in (
        b'{"error":{"code":400,"message":"x"}}',
        b'[{"error":{"code":400,"message":"x"}}]',
    ):
        out, repair = _run(body)
        assert out == b""
        assert repair.error is not None
        assert repair.error.http_code == 400


def test_garbled_json_in_the_middle_is_an_error() -> None:
    out, repair = _run(_sse(FIRST) + b'data: {"candidates": [}, "finishReason"\n\n' + _sse(SECOND))
    assert out == _sse(FIRST)
    assert repair.end is StreamEnd.ERROR


def test_an_event_comes_out_with_its_last_byte() -> None:
    repair = StreamRepair()
    assert repair.feed(_sse(FIRST)[:-1]) == []
    assert repair.feed(b"\n") == [_sse(FIRST)]
    assert repair.feed(_sse(FIRST) + _sse(FIRST)) == [_sse(FIRST), _sse(FIRST)]


ODD = _chunk("é\u2028 “”")
EVENTS = st.sampled_from(
    [
        _sse(FIRST),
        _sse(FIRST, blank="\r\n\r\n"),
        _sse(ODD),
        b"data: " + json.dumps(ODD, ensure_ascii=False).encode() + b"\n\n",
        _sse(SECOND),
        _sse({"usageMetadata": {"totalTokenCount": 3}}),
        b"data: [DONE]\n\n",
        b": ping\n\n",
        b"event: x\r\n",
        b"data: ping\r\r",
        b"data:" + json.dumps(FIRST).encode() + b"\n\n",
        b"\n",
        ERRORS[2],
        b'data: {"half\n\n',
    ]
)


@given(st.lists(EVENTS, max_size=8), st.lists(st.integers(0, 9999)), st.integers(0, 4))
def test_any_split_gives_the_same_stream(events: list[bytes], cuts: list[int], short: int) -> None:
    stream = b"".join(events)
    stream = stream[: len(stream) - short]
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    for clean in (True, False):
        whole, one = _run(stream, clean=clean)
        split, other = _run(*chunks, clean=clean)
        assert split == whole
        assert (one.end, one.usage, one.rules) == (other.end, other.usage, other.rules)
        _documents(whole)


@given(st.lists(st.binary(max_size=20) | EVENTS))
def test_whatever_comes_in_strict_clients_can_read_what_goes_out(chunks: list[bytes]) -> None:
    out, repair = _run(*chunks)
    assert all(isinstance(document, dict) for document in _documents(out))
    assert repair.end is not None
