"""What the tests of the doctor share: a case around an Environment, and checks made up for them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.doctor.case import Case
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.doctor.registry import select
from bytespike_cli.doctor.runner import Result, run
from bytespike_cli.doctor.verdict import Diagnosis, diagnose
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeEnv

MakeCase = Callable[..., Case]


@pytest.fixture
def make_case(make_env: MakeEnv) -> Iterator[MakeCase]:
    """Build a case: `make_case(client="gemini-cli", BYTESPIKE_API_KEY="…")`."""
    with ExitStack() as stack:

        def make(
            *, client: str = "", billable: bool = True, timeout_s: float = 30.0, **variables: str
        ) -> Case:
            env = make_env(**variables)
            case = Case(
                env,
                lambda: resolve_settings(env),
                client=client,
                billable=billable,
                timeout_s=timeout_s,
            )
            return stack.enter_context(case)

        yield make


Examine = Callable[..., Diagnosis]


@pytest.fixture
def examine(make_case: MakeCase) -> Examine:
    """Run checks against a sandbox: `examine(sandbox, "key", key=CLAUDE_KEY)`."""

    def examine_(
        sandbox: SandboxServer, *words: str, key: str = GEMINI_KEY, **rest: Any
    ) -> Diagnosis:
        case = make_case(**{"BYTESPIKE_API_KEY": key, "BYTESPIKE_BASE_URL": sandbox.origin, **rest})
        return diagnose(list(run(select(words, billable=case.billable).checks, case)))

    return examine_


def names(diagnosis: Diagnosis, *verdicts: Verdict) -> set[str]:
    """Return the ids of what was found with one of these verdicts (none: with any)."""
    return {f.id for f in diagnosis.findings if not verdicts or f.verdict in verdicts}


def alarms(diagnosis: Diagnosis) -> set[str]:
    """Return the ids of errors, warnings and what could not be learnt."""
    return names(diagnosis, Verdict.ERROR, Verdict.WARNING, Verdict.UNKNOWN)


def first(diagnosis: Diagnosis) -> str:
    """Return the id of the cause that is named first, or an empty string."""
    return diagnosis.first.id if diagnosis.first else ""


def check_of(id_: str, *findings: Finding, **rest: Any) -> Check:
    """Return a check that finds what it is told to."""
    return Check(id_, f"whether {id_} holds", lambda _: findings, **rest)


def run_all(checks: Sequence[Check], case: Case) -> dict[str, Result]:
    """Run checks; return their results by id."""
    return {result.check.id: result for result in run(checks, case)}


def by_id(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return findings by id."""
    return {finding.id: finding for finding in findings}
