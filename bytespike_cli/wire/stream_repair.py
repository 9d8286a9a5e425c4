"""The repair of streams: what a gateway writes in, what every Gemini client reads out.

Clients parse strictly and each in its own way (clients.md 2.6, 7.5), so what goes out is always
`data: {json}` and a blank line. An event that already is that goes through byte for byte.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.json_stream import DEFAULT_LIMIT_BYTES, JsonArrayParser
from bytespike_cli.wire.parsed_error import ParsedError, find_error
from bytespike_cli.wire.sse import BOM, BlockSplitter, is_done, parse_block

RULES: Mapping[str, str] = MappingProxyType(
    {
        "done": "[DONE], in every spelling, is dropped: SDKs parse it as JSON and crash",
        "framing": "comments, event:, id:, retry: and blank data lines are dropped; data: gets its "
        "space and its blank line",
        "last-blank-line": "a last event without its blank line gets it",
        "line-separators": "U+0085, U+2028 and U+2029 are escaped: clients take them for line ends",
        "json-body": "a JSON array, an object or NDJSON in the place of SSE is framed as SSE",
        "not-json": "events whose data is not JSON are dropped",
        "finish-reason": "a missing last finishReason is added after a clean end: without it "
        "gemini-cli sends the turn four times",
        "stream-error": "an error in the stream ends it, in the one form that ends the turn once",
    }
)
"""The repair rules, by the names that `StreamRepair.rules` holds."""

_CANDIDATES, _USAGE = b'"candidates"', b'"usageMetadata"'
_ERROR, _REASON = b'"error"', b'Reason"'
"""Keys of chunks to look at: error, finishReason, blockReason."""
_SEPARATOR_BYTES = (b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xc2\x85")
_SEPARATORS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_LINE_BREAKS = {0x0A: " ", 0x0D: " "}
_CHUNK_START = b'data: {"candidates"'
_NO_REASON = (None, "", "FINISH_REASON_UNSPECIFIED")
_COPIED = ("usageMetadata", "modelVersion", "responseId")
_NOT_JSON = object()


class StreamEnd(StrEnum):
    """How a stream ended."""

    COMPLETE = "complete"
    """With a finishReason, or a prompt that was blocked."""
    UNFINISHED = "unfinished"
    """Closed properly, but nothing said why the model stopped."""
    EMPTY = "empty"
    """Closed properly, and there was no answer in it."""
    CUT = "cut"
    """Broken off: the connection, or the JSON."""
    ERROR = "error"
    """With an error in the stream."""


class StreamRepair:
    """Takes a stream as the gateway writes it, gives events as every client reads them.

    `feed` and `finish` return events ready to send, one Google chunk each: `data: `, a JSON text
    without line breaks, a blank line. Nothing is held back but an unfinished event, of at most
    `max_event_bytes`. Once `error` is set nothing more comes out.
    """

    def __init__(self, max_event_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self.error: ParsedError | None = None
        """The first error that was seen in the stream."""
        self.end: StreamEnd | None = None
        """How it ended; None before `finish`."""
        self.saw_finish = False
        """Whether the gateway said why the model stopped (a STOP of ours does not count)."""
        self.saw_done = False
        self.events = 0
        """How many events came out."""
        self.rules: set[str] = set()
        """Names of the rules of `RULES` that were applied."""
        self._limit = max_event_bytes
        self._head = b""
        self._splitter: BlockSplitter | None = None
        self._json: JsonArrayParser | None = None
        self._last_usage = b""
        self._last_candidates = b""
        self._garbled = False

    @property
    def empty(self) -> bool:
        """True while nothing at all came out and there was no error."""
        return self.events == 0 and self.error is None

    @property
    def usage(self) -> dict[str, Any] | None:
        """The last `usageMetadata`, or None."""
        usage = _parse(self._last_usage).get("usageMetadata")
        return usage if isinstance(usage, dict) else None

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the events that are complete with this chunk. Raises StreamTooLarge."""
        out: list[bytes] = []
        if self.error is not None:
            return out
        if self._splitter is None and self._json is None:
            chunk = self._detect(self._head + chunk)
        if self._splitter is not None:
            self._take_blocks(self._splitter.feed(chunk), out)
        elif self._json is not None:
            for element in self._json.feed(chunk):
                self._take(element.decode(errors="replace"), out)
        if self._garbled and self.error is None:
            self._fail(ParsedError("text", message="an event of the stream is not valid JSON"))
        self.events += len(out)
        return out

    def _take_blocks(self, blocks: list[bytes], out: list[bytes]) -> None:
        # Looking at all blocks at once is several times as fast as looking at each.
        joined = blocks[0] if len(blocks) == 1 else b"".join(blocks)
        quiet = _is_quiet(joined)
        if blocks and quiet and not self._stopped and _are_framed_chunks(blocks, joined):
            self._last_candidates = blocks[-1]
            self._last_usage = next((b for b in reversed(blocks) if _USAGE in b), self._last_usage)
            out += blocks
            return
        for block in blocks:
            if self._stopped:
                return
            if _is_framed(block) and _CANDIDATES in block and (quiet or _is_quiet(block)):
                self._last_candidates = block
                if _USAGE in block:
                    self._last_usage = block
                out.append(block)
            else:
                self._repair(block, out)

    def finish(self, *, clean: bool) -> list[bytes]:
        """Return what completes the stream after its end; `clean` False means it was cut.

        After a clean end an unterminated last event is completed, and a last chunk with the
        finishReason STOP is added when none was seen and there was an answer. After a cut nothing
        is added: it is never passed off as complete, unless [DONE] had said that it was.
        """
        out: list[bytes] = []
        if self.end is not None:
            return out
        if self.error is None and clean:
            self._flush(out)
        self.end = self._how(clean=clean or self.saw_done)
        if self.end is StreamEnd.UNFINISHED:
            self.rules.add("finish-reason")
            out.append(self._final_chunk())
        self.events += len(out)
        return out

    @property
    def _stopped(self) -> bool:
        return self._garbled or self.error is not None

    def _how(self, *, clean: bool) -> StreamEnd:
        if self.error is not None:
            return StreamEnd.ERROR
        if self.saw_finish:
            return StreamEnd.COMPLETE
        if self._garbled or not clean:
            return StreamEnd.CUT
        return StreamEnd.UNFINISHED if self._last_candidates else StreamEnd.EMPTY

    def _detect(self, head: bytes) -> bytes:
        """Choose how to read the stream by its first bytes; keep them until that can be told."""
        start = head.removeprefix(BOM).lstrip()
        opening, following = start[:1], start[1:].lstrip()[:1]
        if BOM.startswith(head) or not start or (opening == b"[" and not following):
            self._head = head.lstrip()
            return b""
        self._head = b""
        if opening == b"{" or (opening == b"[" and following in (b"{", b"]")):
            self.rules.add("json-body")
            self._json = JsonArrayParser(self._limit)
        else:
            self._splitter = BlockSplitter(self._limit)
        return start

    def _flush(self, out: list[bytes]) -> None:
        if self._json is not None:
            self._garbled = self._json.pending
            return
        rest = self._splitter.close() if self._splitter is not None else self._head
        if not rest.strip():
            return
        if parse_block(rest) is None and not rest.startswith(b":"):
            # Half a field name, or a field without its value: the event was on its way.
            self._garbled = not rest.endswith((b"\n", b"\r"))
            return
        self._repair(rest, out)
        if out:
            self.rules.add("last-blank-line")

    def _repair(self, block: bytes, out: list[bytes]) -> None:
        if _is_framed(block):
            self._take(block[len(b"data: ") :].decode(errors="replace"), out, original=block)
            return
        event = parse_block(block)
        if event is None:
            self.rules.add("framing")
            return
        before = len(out)
        if "\n" in event.data and _loads(event.data) is _NOT_JSON:
            for line in event.data.split("\n"):
                self._take(line, out, name=event.event)
        else:
            self._take(event.data, out, name=event.event)
        if len(out) > before:
            self.rules.add("framing")

    def _take(
        self, text: str, out: list[bytes], *, name: str = "", original: bytes | None = None
    ) -> None:
        """Take one JSON text; `original` is its event when that is framed as it should be."""
        if self._stopped or not text.strip():
            return
        if is_done(text):
            self.saw_done = True
            self.rules.add("done")
            return
        value = _loads(text)
        if isinstance(value, list):
            for item in value:
                self._take(json_bytes(item).decode(), out, name=name)
        elif isinstance(value, dict):
            error = find_error(value)
            if error is None and name == "error":
                error = ParsedError("json", message=str(value.get("message", "")))
            if error is not None:
                self._fail(error)
                return
            bare = text.strip()  # a second space after `data:` is one too many for strict clients
            escaped = bare.translate(_SEPARATORS)
            if escaped != bare:
                self.rules.add("line-separators")
                original = None
            event = original or b"data: " + escaped.translate(_LINE_BREAKS).encode() + b"\n\n"
            self._note(value, event)
            out.append(event)
        elif name == "error":
            self._fail(ParsedError("text", message=" ".join(text.split())))
        elif value is _NOT_JSON and text.lstrip()[:1] in ("{", "["):
            self._garbled = True
        else:
            self.rules.add("not-json")

    def _note(self, chunk: dict[str, Any], event: bytes) -> None:
        if "usageMetadata" in chunk:
            self._last_usage = event
        candidates = chunk.get("candidates")
        if isinstance(candidates, list) and candidates:
            self._last_candidates = event
            reasons = (c.get("finishReason") for c in candidates if isinstance(c, dict))
            self.saw_finish |= any(reason not in _NO_REASON for reason in reasons)
        feedback = chunk.get("promptFeedback")
        if isinstance(feedback, dict) and feedback.get("blockReason"):
            self.saw_finish = True

    def _fail(self, error: ParsedError) -> None:
        self.error = error
        self.rules.add("stream-error")

    def _final_chunk(self) -> bytes:
        last = _parse(self._last_candidates)
        content = {"role": "model", "parts": [{"text": ""}]}
        candidate = {"content": content, "finishReason": "STOP", "index": 0}
        kept = {name: last[name] for name in _COPIED if name in last}
        text = json_bytes({"candidates": [candidate], **kept}, separators=(",", ":"))
        return b"data: " + text + b"\n\n"


