"""JSON arrays, NDJSON and concatenated objects, split and written while they flow."""

import re

DEFAULT_LIMIT_BYTES = 64 * 1024 * 1024

_OUTSIDE = re.compile(rb'["{}]')
_INSIDE = re.compile(rb'["\\]')


class StreamTooLarge(ValueError):
    """One event or element is larger than the limit."""


class JsonArrayParser:
    """Splits a stream of JSON objects into the bytes of each, whatever stands between them.

    That may be a top-level array, pretty-printed or not, one object a line (NDJSON), or nothing.
    Elements are objects, as Google's are; anything else at the top level is a separator. Feed it
    any chunks; it keeps one unfinished element, of at most `max_element_bytes`.
    """

    def __init__(self, max_element_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._limit = max_element_bytes
        self._buffer = bytearray()
        self._scanned = 0
        self._depth = 0
        self._in_string = False

    @property
    def pending(self) -> bool:
        """True while an element has begun and not ended."""
        return self._depth > 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the elements that are complete with this chunk.

        Raises StreamTooLarge when the unfinished one is larger than the limit.
        """
        self._buffer += chunk
        elements: list[bytes] = []
        while True:
            if not self._depth:
                start = self._buffer.find(b"{")
                if start < 0:
                    self._buffer.clear()
                    break
                del self._buffer[:start]
                self._depth, self._scanned = 1, 1
            if not self._scan():
                break
            elements.append(bytes(self._buffer[: self._scanned]))
            del self._buffer[: self._scanned]
            self._scanned = 0
        if len(self._buffer) > self._limit:
            raise StreamTooLarge(f"a JSON element is larger than {self._limit} bytes")
        return elements

    def close(self) -> list[bytes]:
        """Return nothing more: an element without its end is not one. See `pending`."""
        return []

    def _scan(self) -> bool:
        """Move to the end of the element; return whether it is there."""
        buffer, position = self._buffer, self._scanned
        while self._depth:
            found = (_INSIDE if self._in_string else _OUTSIDE).search(buffer, position)
            if found is None:
                self._scanned = len(buffer)
                return False
            mark, position = found.group(), found.end()
            if mark == b'"':
                self._in_string = not self._in_string
            elif mark == b"\\":
                if position == len(buffer):
                    self._scanned = position - 1
                    return False
                position += 1
            else:
                self._depth += 1 if mark == b"{" else -1
        self._scanned = position
        return True


class JsonArrayWriter:
    """Writes JSON texts as one array, each as soon as it is there.

    For clients that did not ask for `alt=sse` (google-generativeai: clients.md 7.6).
    """

    def __init__(self) -> None:
        self._started = False

    def write(self, element: bytes) -> bytes:
        """Return what to send for one more element."""
        opening = b",\n" if self._started else b"["
        self._started = True
        return opening + element

    def close(self) -> bytes:
        """Return what to send at the end."""
        return b"]" if self._started else b"[]"
