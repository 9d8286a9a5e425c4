"""Quota headers: what is left, in US dollars, and when a window resets (contract.md 5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bytespike_cli.constants import (
    HEADER_ORG_QUOTA_REMAINING,
    HEADER_QUOTA_REMAINING,
    HEADER_RATE_LIMIT,
    HEADER_RATE_REMAINING,
    HEADER_RATE_RESET,
    REQUEST_ID_HEADERS,
)
from bytespike_cli.wire.money import usd

_HEADERS = frozenset(
    {
        HEADER_ORG_QUOTA_REMAINING,
        HEADER_QUOTA_REMAINING,
        HEADER_RATE_LIMIT,
        HEADER_RATE_REMAINING,
        HEADER_RATE_RESET,
    }
)
_SUSPICIOUS_USD = Decimal(100_000)
"""A whole number from here on may be micro-credits, 1 USD = 1,000,000 (contract.md 5)."""
_UNLIMITED_FROM = Decimal(10) ** 15
"""Larger than any amount: the largest integer of somebody's database, for "no cap"."""
_MILLISECONDS_FROM = 1e11
"""A reset beyond the year 5000 is one in milliseconds."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What the quota headers of one answer say. None: no cap, or nothing said.

    Amounts in USD; `reset_at` in Unix seconds. `suspicious_units` says that an amount looks like
    micro-credits; it is never converted. On a stream the values are those before the call.
    """

    limit_usd: Decimal | None = None
    remaining_usd: Decimal | None = None
    reset_at: float | None = None
    key_remaining_usd: Decimal | None = None
    org_remaining_usd: Decimal | None = None
    suspicious_units: bool = False


_NOTHING = Quota()


def from_headers(headers: Mapping[str, str]) -> Quota:
    """Read the quota headers (names in any case). Missing or odd values mean no cap."""
    lowered = {low: text for name, text in headers.items() if (low := name.lower()) in _HEADERS}
    if not lowered:
        return _NOTHING
    limit = _amount(lowered.get(HEADER_RATE_LIMIT))
    remaining = _amount(lowered.get(HEADER_RATE_REMAINING))
    key_remaining = _amount(lowered.get(HEADER_QUOTA_REMAINING))
    org_remaining = _amount(lowered.get(HEADER_ORG_QUOTA_REMAINING))
    return Quota(
        limit_usd=limit,
        remaining_usd=remaining,
        reset_at=_instant(lowered.get(HEADER_RATE_RESET)),
        key_remaining_usd=key_remaining,
        org_remaining_usd=org_remaining,
        suspicious_units=any(map(_is_suspicious, (limit, remaining, key_remaining, org_remaining))),
    )


def line(q: Quota, now: float) -> str:
    """Return one line for people, or "" when the headers said nothing. `now` in Unix seconds."""
    parts: list[str] = []
    if q.key_remaining_usd is not None:
        parts.append(f"{usd(q.key_remaining_usd)} left on this key")
    if q.remaining_usd is not None:
        of_limit = f" of {usd(q.limit_usd)}" if q.limit_usd is not None else ""
        resets = ""
        if q.reset_at is not None and q.reset_at > now:
            resets = f", resets in {duration(q.reset_at - now)}"
        parts.append(f"{usd(q.remaining_usd)}{of_limit} in this window{resets}")
    if q.org_remaining_usd is not None:
        parts.append(f"{usd(q.org_remaining_usd)} left in the organisation's wallet")
    if not parts:
        return ""
    unit = " (unit unclear: these may be micro-credits)" if q.suspicious_units else ""
    return "quota: " + " · ".join(parts) + unit


def duration(seconds: float) -> str:
    """Return a length of time as people say it: `45 s`, `12 min`, `1 h 10 min`, `2 d 3 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id of an answer from whichever header has one (contract.md 5)."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return next((lowered[name] for name in REQUEST_ID_HEADERS if lowered.get(name)), None)


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < _UNLIMITED_FROM else None


def _instant(text: str | None) -> float | None:
    amount = _amount(text)
    if not amount:
        return None
    instant = float(amount)
    return instant / 1000 if instant >= _MILLISECONDS_FROM else instant


def _is_suspicious(amount: Decimal | None) -> bool:
    return amount is not None and amount >= _SUSPICIOUS_USD and amount % 1 == 0
