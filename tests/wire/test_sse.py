from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.sse import BlockSplitter, Event, StreamTooLarge, is_done, parse_block


class SseParser:
    """The splitter and the block parser, as a whole."""

    def __init__(self, max_event_bytes: int = 1_000_000) -> None:
        self._splitter = BlockSplitter(max_event_bytes)

    def feed(self, chunk: bytes) -> list[Event]:
        return [event for block in self._splitter.feed(chunk) if (event := parse_block(block))]

    def close(self) -> list[Event]:
        event = parse_block(self._splitter.close())
        return [event] if event else []


def _events(*chunks: bytes) -> list[Event]:
    parser = SseParser()
    return [event for chunk in chunks for event in parser.feed(chunk)] + parser.close()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: a\n\ndata: b\n\n", [Event("a"), Event("b")]),
        (b"data: a\r\n\r\ndata: b\r\n\r\n", [Event("a"), Event("b")]),
        (b"data: a\r\rdata: b\r\r", [Event("a"), Event("b")]),
        (b"data: a\r\n\ndata: b\n\r\n", [Event("a"), Event("b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [Event("a")]),
        (b"data:a\n\n", [Event("a")]),
        (b"data:  a\n\n", [Event(" a")]),
        (b"data: a\ndata: b\n\n", [Event("a\nb")]),
        (b": ping\n\ndata: a\n: ping\n\n", [Event("a")]),
        (b"event: error\nid: 7\nretry: 10\ndata: a\n\n", [Event("a", "error")]),
        (b"data: a", [Event("a")]),
        (b"data: a\n", [Event("a")]),
        (b"data: a\n\n\n\n\ndata: b\n\n", [Event("a"), Event("b")]),
        (b"data:\n\ndata: \n\n", []),
        (b"event: ping\n\n", []),
        (b"[DONE]\n\n", [Event("[DONE]")]),
        (b'{"a": 1}\n\n', [Event('{"a": 1}')]),
        (b"nonsense\n\ndatax: 1\n\n", []),
        ("data: é漢😀\n\n".encode(), [Event("é漢😀")]),
        (b"data: \xff\n\n", [Event("\ufffd")]),
        ("data: a\u2028b\n\n".encode(), [Event("a\u2028b")]),
        (b"", []),
    ],
)
def test_streams(stream: bytes, events: list[Event]) -> None:
    assert _events(stream) == events
    assert _events(*(stream[i : i + 1] for i in range(len(stream)))) == events


LINES = st.sampled_from(
    [b"data: a", b"data:b", b": c", b"event: e", b"data: \xc3\xa9", b"", b"", b"{}", b"data"]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]))).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


@given(STREAMS, st.lists(st.integers(0, 999)))
def test_any_split_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert _events(*chunks) == _events(stream)


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n", b"\r\r", b"\r\n\n"])
def test_an_event_comes_out_with_its_blank_line(blank: bytes) -> None:
    parser = SseParser()
    for _ in range(3):
        assert parser.feed(b"data: a" + blank) == [Event("a")]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_memory_is_bounded(line_end: bytes) -> None:
    parser = SseParser(max_event_bytes=100)
    assert len(parser.feed((b"data: a" + 2 * line_end) * 100)) == 100
    with pytest.raises(StreamTooLarge):
        [parser.feed(b"data: aaaaa" + line_end) for _ in range(20)]


@given(st.lists(st.binary(max_size=20)))
def test_random_bytes_never_raise(chunks: list[bytes]) -> None:
    _events(*chunks)


@pytest.mark.parametrize(
    "data", ["[DONE]", " [done] ", "DONE", '"[DONE]"', "['DONE']", "[ DONE ]", "data: [DONE]"]
)
def test_done(data: str) -> None:
    assert is_done(data)


@pytest.mark.parametrize("data", ["", "[]", '{"text": "[DONE]"}', "[DONE] and more", "undone"])
def test_not_done(data: str) -> None:
    assert not is_done(data)
