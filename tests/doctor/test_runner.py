import threading
from collections.abc import Iterator

import pytest

from bytespike_cli.doctor.case import Case
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, Verdict, error, ok, unknown
from bytespike_cli.doctor.runner import run
from bytespike_cli.errors import ConfigurationError, NetworkError
from tests.doctor.conftest import MakeCase, check_of, run_all

BAD = error("network.dns", "No name.", evidence="gaierror", fix="mend it")
GOOD = ok("network.dns", "A name.")


def test_findings_know_their_check(make_case: MakeCase) -> None:
    results = run_all([check_of("network.dns", GOOD)], make_case())
    assert [f.check for f in results["network.dns"].findings] == ["network.dns"]


def test_a_check_waits_for_what_it_needs(make_case: MakeCase) -> None:
    checks = [check_of("key.alive", needs=("network.dns",)), check_of("network.dns", GOOD)]
    order = [result.check.id for result in run(checks, make_case())]
    assert order == ["network.dns", "key.alive"]


def test_independent_checks_run_at_the_same_time(make_case: MakeCase) -> None:
    meet = threading.Barrier(3, timeout=20)

    def probe(_: Case) -> Iterator[Finding]:
        meet.wait()
        yield GOOD

    checks = [Check(f"network.{name}", "", probe, timeout_s=30) for name in "abc"]
    results = run_all(checks, make_case())
    assert {f.verdict for r in results.values() for f in r.findings} == {Verdict.OK}


@pytest.mark.parametrize(
    "obstacle", [BAD, unknown("network.dns", "Who knows.", evidence="no time")]
)
def test_what_cannot_be_learnt_is_not_tried_and_says_why(
    make_case: MakeCase, obstacle: Finding
) -> None:
    checks = [
        check_of("network.dns", obstacle),
        check_of("key.alive", GOOD, needs=("network.dns",)),
        check_of("stream.sse", GOOD, needs=("key.alive",)),
    ]
    results = run_all(checks, make_case())
    for id_ in ("key.alive", "stream.sse"):
        (finding,) = results[id_].findings
        assert finding.verdict is Verdict.UNKNOWN
        assert finding.because == "network.dns"
        assert finding.evidence.startswith(obstacle.sentence) or id_ == "stream.sse"


def test_a_need_that_is_not_run_holds(make_case: MakeCase) -> None:
    results = run_all([check_of("key.alive", GOOD, needs=("network.dns",))], make_case())
    assert results["key.alive"].findings[0].verdict is Verdict.OK


def test_an_error_of_ours_becomes_a_finding(make_case: MakeCase) -> None:
    def probe(_: Case) -> Iterator[Finding]:
        yield GOOD
        raise NetworkError("Nobody there.", fix="look", detail="refused")

    (good, bad) = run_all([Check("network.tcp", "", probe)], make_case())["network.tcp"].findings
    assert good.verdict is Verdict.OK
    assert (bad.id, bad.verdict, bad.fix) == ("network.tcp", Verdict.ERROR, "look")


def test_a_broken_check_does_not_hide_the_others(make_case: MakeCase) -> None:
    def broken(_: Case) -> Iterator[Finding]:
        raise ZeroDivisionError("by zero")

    results = run_all([Check("network.tcp", "", broken), check_of("key.alive", GOOD)], make_case())
    (defect,) = results["network.tcp"].findings
    assert (defect.id, defect.verdict) == ("network.defect", Verdict.UNKNOWN)
    assert "ZeroDivisionError" in defect.evidence
    assert results["key.alive"].findings[0].verdict is Verdict.OK


def test_a_check_that_hangs_is_left_behind(make_case: MakeCase) -> None:
    ended = threading.Event()

    def hang(_: Case) -> Iterator[Finding]:
        ended.wait(60)
        yield GOOD

    try:
        results = run_all(
            [
                Check("network.tcp", "whether anybody answers", hang, timeout_s=0.05),
                check_of("key.alive", GOOD),
                check_of("stream.sse", GOOD, needs=("network.tcp",)),
            ],
            make_case(),
        )
    finally:
        ended.set()
    (late,) = results["network.tcp"].findings
    assert (late.id, late.verdict) == ("network.timeout", Verdict.UNKNOWN)
    assert "whether anybody answers" in late.sentence
    assert results["key.alive"].findings[0].verdict is Verdict.OK
    assert results["stream.sse"].findings[0].because == "network.timeout"


def test_when_the_run_is_over_every_check_says_so(make_case: MakeCase) -> None:
    results = run_all(
        [check_of("network.dns", GOOD), check_of("key.alive", GOOD)], make_case(timeout_s=0)
    )
    assert {r.findings[0].id for r in results.values()} == {"network.timeout", "key.timeout"}


def test_a_configuration_error_keeps_its_words(make_case: MakeCase) -> None:
    def probe(_: Case) -> Iterator[Finding]:
        raise ConfigurationError("Broken.", fix="edit it")

    (found,) = run_all([Check("config.key", "", probe)], make_case())["config.key"].findings
    assert (found.sentence, found.fix) == ("Broken.", "edit it")
