"""The diagnosis: which findings follow from which, and the one to be named first.

Errors come before warnings, and in each the families in their order: what is wrong here, then on
the way, then at the gateway. A finding that follows from another is never the first; a warning
that explains an error stands where that error would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bytespike_cli.doctor.check import Family
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.doctor.registry import all_checks

if TYPE_CHECKING:
    from bytespike_cli.doctor.runner import Result

_ALARMS = (Verdict.ERROR, Verdict.WARNING)
_FAMILIES = list(Family)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings in the order in which they are shown, and the one to begin with."""

    findings: tuple[Finding, ...]
    first: Finding | None
    """The cause to be cured first; None where there is nothing to do."""

    def count(self, verdict: Verdict) -> int:
        """Return how many findings have this verdict, those that follow from others left out."""
        return sum(f.verdict is verdict and not f.because for f in self.findings)

    @property
    def consequences(self) -> int:
        """How many findings follow from another one."""
        return sum(bool(finding.because) for finding in self.findings)

    @property
    def healthy(self) -> bool:
        """True when there is no error, and nothing that could not be learnt."""
        return not any(f.verdict in (Verdict.ERROR, Verdict.UNKNOWN) for f in self.findings)

    def document(self) -> dict[str, Any]:
        """Return the verdict as `--json` shows it."""
        return {
            "healthy": self.healthy,
            "errors": self.count(Verdict.ERROR),
            "warnings": self.count(Verdict.WARNING),
            "unknown": self.count(Verdict.UNKNOWN),
            "first": self.first.id if self.first else None,
            "cause": self.first.sentence if self.first else None,
            "fix": self.first.fix if self.first else None,
        }


def diagnose(results: Sequence[Result]) -> Diagnosis:
    """Return the diagnosis of what was found, in any order."""
    ordered = sorted((finding for result in results for finding in result.findings), key=_place)
    findings = tuple(_explained(finding, ordered) for finding in ordered)
    return Diagnosis(findings, _first(findings))


def _place(finding: Finding) -> tuple[int, int]:
    """Return where a finding stands, whatever ended first: by family, then by check."""
    ids = [check.id for check in all_checks()]
    family = Family(finding.check.partition(".")[0])
    place = ids.index(finding.check) if finding.check in ids else len(ids)
    return _FAMILIES.index(family), place


def _explained(finding: Finding, findings: Sequence[Finding]) -> Finding:
    if finding.because or finding.verdict in (Verdict.OK, Verdict.INFO):
        return finding
    for other in findings:
        if other is not finding and _explains(other, finding):
            mutual = _explains(finding, other)
            if not mutual or findings.index(other) < findings.index(finding):
                return replace(finding, because=other.id)
    return finding


def _explains(cause: Finding, effect: Finding) -> bool:
    names = (effect.id, effect.check, effect.family)
    return cause.verdict in _ALARMS and any(name in cause.explains for name in names)


def _first(findings: Sequence[Finding]) -> Finding | None:
    causes = {found.because for found in findings if found.verdict is Verdict.ERROR}
    roots = [found for found in findings if not found.because]
    for group in (
        [
            f
            for f in roots
            if f.verdict is Verdict.ERROR or (f.verdict in _ALARMS and f.id in causes)
        ],
        [f for f in roots if f.verdict is Verdict.WARNING],
        [f for f in roots if f.verdict is Verdict.UNKNOWN],
    ):
        if group:
            return group[0]
    return None
