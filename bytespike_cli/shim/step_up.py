"""A client's silent step up to a dearer model, after a cheaper one failed.

gemini-cli asks a cheap model which one a turn needs. When that request fails, it takes the pro
model without a word (clients.md 2.4): the user would pay more because something was broken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from bytespike_cli.shim.choice import Choice
from bytespike_cli.wire.models import tier
from bytespike_cli.wire.slug import FAMILIES

WITHIN_S = 10.0
"""How soon after the failure a dearer request counts as the step up."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What a request was answered that failed for good."""

    http_status: int
    body: bytes


class StepUp:
    """Knows the kinds of models that served the client's own choices, and what failed last.

    A kind that has served before is not refused: then it is the client's model of this turn, and
    not a step up.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._highest_served = -1
        self._failed: Failed | None = None
        self._failed_rank = 0
        self._until = 0.0

    def served(self, choice: Choice) -> None:
        """Note that a request was answered."""
        if choice.by_client:
            self._failed = None
            self._highest_served = max(self._highest_served, _rank(choice.asked))

    def failed(self, choice: Choice, http_status: int, body: bytes) -> None:
        """Note that a request failed for good, with what the client was told."""
        if choice.by_client:
            self._failed = Failed(http_status, body)
            self._failed_rank = _rank(choice.asked)
            self._until = self._now() + WITHIN_S

    def refusal(self, choice: Choice) -> Failed | None:
        """Return the failure to repeat when `choice` steps up from what just failed, or None."""
        if self._failed is None or not choice.by_client or self._now() > self._until:
            return None
        rank = _rank(choice.asked)
        steps_up = rank > self._failed_rank and rank > self._highest_served
        return self._failed if steps_up else None


@lru_cache(maxsize=256)
def _rank(asked: str) -> int:
    found = tier(asked)
    return FAMILIES.index(found.family) if found and found.family in FAMILIES else -1
