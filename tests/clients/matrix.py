"""The matrix: real clients, what they are asked, and the dialects of the gateway, as data."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
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
    dialects: Sequence[str] = ()
    """Where it is asked; empty: in every dialect but those of `CATALOGUES`."""


@dataclass(frozen=True)
class Fails:
    """A scenario that must fail: once, with the client's own error, and with a sentence of ours."""

    fault: str
    status: int
    says: str
    requests: int
    """How many the gateway must have seen, none of them billed: the shim's own attempts."""
    asks: str = "generate"
    dialects: Sequence[str] = ()
    """As that of `Works`."""


_CUT_IN = (
    "[DONE]", "no [DONE]", "array stream", "always SSE", "comments", "CRLF", "many writes", "gzip",
)  # fmt: skip
_BROKEN_IN = ("[DONE]", "array stream", "CRLF", "gzip")
_NO_CAPACITY = "The gateway has no capacity or timed out."

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
    "503": Fails("unavailable", 503, _NO_CAPACITY, 4),
    "cut": Fails("cut:2", 403, "The gateway's stream was cut", 1, "stream", _CUT_IN),
    "mid-Google": Fails("mid-error-google:2", 403, _NO_CAPACITY, 1, "stream", _BROKEN_IN),
    "mid-OpenAI": Fails("mid-error-openai:2", 403, _NO_CAPACITY, 1, "stream", _BROKEN_IN),
    "mid-Anthropic": Fails("mid-error-anthropic:2", 403, _NO_CAPACITY, 1, "stream", _BROKEN_IN),
}
"""Every scenario; its name is the column of the table. `mid-`: an error in mid-stream, in a shape
of contract.md 3.2."""
BREAKS = ("cut", "mid-Google", "mid-OpenAI", "mid-Anthropic")
"""The scenarios in which a stream ends before its end."""

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

CATALOGUES: Mapping[str, Mapping[str, str]] = {
    "data of ids": {"available-models": "envelope", "available-entries": "id"},
    "data of models": {"available-models": "data", "available-entries": "model"},
    "models of slugs": {"available-models": "models", "available-entries": "slug"},
    "items of names": {"available-models": "items", "available-entries": "name"},
    "array of strings": {"available-models": "array", "available-entries": "string"},
}
"""Dialects in which the models are told by /api/v1/me/available-models alone (contract.md 3.5)."""
_READS_THE_CATALOGUE = ("generate", "list", "404")
_NO_LIST = "models/not-found"


def asked_in(dialect: str) -> list[str]:
    """Return the scenarios that are asked in a dialect."""
    if dialect in CATALOGUES:
        return list(_READS_THE_CATALOGUE)
    return [name for name, each in SCENARIOS.items() if dialect in (each.dialects or [dialect])]


def set_up(dialect: str) -> dict[str, Any]:
    """Return the sandbox's dialects and lasting faults."""
    if dialect in CATALOGUES:
        return {"dialects": CATALOGUES[dialect], "faults": [_NO_LIST]}
    return {"dialects": DIALECTS[dialect], "faults": []}


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
    untold: tuple[str, ...] = ()
    """Scenarios whose error tells no HTTP status."""
    silent: tuple[str, ...] = ()
    """Scenarios in which it stops, once, and keeps the gateway's and our words to itself."""
