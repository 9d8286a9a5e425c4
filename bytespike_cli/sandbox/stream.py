"""Framing: how the events of a stream become writes, in every dialect of contract.md 3.2."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bytespike_cli.sandbox.errors import FAILURES, envelope
from bytespike_cli.wire.json_bytes import json_bytes

SSE_TYPE = "text/event-stream"
PIECE_BYTES = 7
GROUP_EVENTS = 5

_DONE = {
    "always": b"data: [DONE]\n\n",
    "no-space": b"data:[DONE]\n\n",
    "bare": b"[DONE]\n\n",
    "unterminated": b"data: [DONE]",
    "never": b"",
}


def encode(document: Any) -> bytes:
    """Return JSON in one line, in UTF-8."""
    return json_bytes(document, separators=(",", ":"))


class Framer:
    """Turns events into writes. Without I/O: each returned item is one write to the socket.

    `framing` and `done` are values of those dialects; `array`, that the client did not ask for SSE.
    """

    def __init__(self, framing: str, done: str, *, array: bool = False) -> None:
        self.is_array = array or framing == "array"
        self._framing = framing
        self._done = _DONE[done]
        self._number = 0
        self.events_a_write = GROUP_EVENTS if framing == "many-events" else 1

    @property
    def content_type(self) -> str:
        return "application/json; charset=utf-8" if self.is_array else SSE_TYPE

    def event(self, payload: bytes, *, last: bool = False) -> list[bytes]:
        """Return the writes of one event; `last`: no other event or marker follows it."""
        self._number += 1
        if self.is_array:
            return [(b"[" if self._number == 1 else b",\r\n") + payload]
        match self._framing:
            case "crlf":
                return [b"data: " + payload + b"\r\n\r\n"]
            case "comments":
                return [b": \n\n", b"data: " + payload + b"\n\n"]
            case "no-space":
                return [b"data:" + payload + b"\n\n"]
            case "event-lines":
                head = f"event: message\nid: {self._number}\n".encode()
                return [head + b"data: " + payload + b"\n\n"]
            case "multi-line":
                return [_multi_line(payload)]
            case "no-last-blank" if last and not self._done:
                return [b"data: " + payload]
            case "split-utf8":
                return list(_split(b"data: " + payload + b"\n\n"))
            case "many-writes":
                return list(_pieces(b"data: " + payload + b"\n\n"))
        return [b"data: " + payload + b"\n\n"]

    def end(self) -> list[bytes]:
        """Return the writes that end a stream."""
        if self.is_array:
            return [b"]" if self._number else b"[]"]
        done = self._done
        if self._framing == "crlf":
            done = done.replace(b"\n", b"\r\n")
        if self._framing == "no-last-blank":
            done = done.rstrip(b"\n")
        return [done] if done else []


def mid_error(shape: str, framer: Framer) -> list[bytes]:
    """Return the writes of an error in mid-stream, in a shape of contract.md 3.2."""
    failure = FAILURES["unavailable"]
    payload, _ = envelope(failure, shape)
    if shape == "anthropic" and not framer.is_array:
        return [b"event: error\ndata: " + payload + b"\n\n"]
    return framer.event(payload)


def _multi_line(payload: bytes) -> bytes:
    lines = json_bytes(json.loads(payload), indent=1).split(b"\n")
    return b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"


def _split(frame: bytes) -> Sequence[bytes]:
    inside = next((i for i, byte in enumerate(frame) if 0x80 <= byte < 0xC0), len(frame) // 2)
    return frame[:inside], frame[inside:]


def _pieces(frame: bytes) -> Iterator[bytes]:
    for start in range(0, len(frame), PIECE_BYTES):
        yield frame[start : start + PIECE_BYTES]
