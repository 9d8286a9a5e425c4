"""Reading a generateContent answer, or one chunk of a stream: text, end, tokens.

Tolerant as contract.md 3.1 asks: `candidates`, `content` and `parts` may be missing or empty, and a
part may be a thought, a function call, data, or an empty text with a signature.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

BLOCKED_REASONS = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
    }
)
"""Finish reasons by which a model or its guard declined (Google's `Candidate.FinishReason`)."""


_USAGE = re.compile(rb'"usageMetadata"\s*:\s*(?=\{)')
_DECODER = json.JSONDecoder()
_TAIL_BYTES = 4096


class UsageFinder:
    """Finds the `usageMetadata` of an answer that is passed on in pieces, without parsing it all.

    Google writes it after the candidates; only that much of the end is kept. `found` is the last
    one, or None.
    """

    def __init__(self) -> None:
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the answer."""
        self._tail = (self._tail + piece)[-_TAIL_BYTES:] if self._tail else piece[-_TAIL_BYTES:]

    @property
    def found(self) -> dict[str, int] | None:
        """The counts, by Google's names."""
        starts = [match.end() for match in _USAGE.finditer(self._tail)]
        if not starts:
            return None
        text = self._tail[starts[-1] :].decode(errors="replace")
        try:
            counts, _ = _DECODER.raw_decode(text)
        except ValueError:
            return None
        return usage_of({"usageMetadata": counts})


def text_of(document: Any) -> str:
    """Return the text of the first candidate: every part that is not a thought, joined."""
    return "".join(
        part["text"]
        for part in parts_of(document)
        if isinstance(part.get("text"), str) and part.get("thought") is not True
    )


def parts_of(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of the first candidate, whatever they hold."""
    content = _first_candidate(document).get("content")
    parts = content.get("parts") if isinstance(content, Mapping) else None
    if isinstance(parts, list):
        yield from (part for part in parts if isinstance(part, Mapping))


def finish_reason(document: Any) -> str:
    """Return the first candidate's `finishReason`, or an empty string while there is none."""
    return _text(_first_candidate(document), "finishReason")


def finish_message(document: Any) -> str:
    """Return the words that came with the finish reason or the block, if any."""
    feedback = _mapping(document, "promptFeedback")
    return _text(_first_candidate(document), "finishMessage") or _text(
        feedback, "blockReasonMessage"
    )


def block_reason(document: Any) -> str:
    """Return why the prompt itself was blocked (`promptFeedback.blockReason`), or ``""``."""
    return _text(_mapping(document, "promptFeedback"), "blockReason")


def served_model(document: Any) -> str:
    """Return `modelVersion`: the model that answered, by the gateway's account."""
    return _text(document, "modelVersion") if isinstance(document, Mapping) else ""


def usage_of(document: Any) -> dict[str, int]:
    """Return the token counts of `usageMetadata` (names as Google spells them)."""
    counts = _mapping(document, "usageMetadata")
    return {
        name: value
        for name, value in counts.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }


def _first_candidate(document: Any) -> Mapping[str, Any]:
    candidates = document.get("candidates") if isinstance(document, Mapping) else None
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping):
        return candidates[0]
    return {}


def _mapping(document: Any, name: str) -> Mapping[str, Any]:
    value = document.get(name) if isinstance(document, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _text(mapping: Mapping[str, Any], name: str) -> str:
    value = mapping.get(name)
    return value if isinstance(value, str) else ""
