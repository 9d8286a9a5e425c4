"""The corpus: in every scenario the doctor names the one cause first, and never a wrong one."""

import json
import re
from pathlib import Path

import pytest

from bytespike_cli.doctor.finding import Verdict, document
from bytespike_cli.redact import scrub
from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_KEY
from tests.doctor.corpus.play import alarms, play
from tests.doctor.corpus.scenarios import (
    DIALECT,
    GOOGLE_KEY,
    HEALTHY,
    PAGE,
    SCENARIOS,
    WRONG_KEY,
)

DOCTOR = Path(__file__).parent.parent.parent / "bytespike_cli" / "doctor"
_NAMED = re.compile(r"\b(?:error|warning)\(\s*\"([a-z]+\.[a-z-]+)\"")
_RULE = re.compile(r"\"(environment\.[a-z-]+)\"")

SECRETS = (BY_NAME["custom"].secret, GEMINI_KEY, WRONG_KEY, GOOGLE_KEY)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_cause_is_named_first(name: str, tmp_path: Path) -> None:
    scenario = SCENARIOS[name]
    diagnosis = play(scenario, tmp_path)
    first = diagnosis.first
    said = scrub(json.dumps([document(finding) for finding in diagnosis.findings]))
    json.loads(said)
    assert not any(secret in said for secret in SECRETS)
    assert (first.id if first else "") == scenario.first, alarms(diagnosis)
    if first is None:
        assert alarms(diagnosis) == []
        return
    assert first.fix
    assert first.evidence
    for finding in diagnosis.findings:
        assert finding.verdict is not Verdict.UNKNOWN or finding.because or scenario.first


def test_there_are_enough_of_them() -> None:
    ill = {name for name in SCENARIOS if name not in {*HEALTHY, *DIALECT}}
    assert len(ill) >= 60
    assert len(PAGE) >= 5


def test_every_alarm_is_played() -> None:
    named = set(_RULE.findall((DOCTOR / "rules.py").read_text()))
    for path in (DOCTOR / "checks").glob("*.py"):
        named |= set(_NAMED.findall(path.read_text()))
    played = {scenario.first for scenario in SCENARIOS.values()}
    assert named
    assert named <= played, named - played
