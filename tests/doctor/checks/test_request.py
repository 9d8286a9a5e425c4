import pytest

from bytespike_cli.doctor import shim_trip
from bytespike_cli.doctor.finding import Verdict
from bytespike_cli.sandbox.seed import BY_NAME
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeSandbox
from tests.doctor.conftest import Examine, alarms, first, names


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("bad-key", "request.bad-key"),
        ("channel-key", "request.channel"),
        ("no-accounts", "request.overloaded"),
        ("model-not-in-group", "request.model-not-in-group"),
        ("paused-org", "request.paused-org"),
        ("ip", "request.ip-not-allowed"),
        ("unknown-model", "request.unknown-model"),
        ("spend-cap", "request.spend-cap"),
        ("concurrency", "request.concurrency"),
        ("quota-429", "request.key-quota"),
        ("empty-wallet-403", "request.no-balance"),
        ("unavailable", "request.overloaded"),
        ("bad-gateway-html", "request.not-gateway"),
        ("error-in-200", "request.overloaded"),
    ],
)
def test_a_refused_request_is_the_one_cause(
    make_sandbox: MakeSandbox, examine: Examine, fault: str, cause: str
) -> None:
    diagnosis = examine(make_sandbox(faults=[fault]), "request", "stream")
    assert first(diagnosis) == cause
    assert names(diagnosis, Verdict.ERROR) == {cause}


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        ("quota-0001", "request.key-quota"),
        ("wallet-0001", "request.no-balance"),
        ("capped-0001", "request.spend-cap"),
    ],
)
def test_a_key_without_money_is_told_apart_from_a_bad_one(
    sandbox: SandboxServer, examine: Examine, key: str, cause: str
) -> None:
    assert first(examine(sandbox, key=BY_NAME[key].secret)) == cause


def test_the_time_of_the_reset_is_named(sandbox: SandboxServer, examine: Examine) -> None:
    found = examine(sandbox, "request", key=BY_NAME["capped-0001"].secret).first
    assert found is not None
    assert "2 h" in found.sentence


def test_without_paying_the_headers_alone_are_read(
    sandbox: SandboxServer, examine: Examine
) -> None:
    diagnosis = examine(
        sandbox, "request", "stream", key=BY_NAME["capped-0001"].secret, billable=False
    )
    assert names(diagnosis, Verdict.WARNING) == {"request.window-empty"}
    assert not any(record.billed for record in sandbox.state.journal)
    assert not any("stream" in record.path for record in sandbox.state.journal)


@pytest.mark.parametrize(
    "value", ["usual", "missing", "zero", "huge", "org", "unlimited", "minus-one", "inf", "blank"]
)
def test_odd_quota_headers_are_no_alarm(
    make_sandbox: MakeSandbox, examine: Examine, value: str
) -> None:
    assert alarms(examine(make_sandbox(dialects={"quota-headers": value}), "request")) == set()


def test_a_model_that_declines_is_not_the_gateway_s_fault(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    diagnosis = examine(make_sandbox(faults=["blocked-prompt"]), "request")
    assert alarms(diagnosis) == {"request.declined"}


def test_a_shim_that_fails_alone_is_told(
    sandbox: SandboxServer, examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shim_trip, "_get", lambda *_: (502, b"<html>proxy</html>"))
    diagnosis = examine(sandbox, "request.shim")
    assert first(diagnosis) == "request.shim"
    assert "502" in diagnosis.first.evidence if diagnosis.first else False
