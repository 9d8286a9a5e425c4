"""One real run of gemini-cli through the shim, by this program itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.constants import VAR_API_KEY, VAR_BASE_URL, VAR_NO_INPUT
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.running import Running
from bytespike_cli.launch.conflicts import VAR_TRUST

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

PROMPT = "Reply with the word ready, and nothing else."


@dataclass(frozen=True, slots=True)
class ClientRun:
    """How the run ended (`status` None: not in time), and what it printed."""

    status: int | None
    out: str
    err: str
    elapsed_s: float

    @property
    def last_line(self) -> str:
        """The last line that was printed, or an empty string."""
        lines = [line.strip() for line in (self.out + "\n" + self.err).splitlines()]
        return next((line for line in reversed(lines) if line), "")[:240]


def run_client(case: Case, timeout_s: float) -> ClientRun:
    """Run `bytespike gemini -p …` with the model that the doctor tries, and wait for its end.

    The folder is trusted for this one run, which has nothing to do in it. Neither the client nor
    what it started outlives the time, or the doctor.
    """
    start = case.env.monotonic()
    command = [sys.executable, "-m", "bytespike_cli", *_arguments(case)]
    with Running(command, _variables(case), case.env.cwd) as running:
        case.at_end(running.end)
        status = running.wait(timeout_s)
        elapsed_s = case.env.monotonic() - start
        running.end()
        return ClientRun(status, *running.printed(), elapsed_s)


def _arguments(case: Case) -> list[str]:
    name = case.credential.name
    chosen = [] if name == VAR_API_KEY else ["--key", name]
    model = asked.slug(case)
    return [*chosen, "gemini", *(["-m", model] if model else []), "-p", PROMPT]


def _variables(case: Case) -> dict[str, str]:
    variables = dict(case.env.variables)
    variables.update({VAR_TRUST: "true", VAR_NO_INPUT: "1", "HOME": str(case.env.home)})
    if case.credential.name == VAR_API_KEY:
        variables[VAR_BASE_URL] = case.origin
    return variables
