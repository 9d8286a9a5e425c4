"""Faults: everything that can go wrong between a client and the gateway, as switches.

Every row of `errors.FAILURES` is a fault by its own name; the others are of the network and of
streams. Written as `[SURFACE/]NAME[:ARG][@N|@N-M|@N-]`: `unavailable@1-2` answers the first two
generate calls with 503 and the rest as usual, `models/internal` breaks GET /v1/models.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.errors import FAILURES
from bytespike_cli.sandbox.tls import CERTIFICATES

Stage = Literal[
    "listen", "connection", "instead", "key", "headers", "answer", "task", "body", "stream", "lost"
]
"""When a fault strikes: when the sandbox begins to listen; before anything is looked at; in the
place of the gateway, whatever was asked; in the key that arrives; in the headers of any answer;
instead of an answer to a request that is right in every way; the task that it submits, or the file
that it asks for; in the body of a good answer; in the course of a good stream; after all was done,
and the client does not hear of it."""

SURFACES = (
    "generate", "stream", "models", "account",
    "submit", "query", "cancel", "watch", "image", "download", "any",
)  # fmt: skip
"""`generate` (the default) is every call of /v1beta, `stream` its streams alone; `submit` to
`watch` are those of tasks and videos, `download` is a result URL."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row: what the fault does, its source in the contract, and what its argument means."""

    what: str
    source: str
    stage: Stage
    argument: str = ""
    default: int = 0
    only: tuple[str, ...] = ()
    """The surfaces on which it makes sense; the first is the default. Empty: all."""


_RESET = "seconds to the reset"
_RETRY = "seconds for Retry-After"
_AFTER = "events sent before"
_STREAM = ("stream",)
_ANY = ("any",)
_WIDE = ("any", *SURFACES[:-1])
_STREAMS = ("stream", "watch")
_SUBMIT = ("submit",)
_DOWNLOAD = ("download",)
_LOST = ("generate", "submit", "cancel", "query", "image")

KINDS: Mapping[str, Kind] = {
    **{
        name: Kind(
            f"{row.status} {row.code or row.type}: {row.message}",
            row.source,
            "answer",
            _RESET if name == "spend-cap" else (_RETRY if row.status >= 429 else ""),
            7200 if name == "spend-cap" else 0,
        )
        for name, row in FAILURES.items()
    },
    "hang": Kind("no answer until the client leaves", "1.1", "connection"),
    "slow": Kind("headers late", "1.1", "connection", "milliseconds", 500),
    "close": Kind("connection closed without an answer", "9", "connection"),
    "reset": Kind("connection reset without an answer", "9", "connection"),
    **{
        name: Kind(
            f"TLS {what}",
            "9",
            "listen",
            only=_ANY,
        )
        for name, what in CERTIFICATES.items()
    },
    "captive-portal": Kind(
        "200 with a login page, whatever is asked", "1.1", "instead", only=_WIDE
    ),
    "redirect": Kind("302 to a login page, whatever is asked", "1.1", "instead", only=_WIDE),
    "proxy-login": Kind("407 of a proxy that wants a name", "1.1", "instead", only=_WIDE),
    "key-lost": Kind(
        "the key is taken off on the way, in every form", "2.2", "key", only=SURFACES[:-2]
    ),
    "clock-skew": Kind(
        "a Date that is ahead of this machine's clock", "1.1", "headers", "seconds", 86_400, _WIDE
    ),
    "empty-body": Kind("200 without a body", "4.2", "body"),
    "error-in-200": Kind("200 whose body is an error", "4.2", "body"),
    "garbled": Kind("broken JSON (in a stream: one event)", "9", "body", _AFTER, 1),
    "suffix-ignored": Kind(
        "a stream call answered in one piece, as generateContent is", "3.2", "body", only=_STREAM
    ),
    "blocked-prompt": Kind(
        "200 with promptFeedback and no candidate",
        "3.1 [google]",
        "body",
        only=("generate", "stream"),
    ),
    "cut": Kind("connection lost in mid-stream", "3.2", "stream", _AFTER, 2, _STREAMS),
    "early-end": Kind(
        "clean end without finishReason, or of a task's stream before the task's",
        "3.2, 3.13",
        "stream",
        _AFTER,
        2,
        _STREAMS,
    ),
    "stall": Kind(
        "silence in mid-stream until the client leaves", "1.1", "stream", _AFTER, 2, _STREAMS
    ),
    "buffered": Kind("everything at once at the end", "1.1", "stream", only=_STREAM),
    "mid-error-google": Kind("Google's error in mid-stream", "3.2", "stream", _AFTER, 2, _STREAM),
    "mid-error-openai": Kind("OpenAI's error in mid-stream", "3.2", "stream", _AFTER, 2, _STREAM),
    "mid-error-anthropic": Kind("event: error in mid-stream", "3.2", "stream", _AFTER, 2, _STREAM),
    "answer-lost": Kind(
        "all is done, and the connection closed without an answer", "4.4", "lost", only=_LOST
    ),
    "answer-524": Kind(
        "all is done, and an intermediary answers 524", "1.1, 4.2", "lost", only=_LOST
    ),
    "task-fails": Kind("the task fails", "3.11", "task", only=_SUBMIT),
    "task-blocked": Kind("the task fails: content_policy", "3.11", "task", only=_SUBMIT),
    "task-expires": Kind("the task ends as expired", "3.11", "task", only=_SUBMIT),
    "task-hangs": Kind("the task never begins", "C40", "task", only=_SUBMIT),
    "task-stalls": Kind("the task never ends", "C40", "task", only=_SUBMIT),
    "task-forgotten": Kind(
        "the task is accepted, and known to nobody after that", "8.6", "task", only=_SUBMIT
    ),
    "asset-expired": Kind("the URL is past", "3.11", "body", only=_DOWNLOAD),
    "asset-cut": Kind(
        "connection lost in mid-file", "9", "body", "bytes sent before", 1000, _DOWNLOAD
    ),
    "asset-short": Kind(
        "a file that is cut, with the length of what is left",
        "9",
        "body",
        "bytes of it",
        1000,
        _DOWNLOAD,
    ),
    "asset-long": Kind(
        "a length that is more than what comes", "9", "body", "bytes too many", 100, _DOWNLOAD
    ),
    "asset-no-length": Kind("no length: chunked", "9", "body", only=_DOWNLOAD),
    "asset-garbled": Kind("the right length and type, and nonsense", "9", "body", only=_DOWNLOAD),
    "asset-page": Kind("200 with a page of HTML", "4.2", "body", only=_DOWNLOAD),
    "asset-untyped": Kind("application/octet-stream", "9", "body", only=_DOWNLOAD),
    "asset-changed": Kind("another file, with another ETag", "9", "body", only=_DOWNLOAD),
    "asset-large": Kind("a file that is padded", "9", "task", "MiB", 32, _DOWNLOAD),
    "asset-slow": Kind(
        "a file that comes in small pieces",
        "9",
        "stream",
        "milliseconds between them",
        20,
        _DOWNLOAD,
    ),
}


