"""When to ask again, and when to give up (contract.md 4.4).

The gateway has tried again itself before it answers an error, and generateContent is not
idempotent: so little is repeated, and nothing that may have been accepted.
"""

from bytespike_cli.wire.causes import Retry
from bytespike_cli.wire.classify import Failure

MAX_ATTEMPTS = 4
"""5xx: at most four attempts, from 1 s, doubling."""
SHORT_RESET_S = 5.0
"""A spend window that opens again within this time is waited for; a later one is reported."""
MAX_WAIT_S = 30.0
"""Longest single wait that a `Retry-After` may ask for."""


def delay_s(failure: Failure, attempt: int, jitter_s: float) -> float | None:
    """Return the seconds to wait after attempt number `attempt` (from 1), or None to give up.

    `jitter_s` is a random wait for a concurrency limit, of 1 to 3 s.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    asked_s = failure.wait_s or 0.0
    match failure.retry:
        case Retry.BACKOFF:
            wait_s = max(float(2 ** (attempt - 1)), asked_s)
        case Retry.JITTER:
            wait_s = max(jitter_s, asked_s)
        case Retry.AFTER_RESET if failure.wait_s is not None and asked_s <= SHORT_RESET_S:
            wait_s = max(asked_s, 0.5)
        case _:
            return None
    return wait_s if wait_s <= MAX_WAIT_S else None
