"""What the doctor shows: each line when its check is done, family by family; or one document."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from bytespike_cli import __version__
from bytespike_cli.cli.render import BOLD, DIM, GREEN, RED, YELLOW
from bytespike_cli.context import is_terminal
from bytespike_cli.doctor.finding import Finding, Verdict, document
from bytespike_cli.doctor.text import (
    WIDTH,
    Line,
    Style,
    finding_lines,
    heading,
    not_tried_lines,
    verdict_lines,
)

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.doctor.check import Check
    from bytespike_cli.doctor.registry import Selection
    from bytespike_cli.doctor.runner import Result
    from bytespike_cli.doctor.verdict import Diagnosis

WIDEST = 100
COLORS = {
    Style.PLAIN: "",
    Style.HEAD: BOLD,
    Style.OK: GREEN,
    Style.INFO: DIM,
    Style.WARNING: YELLOW,
    Style.ERROR: RED,
    Style.UNKNOWN: DIM,
}
ERASE_LINE = "\r\x1b[K"


class Screen:
    """Prints lines. A family is begun when all before it are complete."""

    def __init__(self, app: App, selection: Selection) -> None:
        self._app = app
        self._selection = selection
        self._width = _width(app)
        self._open = list(selection.checks)
        self._held: list[Result] = []
        self._not_tried: list[Finding] = []
        self._headed = ""
        self._live = is_terminal(app.env.stderr) and is_terminal(app.env.stdout)
        self._progress()

    def show(self, result: Result) -> None:
        """Print what a check has found as soon as its family's turn has come."""
        self._erase()
        self._held.append(result)
        while self._open:
            family = self._open[0].family
            for held in [held for held in self._held if held.check.family is family]:
                self._held.remove(held)
                self._open.remove(held.check)
                self._print(held)
            if any(check.family is family for check in self._open):
                break
            self._lines(not_tried_lines(self._not_tried, self._width), family)
            self._not_tried.clear()
        self._progress()

    def end(self, diagnosis: Diagnosis, case: Case) -> None:
        """Print the verdict."""
        self._erase()
        self._lines(verdict_lines(diagnosis, self._selection, self._width))

    def _print(self, result: Result) -> None:
        for finding in result.findings:
            quiet = finding.verdict in (Verdict.OK, Verdict.INFO)
            if finding.because:
                self._not_tried.append(finding)
            elif not quiet or result.check.id in self._selection.asked:
                self._lines(finding_lines(finding, self._width), result.check.family)

    def _lines(self, lines: list[Line], family: str = "") -> None:
        if lines and family and family != self._headed:
            self._headed = family
            lines = [*heading(family), *lines]
        for line in lines:
            self._app.render.out(self._styled(line))
        self._app.render.flush()

    def _styled(self, line: Line) -> str:
        color = COLORS[line.style]
        if not color or not self._app.render.wants_color(self._app.env.stdout):
            return line.text
        return f"\x1b[{color}m{line.text[: line.styled]}\x1b[0m{line.text[line.styled :]}"

    def _progress(self) -> None:
        if self._live and self._open:
            under_way = _shortened([check for check in self._open if not self._is_held(check)])
            self._app.env.stderr.write(f"{ERASE_LINE}{under_way}")
            self._app.env.stderr.flush()

    def _is_held(self, check: Check) -> bool:
        return any(held.check is check for held in self._held)

    def _erase(self) -> None:
        if self._live:
            self._app.env.stderr.write(ERASE_LINE)
            self._app.env.stderr.flush()


class Silent:
    """Prints one JSON document when all is known."""

    def __init__(self, app: App, selection: Selection) -> None:
        self._app = app
        self._selection = selection

    def show(self, result: Result) -> None:
        """Print nothing yet."""

    def end(self, diagnosis: Diagnosis, case: Case) -> None:
        """Print everything (documented in docs/doctor.md)."""
        self._app.render.data(
            {
                "bytespike": __version__,
                "verdict": diagnosis.document(),
                "findings": [document(finding) for finding in diagnosis.findings],
                "left_out": self._selection.left_out,
            }
        )


class Report(Silent):
    """Prints a report when all is known."""

    def end(self, diagnosis: Diagnosis, case: Case) -> None:
        """Print Markdown, from the first line to the last."""
        from bytespike_cli.doctor.report import report

        self._app.render.out(report(diagnosis, case))


def screen_for(app: App, selection: Selection, *, report: bool = False) -> Screen | Silent:
    """Return what shows this run: lines, one document with `--json`, or a report."""
    if report:
        return Report(app, selection)
    return Silent(app, selection) if app.flags.json else Screen(app, selection)


def _shortened(checks: list[Check]) -> str:
    names = ", ".join(check.id for check in checks[:3])
    return f"checking {names}{' …' if len(checks) > 3 else ''}"


def _width(app: App) -> int:
    if not is_terminal(app.env.stdout):
        return WIDTH
    with contextlib.suppress(OSError, ValueError):
        columns = os.get_terminal_size(app.env.stdout.fileno()).columns
        return max(40, min(columns, WIDEST))
    return WIDTH
