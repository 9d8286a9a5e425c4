"""Writes of a stream, byte for byte (contract.md 3.2)."""

import pytest

from bytespike_cli.sandbox.stream import Framer, encode, mid_error

ONE, TWO = b'{"a":1}', '{"b":"ü"}'.encode()


def written(framing: str, done: str = "always", *, array: bool = False) -> list[bytes]:
    framer = Framer(framing, done, array=array)
    return [*framer.event(ONE), *framer.event(TWO, last=True), *framer.end()]


@pytest.mark.parametrize(
    ("framing", "expected"),
    [
        ("lf", [b'data: {"a":1}\n\n', b'data: {"b":"\xc3\xbc"}\n\n', b"data: [DONE]\n\n"]),
        ("crlf", [b'data: {"a":1}\r\n\r\n', b'data: {"b":"\xc3\xbc"}\r\n\r\n',
                  b"data: [DONE]\r\n\r\n"]),
        ("no-space", [b'data:{"a":1}\n\n', b'data:{"b":"\xc3\xbc"}\n\n', b"data: [DONE]\n\n"]),
        ("no-last-blank", [b'data: {"a":1}\n\n', b'data: {"b":"\xc3\xbc"}\n\n', b"data: [DONE]"]),
        ("array", [b'[{"a":1}', b',\r\n{"b":"\xc3\xbc"}', b"]"]),
        ("comments", [b": \n\n", b'data: {"a":1}\n\n', b": \n\n", b'data: {"b":"\xc3\xbc"}\n\n',
                      b"data: [DONE]\n\n"]),
        ("event-lines", [b'event: message\nid: 1\ndata: {"a":1}\n\n',
                         b'event: message\nid: 2\ndata: {"b":"\xc3\xbc"}\n\n',
                         b"data: [DONE]\n\n"]),
        ("split-utf8", [b"data: {", b'"a":1}\n\n', b'data: {"b":"\xc3', b'\xbc"}\n\n',
                        b"data: [DONE]\n\n"]),
        ("multi-line", [b'data: {\ndata:  "a": 1\ndata: }\n\n',
                        b'data: {\ndata:  "b": "\xc3\xbc"\ndata: }\n\n', b"data: [DONE]\n\n"]),
    ],
)  # fmt: skip
def test_framings(framing: str, expected: list[bytes]) -> None:
    assert written(framing) == expected


@pytest.mark.parametrize(
    ("done", "end"),
    [
        ("always", [b"data: [DONE]\n\n"]),
        ("never", []),
        ("no-space", [b"data:[DONE]\n\n"]),
        ("bare", [b"[DONE]\n\n"]),
        ("unterminated", [b"data: [DONE]"]),
    ],
)
def test_markers(done: str, end: list[bytes]) -> None:
    assert written("lf", done)[2:] == end


def test_without_marker_the_last_event_has_no_blank_line() -> None:
    assert written("no-last-blank", "never")[-1] == b'data: {"b":"\xc3\xbc"}'


def test_many_writes_are_small() -> None:
    writes = Framer("many-writes", "never").event(ONE)
    assert b"".join(writes) == b'data: {"a":1}\n\n'
    assert max(map(len, writes)) == 7


def test_an_array_has_no_marker_and_may_be_empty() -> None:
    framer = Framer("lf", "always", array=True)
    assert framer.content_type.startswith("application/json")
    assert framer.end() == [b"[]"]


def test_errors_in_mid_stream_fit_the_framing() -> None:
    framer = Framer("lf", "always", array=True)
    framer.event(ONE)
    (write,) = mid_error("google", framer)
    assert write.startswith(b',\r\n{"error"')
    (write,) = mid_error("anthropic", Framer("lf", "always"))
    assert write.startswith(b'event: error\ndata: {"type": "error"')


def test_json_in_one_line() -> None:
    assert encode({"a": "ü\n"}) == '{"a":"ü\\n"}'.encode()
