import json

import pytest

from bytespike_cli.doctor.finding import Verdict, document
from bytespike_cli.doctor.repair import SetSetting
from bytespike_cli.redact import scrub
from bytespike_cli.sandbox.seed import BY_NAME
from tests.conftest import MakeSandbox
from tests.doctor.conftest import Examine, alarms, first, names


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        ("expired-0001", "key.expired-key"),
        ("revoked-0001", "key.revoked-key"),
        ("blocked-0001", "key.ip-not-allowed"),
        ("paused-0001", "key.paused-org"),
    ],
)
def test_a_refused_key_is_the_one_cause(
    make_sandbox: MakeSandbox, examine: Examine, key: str, cause: str
) -> None:
    diagnosis = examine(make_sandbox(), key=BY_NAME[key].secret)
    assert first(diagnosis) == cause
    assert names(diagnosis, Verdict.ERROR) == {cause}
    assert all(f.because == cause for f in diagnosis.findings if f.verdict is Verdict.UNKNOWN)


def test_a_key_that_nobody_knows(make_sandbox: MakeSandbox, examine: Examine) -> None:
    assert first(examine(make_sandbox(), "key", key="sk-byts-nobody-0001")) == "key.bad-key"


@pytest.mark.parametrize("dialect", ["header-only", "query-only", "bearer-only", "x-api-key-only"])
def test_a_gateway_that_takes_one_form_is_no_alarm(
    make_sandbox: MakeSandbox, examine: Examine, dialect: str
) -> None:
    diagnosis = examine(make_sandbox(dialects={"auth": dialect}), "key")
    assert alarms(diagnosis) == set()
    (forms,) = [f for f in diagnosis.findings if f.id == "key.forms"]
    assert "alone" in forms.sentence
    form = dialect.removesuffix("-only")
    assert (forms.repair is None) == (form == "header")
    if forms.repair is not None:
        assert forms.repair.changes == (SetSetting("auth_form", form),)


def test_clients_that_are_started_by_hand_would_be_refused(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    diagnosis = examine(sandbox, "key", GOOGLE_GEMINI_BASE_URL="https://llm.bytespike.ai")
    assert first(diagnosis) == "key.header-refused"
    assert diagnosis.first is not None
    assert "x-goog-api-key 401" in scrub(diagnosis.first.evidence)


def test_what_was_found_stays_json_when_it_is_scrubbed(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    for finding in examine(make_sandbox(), "key").findings:
        json.loads(scrub(json.dumps(document(finding))))


@pytest.mark.parametrize("dialect", ["401", "403"])
def test_a_closed_management_says_nothing_of_the_key(
    make_sandbox: MakeSandbox, examine: Examine, dialect: str
) -> None:
    diagnosis = examine(make_sandbox(dialects={"management": dialect}), "key")
    assert alarms(diagnosis) == set()
    assert "key.management" in names(diagnosis, Verdict.INFO)


def test_a_low_balance_is_a_warning(make_sandbox: MakeSandbox, examine: Examine) -> None:
    diagnosis = examine(make_sandbox(), "key", key=BY_NAME["quota-0001"].secret)
    assert names(diagnosis, Verdict.WARNING) == {"key.low-balance"}
    (low,) = (found for found in diagnosis.findings if found.id == "key.low-balance")
    assert low.evidence == "$0.00 left, warning below $2.00"


def test_what_is_left_is_told_as_money(make_sandbox: MakeSandbox, examine: Examine) -> None:
    (told,) = (
        found for found in examine(make_sandbox(), "key").findings if found.id == "key.management"
    )
    assert told.sentence.endswith(": $100.00 left.")


def test_a_gateway_that_is_down_is_not_a_bad_key(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    diagnosis = examine(make_sandbox(faults=["models/unavailable"]), "key")
    assert first(diagnosis) == "key.overloaded"


def test_a_v1beta_that_is_silent_is_told_apart_from_the_key(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    diagnosis = examine(make_sandbox(faults=["generate/close"]), "key", "request")
    assert first(diagnosis) == "request.no-answer"
    assert "key.alive" in names(diagnosis, Verdict.OK)
