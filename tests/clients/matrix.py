"""The matrix: real clients, what they are asked, and the dialects of the gateway, as data."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bytespike_cli.sandbox.seed import GEMINI_TEXT

PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    "DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""
HI = "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."
SYSTEM = "Answer in upper case."
BIRDS = "quetzal, schön, 鳥 and 🐦 fly"
LONG = "count " * 100
METHOD = "/v1beta/models/gemini-3-1-pro:"


@dataclass(frozen=True)
class Works:
    """A scenario that must succeed: what is asked, and what only a right answer says."""

    asked: Mapping[str, Any]
    expected: Mapping[str, Any]
    requests: int = 1
    """How many the gateway must have seen, all of them answered and billed."""
    least_pieces: int = 0
    """In how many pieces a stream must arrive, at least."""


@dataclass(frozen=True)
class Fails:
    """A scenario that must fail: once, with the client's own error, and with a sentence of ours."""

    fault: str
    status: int
    says: str
    requests: int
    """How many the gateway must have seen, none of them billed: the shim's own attempts."""
    asks: str = "generate"


SCENARIOS: Mapping[str, Works | Fails] = {
    "generate": Works({"question": "say hi"}, {"text": HI}),
    "stream": Works({"question": f"repeat: {BIRDS}"}, {"text": BIRDS}, least_pieces=3),
    "chat": Works(
        {"questions": ["my bird is a quetzal", "what did I say first?"]},
        {"text": 'You said: "my bird is a quetzal".'},
        requests=2,
    ),
    "system": Works(
        {"question": "say hi", "system": SYSTEM},
        {"text": f'{HI.upper()} (As told: "{SYSTEM}")'},
    ),
    "tools": Works(
        {"question": 'call add with {"a": 2, "b": 3}'},
        {"calls": [[2, 3]], "text": "add says: 5"},
        requests=2,
    ),
    "schema": Works({"question": "which bird?"}, {"value": {"bird": "quetzal", "count": 1}}),
    "image": Works(
        {"question": "what is this?", "image": PICTURE},
        {
            "text": 'gemini-3-1-pro heard: "what is this?". '
            f"It sees image/png of {len(base64.b64decode(PICTURE))} bytes."
        },
    ),
    "list": Works({}, {"names": sorted(GEMINI_TEXT)}, requests=0),
    "count": Works({"question": LONG}, {"tokens": range(100, 200)}, requests=0),
    "401": Fails("bad-key", 401, "The gateway does not accept the key", 1),
    "403": Fails("ip", 403, "The key may not be used from this IP address.", 1),
    "404": Fails("", 404, "There is no model 'gemini-9-ultra'", 0, asks="absent"),
    "429": Fails("concurrency", 429, "Too many requests of this account are running", 4),
    "spend cap": Fails("spend-cap", 402, "The key's spending limit for this window is reached.", 1),
    "503": Fails("unavailable", 503, "The gateway has no capacity or timed out.", 4),
    "cut": Fails("cut:2", 403, "The gateway's stream was cut before its end", 1, asks="stream"),
}
"""Every scenario; its name is the column of the table."""

DIALECTS: Mapping[str, Mapping[str, str]] = {
    "[DONE]": {"done": "always"},
    "no [DONE]": {"done": "never"},
    "bare [DONE]": {"done": "bare"},
    "header-only": {"auth": "header-only"},
    "query-only": {"auth": "query-only"},
    "bearer-only": {"auth": "bearer-only"},
    "array stream": {"framing": "array"},
    "always SSE": {"without-alt-sse": "sse"},
    "comments": {"framing": "comments"},
    "CRLF": {"framing": "crlf"},
    "event lines": {"framing": "event-lines"},
    "many lines": {"framing": "multi-line"},
    "split UTF-8": {"framing": "split-utf8"},
    "many writes": {"framing": "many-writes"},
    "no finishReason": {"finish-reason": "missing"},
    "no last blank": {"framing": "no-last-blank", "done": "never"},
    "gzip": {"compression": "gzip"},
    "thoughts": {"thoughts": "signature"},
    "bare errors": {"error-shape": "bare"},
    "OpenAI's errors": {"error-shape": "openai"},
    "errors in arrays": {"error-shape": "google-array"},
    "ids alone": {"models": "minimal"},
    "Google's lists": {"models-list": "served", "count-tokens": "served"},
}
"""Dialects of the gateway, each by its name in the table."""

LEARNS: Mapping[str, int] = {"query-only": 1, "bearer-only": 2}
"""How many forms of the key the gateway refuses before the first request succeeds."""

ANY = "*"


@dataclass(frozen=True)
class Row:
    """A client of the matrix, and what is its own about it."""

    client: str
    """Its name in the registry of `bytespike`."""
    program: str
    """In `programs/`."""
    raises: Mapping[str, str]
    """The class of its errors by scenario; `*` is any other."""
    package: str = ""
    """Chooses between versions that are installed beside each other."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """Scenarios that it has no way to ask for, each with the reason."""
    apart: Mapping[str, str] = field(default_factory=dict)
    """Dialects in which it goes wrong with Google itself, each with the reason."""
    silent: tuple[str, ...] = ()
    """Scenarios in which it stops, once, and keeps the gateway's and our words to itself."""
