"""Runs checks: each in a thread of its own as soon as what it needs is known, none for too long."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bytespike_cli.doctor.finding import Finding, Verdict, of_error, unknown
from bytespike_cli.errors import BytespikeError

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.doctor.check import Check

MORE_TIME = "give it more: bytespike doctor {check} --timeout SECONDS"


@dataclass(frozen=True, slots=True)
class Result:
    """What one check has found, and how long that took."""

    check: Check
    findings: tuple[Finding, ...]
    elapsed_s: float = 0.0

    @property
    def obstacle(self) -> Finding | None:
        """The finding for which checks that need this one are not tried, or None."""
        bad = (Verdict.ERROR, Verdict.UNKNOWN)
        return next((found for found in self.findings if found.verdict in bad), None)


def run(checks: Sequence[Check], case: Case) -> Iterator[Result]:
    """Yield the result of every check when it is known; `needs` that are not among them hold.

    A probe that does not end in time is left behind in its thread, which holds up nobody: the
    check's result is then `unknown`.
    """
    yield from _Run(checks, case).results()


class _Run:
    def __init__(self, checks: Sequence[Check], case: Case) -> None:
        self._case = case
        self._waiting = list(checks)
        self._ids = {check.id for check in checks}
        self._done: dict[str, Result] = {}
        self._started: dict[str, tuple[Check, float]] = {}
        self._answers: queue.SimpleQueue[Result] = queue.SimpleQueue()

    def results(self) -> Iterator[Result]:
        while self._waiting or self._started:
            yield from map(self._settled, self._late())
            while blocked := self._blocked():
                yield from map(self._settled, blocked)
            self._start()
            if not self._started:
                continue
            try:
                result = self._answers.get(timeout=self._patience_s())
            except queue.Empty:
                continue
            if self._started.pop(result.check.id, None) is not None:
                yield self._settled(result)

    def _settled(self, result: Result) -> Result:
        self._done[result.check.id] = result
        return result

    def _blocked(self) -> list[Result]:
        """Take out the checks for which something that they need has failed."""
        blocked = []
        for check in list(self._waiting):
            known = (self._done[need] for need in check.needs if need in self._done)
            obstacle = next(filter(None, (result.obstacle for result in known)), None)
            if obstacle is not None:
                self._waiting.remove(check)
                blocked.append(Result(check, (_not_tried(check, obstacle),)))
        return blocked

    def _late(self) -> list[Result]:
        """Take out the checks whose time is over, or for which none is left."""
        now = self._case.env.monotonic()
        late = []
        for check, start in list(self._started.values()):
            if now >= self._end_of(check, start):
                del self._started[check.id]
                late.append(Result(check, (_out_of_time(check, now - start),), now - start))
        if self._case.left_s() <= 0:
            late += [Result(check, (_out_of_time(check, 0.0),)) for check in self._waiting]
            self._waiting.clear()
        return late

    def _start(self) -> None:
        for check in list(self._waiting):
            if all(need in self._done for need in check.needs if need in self._ids):
                self._waiting.remove(check)
                self._started[check.id] = (check, self._case.env.monotonic())
                threading.Thread(
                    target=self._examine, args=(check,), name=check.id, daemon=True
                ).start()

    def _examine(self, check: Check) -> None:
        clock = self._case.env.monotonic
        start = clock()
        findings = tuple(_probe(check, self._case))
        self._answers.put(Result(check, findings, clock() - start))

    def _end_of(self, check: Check, start: float) -> float:
        limit_s = check.timeout_s * self._case.patience
        return min(start + limit_s, self._case.deadline)

    def _patience_s(self) -> float:
        end = min(self._end_of(check, start) for check, start in self._started.values())
        return max(0.0, end - self._case.env.monotonic())


def _probe(check: Check, case: Case) -> list[Finding]:
    findings: list[Finding] = []
    try:
        for finding in check.probe(case):
            findings.append(replace(finding, check=check.id))
    except BytespikeError as failure:
        findings.append(replace(of_error(check.id, failure), check=check.id))
    except Exception as defect:  # noqa: BLE001 - one broken check must not hide the others
        findings.append(
            replace(
                unknown(
                    f"{check.family}.defect",
                    f"The check '{check.id}' itself failed, which is a defect of bytespike.",
                    evidence=f"{type(defect).__name__}: {defect}",
                    fix="please report it: bytespike doctor --report",
                ),
                check=check.id,
            )
        )
    return findings


def _not_tried(check: Check, obstacle: Finding) -> Finding:
    return Finding(
        f"{check.family}.not-tried",
        Verdict.UNKNOWN,
        f"Not tried: {check.title}.",
        evidence=obstacle.sentence,
        check=check.id,
        because=obstacle.because or obstacle.id,
    )


def _out_of_time(check: Check, spent_s: float) -> Finding:
    words = f"no answer in {spent_s:.1f} s" if spent_s else "no time was left"
    return Finding(
        f"{check.family}.timeout",
        Verdict.UNKNOWN,
        f"Not learnt in time: {check.title}.",
        evidence=words,
        fix=MORE_TIME.format(check=check.id),
        check=check.id,
    )
