"""Money: what every key has spent, and the headers that tell it (contract.md 5).

The sandbox charges a cent at least for a call: real prices would not move two decimals.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bytespike_cli.constants import (
    HEADER_ORG_QUOTA_REMAINING,
    HEADER_QUOTA_REMAINING,
    HEADER_RATE_LIMIT,
    HEADER_RATE_REMAINING,
    HEADER_RATE_RESET,
)
from bytespike_cli.sandbox.catalogue import price_credits
from bytespike_cli.sandbox.seed import BY_NAME, KEYS, USD, SeededKey

MINIMUM_CREDITS = 10_000
ORG_USD = 250.0


@dataclass(slots=True)
class Account:
    """The purse of one key."""

    key: SeededKey
    reset_at: int
    """End of the spend window, seconds since the epoch."""
    spent: int
    """Credits: millionths of a dollar."""
    calls: int = 0
    in_flight: int = 0

    def left(self, cap_usd: float) -> int:
        return max(0, round(cap_usd * USD) - self.spent)

    @property
    def short_of(self) -> str:
        """Row of `errors.FAILURES` that stands in the way of a paid call, or nothing."""
        if self.key.unpaid:
            return self.key.unpaid
        if not self.left(self.key.quota_usd):
            return "quota"
        return "" if self.left(self.key.window_usd) else "spend-cap"

    def bill(self, slug: str, tokens_in: int, tokens_out: int) -> int:
        """Charge a call and return its price in credits."""
        return self.charge(max(MINIMUM_CREDITS, price_credits(slug, tokens_in, tokens_out)))

    def charge(self, credits_: int) -> int:
        """Charge an amount, and return it."""
        self.spent += credits_
        self.calls += 1
        return credits_


class Ledger:
    """The accounts of all seeded keys. `now` is the clock, in seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        started = int(now())
        self._accounts = {
            key.name: Account(key, started + key.reset_s, round(key.spent_usd * USD))
            for key in KEYS
        }

    def account(self, name: str) -> Account:
        """Return the account of a seeded key by the key's name."""
        return self._accounts[BY_NAME[name].name]


def quota_headers(account: Account | None, dialect: str) -> dict[str, str]:
    """Return the quota headers of an answer; `dialect` is the value of `quota-headers`.

    Without an account (an unknown key) the usual values are zeros: contract.md 5 promises the
    headers on every response and does not say what they count then.
    """
    if dialect == "missing":
        return {}
    amounts = {HEADER_RATE_LIMIT: 0, HEADER_RATE_REMAINING: 0, HEADER_QUOTA_REMAINING: 0}
    reset, org = 0, None
    if account is not None:
        key = account.key
        amounts = {
            HEADER_RATE_LIMIT: round(key.window_usd * USD),
            HEADER_RATE_REMAINING: account.left(key.window_usd),
            HEADER_QUOTA_REMAINING: account.left(key.quota_usd),
        }
        reset = account.reset_at
        org = ORG_USD if key.org_usd is None and dialect == "org" else key.org_usd
    if account is not None and org is not None:
        amounts[HEADER_ORG_QUOTA_REMAINING] = account.left(org)
    write = _WRITERS.get(dialect, _dollars)
    return {name: write(credits_) for name, credits_ in amounts.items()} | {
        HEADER_RATE_RESET: str(reset)
    }


def _dollars(credits_: int) -> str:
    return f"{credits_ / USD:.2f}"


_WRITERS: dict[str, Callable[[int], str]] = {
    "zero": lambda _credits: "0.00",
    "huge": str,
    "unlimited": lambda _credits: "unlimited",
    "minus-one": lambda _credits: "-1",
    "inf": lambda _credits: "inf",
    "blank": lambda _credits: "",
}
