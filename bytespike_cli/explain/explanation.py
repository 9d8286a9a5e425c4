"""What `explain` answers: a cause, what it was read from, a fix, and what else it could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another cause that looks the same in the text."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One error of a text, understood. `evidence` quotes the text: scrub it on its way out.

    `check` is the command that tells the `alternatives` apart; empty where there are none.
    """

    name: str
    sentence: str
    fix: str
    evidence: str
    alternatives: tuple[Alternative, ...] = ()
    check: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        found: dict[str, Any] = {
            "name": self.name,
            "cause": self.sentence,
            "fix": self.fix,
            "evidence": self.evidence,
        }
        if self.alternatives:
            found["or"] = [{"name": a.name, "cause": a.sentence} for a in self.alternatives]
            found["check"] = self.check
        return found
