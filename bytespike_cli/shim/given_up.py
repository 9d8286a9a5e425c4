"""Requests that the shim gave up on, and a client's own repetitions of them.

Some clients repeat a 503 for minutes, behind each time the shim's own attempts: google-generativeai
for ten (clients.md 3), LangChain six times. The very same request, soon after, is such a
repetition: it is asked once more, and if that fails as well, the client is told in a way that ends
it. Who goes on after that (LangChain for JavaScript, which ends for a 400 and not for a 424) is
told in another. A request that could succeed by now still does.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

WITHIN_S = 60.0
"""How soon after it was given up on a request counts as the client's repetition."""
MOST_404 = 5
"""How often the very same request may get a 404 in that time. gemini-cli, started by a program of
which the shim knows nothing, repeats one 40 times a second without end (clients.md 2.4)."""
KEPT = 256


class GivenUp:
    """Knows which requests failed lately for want of capacity, by what they say."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until: OrderedDict[bytes, float] = OrderedDict()
        self._missing: OrderedDict[bytes, tuple[float, int]] = OrderedDict()
        """Requests that got a 404: since when, and how many."""
        self._ended: OrderedDict[bytes, float] = OrderedDict()
        """Repetitions that were told to end: until when their client is held to it."""

    def repeats(self, path: str, body: bytes) -> bool:
        """Return whether a request is one that was given up on a moment ago."""
        if not self._until:
            return False
        return self._now() < self._until.get(_digest(path, body), 0.0)

    def insists(self, path: str, body: bytes) -> bool:
        """Note that a repetition is told to end; return whether it was told that before."""
        now, digest = self._now(), _digest(path, body)
        told = now < self._ended.get(digest, 0.0)
        self._ended[digest] = now + WITHIN_S
        _bound(self._ended, digest)
        return told

    def loops(self, path: str, body: bytes) -> bool:
        """Count one more 404 of a request; return whether its client asks without end."""
        now, digest = self._now(), _digest(path, body)
        since, count = self._missing.get(digest, (now, 0))
        if now - since >= WITHIN_S:
            since, count = now, 0
        self._missing[digest] = since, count + 1
        _bound(self._missing, digest)
        return count >= MOST_404

    def note(self, path: str, body: bytes, http_status: int) -> None:
        """Note that a request failed for good; only what a client may repeat is kept."""
        if http_status != 429 and http_status < 500:
            return
        digest = _digest(path, body)
        self._until[digest] = self._now() + WITHIN_S
        _bound(self._until, digest)


def _bound(kept: OrderedDict[bytes, Any], newest: bytes) -> None:
    kept.move_to_end(newest)
    while len(kept) > KEPT:
        kept.popitem(last=False)


def _digest(path: str, body: bytes) -> bytes:
    return hashlib.blake2b(path.encode() + b"\0" + body, digest_size=16).digest()
