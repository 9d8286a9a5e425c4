"""Findings and the diagnosis as lines for people: 80 columns, no colour needed, good in a pager."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bytespike_cli.doctor.finding import Finding, Verdict

if TYPE_CHECKING:
    from bytespike_cli.doctor.registry import Selection
    from bytespike_cli.doctor.verdict import Diagnosis

WIDTH = 80
_LABELS = {
    Verdict.OK: "ok",
    Verdict.INFO: "info",
    Verdict.WARNING: "WARN",
    Verdict.ERROR: "ERROR",
    Verdict.UNKNOWN: "?",
}
_INDENT = " " * 8


class Style(Enum):
    """What a line is; the screen chooses a colour."""

    PLAIN = ""
    HEAD = "head"
    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `style` is for its first `styled` characters."""

    text: str
    style: Style = Style.PLAIN
    styled: int = 0


def heading(family: str) -> list[Line]:
    """Return the line above the findings of a family."""
    return [Line(family, Style.HEAD, len(family))]


def finding_lines(finding: Finding, width: int = WIDTH) -> list[Line]:
    """Return a finding: its sentence, and below it what was seen and what to do."""
    label = _LABELS[finding.verdict]
    lines = _wrapped(f"  {label:<5} ", f"{finding.id}: {finding.sentence}", width)
    found = [Line(lines[0], Style(finding.verdict.value), 2 + len(label)), *map(Line, lines[1:])]
    if finding.verdict is Verdict.OK:
        return found
    for name, words in (("seen:", finding.evidence), ("fix:", finding.fix)):
        if words:
            found += map(Line, _wrapped(f"{_INDENT}{name:<5} ", words, width))
    return found


def not_tried_lines(findings: Sequence[Finding], width: int = WIDTH) -> list[Line]:
    """Return the checks of a family that were not tried: one line for each reason."""
    found: list[Line] = []
    for because in dict.fromkeys(finding.because for finding in findings):
        checks = ", ".join(f.check for f in findings if f.because == because)
        lines = _wrapped("  ?     ", f"not tried, because of {because}: {checks}", width)
        found += [Line(lines[0], Style.UNKNOWN, 3), *map(Line, lines[1:])]
    return found


def verdict_lines(diagnosis: Diagnosis, selection: Selection, width: int = WIDTH) -> list[Line]:
    """Return the last lines: how many errors and warnings, and the first thing to do."""
    lines = [Line("")]
    for flag in dict.fromkeys(selection.left_out.values()):
        ids = [id_ for id_, why in selection.left_out.items() if why == flag]
        words = f"Left out by {flag}: {', '.join(ids)}."
        lines += map(Line, _wrapped("", words, width))
    errors, warnings = diagnosis.count(Verdict.ERROR), diagnosis.count(Verdict.WARNING)
    unknowns = diagnosis.count(Verdict.UNKNOWN)
    if not errors and not warnings and not unknowns:
        lines.append(Line("Nothing is wrong.", Style.OK, 17))
        return lines
    counts = [_counted(errors, "error"), _counted(warnings, "warning")]
    if unknowns:
        counts.append(f"{unknowns} could not be learnt")
    if diagnosis.consequences:
        counts.append(f"{diagnosis.consequences} more follow from these")
    style = Style.ERROR if errors else Style.WARNING
    summary = ", ".join(counts) + "."
    lines.append(Line(summary, style, len(summary)))
    if diagnosis.first is not None:
        lines += map(Line, _wrapped("First: ", diagnosis.first.sentence, width))
        if diagnosis.first.fix:
            lines += map(Line, _wrapped("  fix: ", diagnosis.first.fix, width))
    return lines


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _wrapped(head: str, words: str, width: int) -> list[str]:
    """Wrap words behind a head; what has no space in it (a path, a URL) is never broken."""
    return textwrap.wrap(
        " ".join(words.split()),
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]