def _are_framed_chunks(blocks: list[bytes], joined: bytes) -> bool:
    """True when each of the blocks is `data: {"candidates"…}` on one line and a blank line."""
    crlf = b"\r" in joined
    blank = b"}\r\n\r\n" if crlf else b"}\n\n"
    for block in blocks:
        if not (block.startswith(_CHUNK_START) and block.endswith(blank)):
            return False
    # Every block ends in two line ends, so that no block has a third.
    line_ends = 2 * len(blocks)
    return joined.count(b"\n") == line_ends and (not crlf or joined.count(b"\r") == line_ends)


def _is_framed(block: bytes) -> bool:
    """True for `data: {…}` on one line and a blank line, of LF or of CRLF."""
    if not block.startswith(b"data: {"):
        return False
    if block.endswith(b"}\n\n"):
        return block.find(b"\n") == len(block) - 2 and b"\r" not in block
    return block.endswith(b"}\r\n\r\n") and block.find(b"\r") == len(block) - 4


def _is_quiet(events: bytes) -> bool:
    """True where nobody has to look at the JSON: ordinary chunks in the middle of a stream.

    The words cannot be missed: a quote inside a JSON string has a backslash before it, so that only
    a key or the end of a value looks like one; those that are found are looked at.
    """
    return (
        _ERROR not in events
        and _REASON not in events
        and (events.isascii() or not any(mark in events for mark in _SEPARATOR_BYTES))
    )


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _parse(event: bytes) -> dict[str, Any]:
    value = _loads(event.removeprefix(b"data: ").decode(errors="replace"))
    return value if isinstance(value, dict) else {}
