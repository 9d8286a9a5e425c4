"""Server-sent events: from any chunks to events, as gateways really write them."""

import re
from dataclasses import dataclass

from bytespike_cli.wire.json_stream import DEFAULT_LIMIT_BYTES, StreamTooLarge

__all__ = ["BOM", "BlockSplitter", "Event", "StreamTooLarge", "is_done", "parse_block"]

BOM = b"\xef\xbb\xbf"
"""A byte order mark, in UTF-8."""
_BLANK_LINE = re.compile(rb"(?>\r\n|\n|\r)(?>\r\n|\n|\r)")
_LINE = re.compile(r"\r\n|\n|\r")
_DONE = re.compile(r"(?:data:)?[\s\"'`]*\[?[\s\"'`]*done[\s\"'`]*\]?[\s\"'`]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its data lines joined by newlines, and its `event:` name."""

    data: str
    event: str = ""


class BlockSplitter:
    """Cuts a stream into blocks: what stands up to and including a blank line, byte for byte.

    Lines end in LF, CRLF or CR. A byte order mark at the start is dropped. Memory is bounded: one
    unfinished block of at most `max_block_bytes`.
    """

    def __init__(self, max_block_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit = max_block_bytes
        self._pending = bytearray()
        self._started = False
        self._line_end: bytes | None = b"\n"
        """What every line so far has ended in; None when that varies, or is a lone CR."""
        self._held = b""
        self._scanned = 0
        self._swallow_newline = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the blocks that end with this chunk. Raises StreamTooLarge."""
        if not self._started:
            chunk = self._start(bytes(self._pending) + chunk)
        if self._line_end is not None and (self._held or b"\r" in chunk or len(self._line_end) > 1):
            chunk = self._check_crlf(chunk)
        if self._line_end is None:
            blocks = self._cut_any(chunk)
        else:
            blocks = self._cut(chunk, self._line_end * 2)
        if len(self._pending) > self._limit:
            raise StreamTooLarge(f"an event of the stream is larger than {self._limit} bytes")
        return blocks

    def close(self) -> bytes:
        """Return what is left: a last block without its blank line, or nothing."""
        rest = bytes(self._pending) + self._held
        self._pending.clear()
        self._held = b""
        return rest

    def _start(self, data: bytes) -> bytes:
        self._pending.clear()
        if len(data) < len(BOM) and BOM.startswith(data):
            self._pending += data
            return b""
        self._started = True
        return data.removeprefix(BOM)

    def _check_crlf(self, chunk: bytes) -> bytes:
        """Keep to CRLF while it is all there is; a CR at the end is held until its LF comes."""
        data = self._held + chunk
        self._held = b""
        whole = data.removesuffix(b"\r")
        pairs = whole.count(b"\r\n")
        pure = whole.count(b"\r") == pairs == whole.count(b"\n")
        if not pure or (self._line_end == b"\n" and b"\n" in self._pending):
            self._line_end = None
            return data
        self._line_end = b"\r\n"
        self._held = data[len(whole) :]
        return whole

    def _cut(self, chunk: bytes, blank_line: bytes) -> list[bytes]:
        pending = self._pending
        if not pending:
            parts = chunk.split(blank_line)
        elif blank_line in bytes(pending[1 - len(blank_line) :]) + chunk:
            parts = (bytes(pending) + chunk).split(blank_line)
            pending.clear()
        else:
            pending += chunk
            return []
        pending += parts.pop()
        return [part + blank_line for part in parts]

    def _cut_any(self, chunk: bytes) -> list[bytes]:
        if self._swallow_newline and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._swallow_newline = False
        pending = self._pending
        pending += chunk
        blocks: list[bytes] = []
        start, position = 0, max(0, self._scanned - 3)
        while found := _BLANK_LINE.search(pending, position):
            end = position = found.end()
            if end == len(pending) and pending.endswith(b"\r"):
                if found.group() == b"\r\n\r":
                    # Half of a CRLF blank line: its LF is on the way. Without it there is no hurry.
                    break
                self._swallow_newline = True
            blocks.append(bytes(pending[start:end]))
            start = end
        del pending[:start]
        self._scanned = len(pending)
        return blocks


def parse_block(block: bytes) -> Event | None:
    """Return the event of one block, or None when it has no data."""
    name = ""
    data: list[str] = []
    for line in _LINE.split(block.decode(errors="replace")):
        text = line.lstrip()
        if not text or text.startswith(":"):
            continue
        if text[0] in "{[":
            data.append(text)
            continue
        field, _, value = text.partition(":")
        if field == "data":
            data.append(value.removeprefix(" "))
        elif field == "event":
            name = value.strip()
    joined = "\n".join(data)
    return Event(joined, name) if joined.strip() else None


def is_done(data: str) -> bool:
    """Return whether the data of an event is the end marker, however it is spelled.

    `[DONE]` in any case, with spaces, quotes or a second `data:`; contract.md C11 says when.
    """
    return len(data) < 64 and _DONE.fullmatch(data.strip()) is not None
