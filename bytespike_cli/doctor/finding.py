"""Findings: what a check has learnt, with evidence, cause and fix."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bytespike_cli.doctor.repair import Repair
    from bytespike_cli.errors import BytespikeError


class Verdict(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    INFO = "info"
    """Worth knowing, and nothing to do."""
    WARNING = "warning"
    """Works, but not as well as it should, or not for long."""
    ERROR = "error"
    UNKNOWN = "unknown"
    """It could not be learnt: something failed before, or the time ran out."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result. `sentence` is the cause where something is wrong, else what was learnt.

    `evidence` is what was seen, `fix` a command to run or an exact instruction. `check` is filled
    in by the runner. `because` is the id of the finding that this one follows from. `facts` go into
    `--json` alone.
    """

    id: str
    verdict: Verdict
    sentence: str
    evidence: str = ""
    fix: str = ""
    explains: tuple[str, ...] = ()
    repair: Repair | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    check: str = ""
    because: str = ""

    @property
    def family(self) -> str:
        """The family that the id begins with."""
        return self.id.partition(".")[0]


def ok(id_: str, sentence: str, evidence: str = "", **facts: Any) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(id_, Verdict.OK, sentence, evidence, facts=facts)


def info(
    id_: str,
    sentence: str,
    evidence: str = "",
    fix: str = "",
    *,
    repair: Repair | None = None,
    **facts: Any,
) -> Finding:
    """Return a finding that is worth knowing, and no alarm."""
    return Finding(id_, Verdict.INFO, sentence, evidence, fix, repair=repair, facts=facts)


def warning(
    id_: str,
    sentence: str,
    *,
    evidence: str,
    fix: str,
    explains: tuple[str, ...] = (),
    repair: Repair | None = None,
) -> Finding:
    """Return a finding of something that works, but not as it should."""
    return Finding(id_, Verdict.WARNING, sentence, evidence, fix, explains, repair)


def error(
    id_: str,
    sentence: str,
    *,
    evidence: str,
    fix: str,
    explains: tuple[str, ...] = (),
    repair: Repair | None = None,
) -> Finding:
    """Return a finding of something that is wrong."""
    return Finding(id_, Verdict.ERROR, sentence, evidence, fix, explains, repair)


def unknown(id_: str, sentence: str, *, evidence: str, fix: str = "") -> Finding:
    """Return a finding that says what could not be learnt, and why (`evidence`)."""
    return Finding(id_, Verdict.UNKNOWN, sentence, evidence, fix)


def of_error(id_: str, failure: BytespikeError) -> Finding:
    """Return an error of ours as a finding."""
    return error(
        id_, failure.cause, evidence=failure.detail or f"({failure.kind})", fix=failure.fix
    )


def document(finding: Finding) -> dict[str, Any]:
    """Return a finding as `--json` shows it (documented in docs/doctor.md)."""
    found: dict[str, Any] = {
        "id": finding.id,
        "check": finding.check,
        "verdict": str(finding.verdict),
        "cause": finding.sentence,
        "evidence": finding.evidence,
        "fix": finding.fix,
    }
    if finding.because:
        found["because"] = finding.because
    if finding.facts:
        found["facts"] = finding.facts
    if finding.repair is not None:
        found["repair"] = finding.repair.description
    return found