@dataclass(slots=True)
class Fault:
    """A fault that is switched on, and how many requests of its surface it has seen."""

    text: str
    name: str
    kind: Kind
    surface: str
    argument: int
    first: int
    last: int | None
    seen: int = 0

    def strikes(self, surface: str) -> bool:
        """Count a request of a surface; return whether the fault strikes it."""
        streams = surface == "stream"
        if self.surface not in ("any", surface) and not (self.surface == "generate" and streams):
            return False
        self.seen += 1
        return self.first <= self.seen and (self.last is None or self.seen <= self.last)


_FAULT = re.compile(
    r"(?:(?P<surface>[a-z]+)/)?(?P<name>[a-z0-9-]+)(?::(?P<argument>\d+))?"
    r"(?:@(?P<first>\d+)(?P<range>-)?(?P<last>\d+)?)?"
)


def parse_fault(text: str) -> Fault:
    """Read `[SURFACE/]NAME[:ARG][@N|@N-M|@N-]`. Raises UsageError for anything else."""
    found = _FAULT.fullmatch(text)
    if found is None or (found["last"] and not found["range"]):
        raise UsageError(
            f"'{text}' is not a fault.",
            fix="write it as name, name:argument, name@2 or name@1-3, e.g. --fault cut:4@1",
        )
    kind = KINDS.get(found["name"])
    if kind is None:
        raise UsageError(
            f"There is no fault '{found['name']}'.", fix="bytespike sandbox serve --list-faults"
        )
    if found["argument"] and not kind.argument:
        raise UsageError(f"Fault '{found['name']}' takes no argument.", fix=found["name"])
    allowed = kind.only or SURFACES
    surface = found["surface"] or allowed[0]
    if surface not in allowed:
        raise UsageError(
            f"Fault '{found['name']}' cannot strike '{surface}'.",
            fix=f"give one of: {', '.join(allowed)}",
        )
    first = int(found["first"] or 1)
    last = None
    if found["first"]:
        last = (int(found["last"]) if found["last"] else None) if found["range"] else first
    argument = int(found["argument"] or kind.default)
    return Fault(text, found["name"], kind, surface, argument, first, last)


class Faults:
    """The faults that are switched on."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._faults = [parse_fault(text) for text in texts]

    @property
    def certificate(self) -> str:
        """The name of the TLS fault that is switched on, or an empty string."""
        return next((fault.name for fault in self._faults if fault.kind.stage == "listen"), "")

    def strike(self, surface: str) -> "dict[Stage, Fault]":
        """Count a request of a surface; return the faults that strike it, one a stage."""
        struck: dict[Stage, Fault] = {}
        for fault in self._faults:
            if fault.strikes(surface):
                struck.setdefault(fault.kind.stage, fault)
        return struck
