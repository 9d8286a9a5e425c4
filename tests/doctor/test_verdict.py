from dataclasses import replace

from bytespike_cli.doctor.finding import Finding, Verdict, error, ok, unknown, warning
from bytespike_cli.doctor.runner import Result
from bytespike_cli.doctor.verdict import Diagnosis, diagnose
from tests.doctor.conftest import check_of


def bad(id_: str, *explains: str) -> Finding:
    return error(id_, f"{id_}.", evidence="seen", fix="do", explains=explains)


def odd(id_: str, *explains: str) -> Finding:
    return warning(id_, f"{id_}.", evidence="seen", fix="do", explains=explains)


def diagnosed(*findings: Finding) -> Diagnosis:
    return diagnose(
        [Result(check_of(f.id), (replace(f, check=f.check or f.id),)) for f in findings]
    )


def first(*findings: Finding) -> str | None:
    found = diagnosed(*findings).first
    return found.id if found else None


def test_nothing_wrong_names_nothing() -> None:
    healthy = diagnosed(ok("key.alive", "It is."))
    assert (healthy.first, healthy.healthy) == (None, True)


def test_the_earlier_family_comes_first_in_whatever_order_it_was_found() -> None:
    assert first(bad("stream.cut"), bad("network.tls")) == "network.tls"
    order = [f.id for f in diagnosed(bad("stream.cut"), ok("network.dns", "Yes.")).findings]
    assert order == ["network.dns", "stream.cut"]


def test_an_error_comes_before_a_warning() -> None:
    assert first(odd("environment.proxy"), bad("stream.cut")) == "stream.cut"


def test_what_explains_another_comes_first() -> None:
    diagnosis = diagnosed(bad("request.refused"), bad("stream.proxy", "request"))
    assert diagnosis.first is not None
    assert diagnosis.first.id == "stream.proxy"
    assert [f.because for f in diagnosis.findings] == ["stream.proxy", ""]
    assert (diagnosis.count(Verdict.ERROR), diagnosis.consequences) == (1, 1)


def test_a_warning_that_explains_an_error_is_named_for_it() -> None:
    assert first(odd("environment.url", "request.refused"), bad("request.refused")) == (
        "environment.url"
    )


def test_a_warning_that_explains_nothing_found_stays_one() -> None:
    assert first(odd("environment.url", "request.other"), bad("request.refused")) == (
        "request.refused"
    )


def test_two_that_explain_each_other_leave_the_earlier() -> None:
    assert first(bad("key.bad", "request.bad"), bad("request.bad", "key.bad")) == "key.bad"


def test_a_good_finding_explains_nothing() -> None:
    fine = replace(ok("environment.url", "Fine."), explains=("request.bad",))
    assert first(fine, bad("request.bad")) == "request.bad"


def test_what_could_not_be_learnt_is_not_healthy() -> None:
    late = unknown("network.timeout", "Not learnt.", evidence="no answer", fix="wait")
    diagnosis = diagnosed(late)
    assert not diagnosis.healthy
    assert diagnosis.document()["first"] == "network.timeout"
    assert diagnosis.document()["unknown"] == 1
