"""What happened to one request, for the log and the ledger: never a prompt, a reply or a key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bytespike_cli.redact import scrub
from bytespike_cli.wire.quota import from_headers
from bytespike_cli.wire.rules import RULES

LEFT = 499
"""Status of a request whose client left before the answer (nginx's number for it)."""
_LONGEST = 60


@dataclass(slots=True)
class Record:
    """One request. Everything that a client chose is cut short and scrubbed by `document`."""

    at: float = 0.0
    """When it came, in seconds since the epoch."""
    began: float = 0.0
    """The same on the event loop's clock, to measure from."""
    client: str = ""
    """By the client's own account; for display only, nothing depends on it."""
    method: str = ""
    asked: str = ""
    served: str = ""
    key: str = ""
    """Name of the key that paid."""
    http_status: int = 0
    cause: str = ""
    """Why it failed, as a name of `wire.causes`; set with a status of 200 when a stream failed."""
    rules: set[str] = field(default_factory=set)
    usage: Callable[[], Mapping[str, Any] | None] | None = None
    """Finds an answer's `usageMetadata`. Asked when the client has its answer (`document`)."""
    first_byte_ms: float | None = None
    total_ms: float | None = None
    headers_before: Mapping[str, str] | None = None
    """Headers whose quota is that before the call; they too are read by `document`."""
    headers_after: Mapping[str, str] | None = None
    """Those with the quota after it."""

    def apply(self, *names: str) -> None:
        """Note that repairs were made. Raises KeyError for what is no name of `wire.rules`."""
        self.rules.update(RULES[name].name for name in names)

    def first_byte(self) -> None:
        """Note that the client is sent its first byte now."""
        if self.first_byte_ms is None:
            self.first_byte_ms = self._elapsed_ms()

    def end(self) -> None:
        """Note that the request is over."""
        self.first_byte()
        self.total_ms = self._elapsed_ms()

    def credits_left(self, headers: Mapping[str, str], *, before: bool) -> None:
        """Note the quota headers; on a stream they are of `before` the call (contract 5)."""
        if before:
            self.headers_before = headers
        else:
            self.headers_after = headers

    def document(self) -> dict[str, Any]:
        """Return it as the JSON object of `shim log --json`."""
        tokens_in, tokens_out = _tokens(self.usage() if self.usage is not None else None)
        return {
            "at": round(self.at, 3),
            "client": _short(self.client),
            "method": _short(self.method),
            "asked": _short(self.asked),
            "served": _short(self.served),
            "key": self.key,
            "status": self.http_status,
            "cause": self.cause,
            "rules": sorted(self.rules),
            "tokens_in": tokens_in,
            "tokens_out": tokens_out,
            "first_byte_ms": _rounded(self.first_byte_ms),
            "total_ms": _rounded(self.total_ms),
            "credits_before_usd": _credits(self.headers_before),
            "credits_after_usd": _credits(self.headers_after),
        }

    def _elapsed_ms(self) -> float:
        return (asyncio.get_running_loop().time() - self.began) * 1000


_current: ContextVar[Record | None] = ContextVar("record", default=None)


def begin(at: float, headers: Mapping[str, str]) -> Record:
    """Begin the record of the request that this task answers."""
    record = Record(at=at, began=asyncio.get_running_loop().time())
    record.client = client_of(headers.get("user-agent", ""))
    _current.set(record)
    return record


def current() -> Record:
    """Return the record of the request that is being answered; outside of one, a loose one."""
    return _current.get() or Record()


def applied(*names: str) -> None:
    """Note repairs of the request that is being answered (`Record.apply`)."""
    current().apply(*names)


def client_of(user_agent: str) -> str:
    """Return the first product of a user agent: `google-genai-sdk/2.34.0`."""
    return next(iter(user_agent.split()), "")


@lru_cache(maxsize=256)
def _short(text: str) -> str:
    """Cut a text short, once it is scrubbed: half a key would not be known. The same few recur."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return scrub(plain)[:_LONGEST]


def _tokens(usage: Mapping[str, Any] | None) -> tuple[int | None, int | None]:
    """Return the tokens of a prompt and of its answer, thoughts among them."""
    if not usage:
        return None, None
    thought = _whole(usage.get("thoughtsTokenCount")) or 0
    answered = (_whole(usage.get("candidatesTokenCount")) or 0) + thought
    return _whole(usage.get("promptTokenCount")), answered


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _credits(headers: Mapping[str, str] | None) -> float | None:
    """Return what is left in US dollars: of the key, else of the organisation, else now."""
    if headers is None:
        return None
    quota = from_headers(headers)
    amounts = (quota.key_remaining_usd, quota.org_remaining_usd, quota.remaining_usd)
    return next((float(amount) for amount in amounts if amount is not None), None)
