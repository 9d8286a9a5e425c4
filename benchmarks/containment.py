"""What a client does without bytespike and with it: requests, bills, time, and what is read.

    python -m benchmarks.containment [--only CLIENT ...] [--case WORDS]

Writes the tables of docs/clients.md; with an option it prints its runs and writes nothing. Every
cell is a run of the real client (`make test` installs them) against the sandbox. First with the
variables of ByteSpike's page, before a recording proxy that stands for the network; then without
us as an expert would set the client up, and with us through `bytespike exec` or `bytespike gemini`.
Each client repeats as it does by default. The runs of a case are made side by side, and those that
are known to take minutes beside all others; it takes about five minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from benchmarks.contained import GEMINI, Case, How, Outcome, measure
from tests.clients.matrix_rows import ROWS

CAP_S = 20.0
PATIENT_CAP_S = 270.0
PAGE = Path(__file__).parent.parent / "docs" / "clients.md"
BEGIN = "<!-- made by `python -m benchmarks.containment` -->\n"
END = "<!-- end -->\n"

TOLD = Case("the variables of ByteSpike's page", {})
_MANY = Case("429: too many requests", {}, "concurrency")
_NONE = Case("503: no capacity", {}, "unavailable")
CASES = (
    Case("a good stream, ended with `[DONE]`", {}),
    Case("a stream without finishReason", {"finish-reason": "missing", "done": "never"}),
    Case("a stream that is cut", {"done": "never"}, "cut:2"),
    Case("an error in mid-stream", {"done": "never"}, "mid-error-google:2"),
    Case("401: the key is not valid", {}, "bad-key"),
    Case("404: no such model", {}, asks="absent", model="gemini-9-ultra"),
    Case(
        "404 for the model that searches the web",
        {"done": "never"},
        "unknown-model@2-",
        prompt="search the web for quetzals",
        options=("-y",),
        only=GEMINI,
    ),
    _MANY,
    _NONE,
)
PATIENT = {(GEMINI, _MANY.name), (GEMINI, _NONE.name), ("google-generativeai", _NONE.name)}
"""What repeats for minutes by itself."""
_WAITS = (_MANY, _NONE)
"""With and without us, these runs wait most of their time."""

Run = tuple[str, Case, How]


class Runs:
    """All runs, each made once; those of a case side by side."""

    def __init__(self, clients: Sequence[str], cases: Sequence[Case]) -> None:
        self._pool = ThreadPoolExecutor(max_workers=8)
        self._begin = time.perf_counter()
        self._done = 0
        groups = [list(group) for group in _groups(clients, cases)]
        self._all = sum(map(len, groups))
        self._runs: dict[Run, Future[Outcome]] = {}
        for run in (run for group in groups for run in group if _is_patient(run)):
            self._runs[run] = self._pool.submit(self._measure, run)
        for group in groups:
            begun = [run for run in group if run not in self._runs]
            for run in begun:
                self._runs[run] = self._pool.submit(self._measure, run)
            for run in begun:
                self._runs[run].result()

    def __getitem__(self, run: Run) -> Outcome:
        return self._runs[run].result()

    def _measure(self, run: Run) -> Outcome:
        client, case, how = run
        outcome = measure(client, case, how, PATIENT_CAP_S if _is_patient(run) else CAP_S)
        self._done += 1
        passed = time.perf_counter() - self._begin
        print(
            f"{self._done:3}/{self._all} {passed:4.0f} s  {client}, {case.name}, {how.value}: "
            f"{outcome.requests} requests, {outcome.billed} billed, {outcome.google} to Google, "
            f"{outcome.took}, {outcome.read}",
            flush=True,
        )
        return outcome


def _groups(clients: Sequence[str], cases: Sequence[Case]) -> Iterator[Iterator[Run]]:
    """Yield the runs that are made side by side."""
    both = (How.EXPERT, How.WITH)
    for client in clients:
        if TOLD in cases:
            yield ((client, TOLD, how) for how in (How.PAGE, How.PAGE_WITH))
        its = [case for case in _cases_of(client, cases) if case is not TOLD]
        for case in its:
            if case not in _WAITS:
                yield ((client, case, how) for how in both)
        yield ((client, case, how) for case in its if case in _WAITS for how in both)


def _cases_of(client: str, cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.only in ("", client)]


def _is_patient(run: Run) -> bool:
    client, case, how = run
    return how is How.EXPERT and (client, case.name) in PATIENT


def page_table(runs: Runs, clients: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the table of the page's variables."""
    yield "\n## With the variables of ByteSpike's page\n\n"
    yield "| Client | bytespike | to Google, with key and prompt | to the gateway | time |"
    yield " what is read |\n|---|---|---|---|---|---|\n"
    for client in clients:
        for how in (How.PAGE, How.PAGE_WITH):
            got = runs[client, TOLD, how]
            name, who = ("", "with") if how.is_ours else (client, "without")
            yield f"| {name} | {who} | {got.google} | {got.requests} | {got.took} | {got.read} |\n"


def client_table(runs: Runs, client: str) -> Iterator[str]:
    """Yield the lines of a client's table."""
    yield f"\n## {client}\n\n"
    yield "| The gateway answers | | requests | billed | time | what is read |\n"
    yield "|---|---|---|---|---|---|\n"
    for case in _cases_of(client, CASES):
        for how in (How.EXPERT, How.WITH):
            got = runs[client, case, how]
            name = "" if how.is_ours else case.name
            cells = f"{got.requests} | {got.billed} | {got.took} | {got.read}"
            yield f"| {name} | {how.value} | {cells} |\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", action="append", metavar="CLIENT", choices=[GEMINI, *ROWS])
    parser.add_argument("--case", default="", metavar="WORDS", help="cases that have these words")
    given = parser.parse_args()
    clients = given.only or [GEMINI, *ROWS]
    cases = [case for case in (TOLD, *CASES) if given.case in case.name]
    if not cases:
        sys.exit("no case has these words in its name")
    runs = Runs(clients, cases)
    if given.only or given.case:
        return
    lines = [*page_table(runs, clients)]
    for client in clients:
        lines += client_table(runs, client)
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(head + BEGIN + "".join([*lines, "\n"]) + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
