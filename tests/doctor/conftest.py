"""What the tests of the doctor share: a case around an Environment, and checks made up for them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.doctor.case import Case
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding
from bytespike_cli.doctor.runner import Result, run
from tests.conftest import MakeEnv

MakeCase = Callable[..., Case]


@pytest.fixture
def make_case(make_env: MakeEnv) -> MakeCase:
    """Build a case: `make_case(client="gemini-cli", BYTESPIKE_API_KEY="…")`."""

    def make(
        *, client: str = "", billable: bool = True, timeout_s: float = 30.0, **variables: str
    ) -> Case:
        env = make_env(**variables)
        return Case(
            env,
            lambda: resolve_settings(env),
            client=client,
            billable=billable,
            timeout_s=timeout_s,
        )

    return make


def check_of(id_: str, *findings: Finding, **rest: Any) -> Check:
    """Return a check that finds what it is told to."""
    return Check(id_, f"whether {id_} holds", lambda _: findings, **rest)


def run_all(checks: Sequence[Check], case: Case) -> dict[str, Result]:
    """Run checks; return their results by id."""
    return {result.check.id: result for result in run(checks, case)}


def by_id(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Return findings by id."""
    return {finding.id: finding for finding in findings}
