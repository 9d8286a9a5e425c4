from bytespike_cli.doctor.checks.config import CHECKS
from bytespike_cli.doctor.finding import Verdict
from tests.doctor.conftest import MakeCase, run_all


def test_a_key_in_the_environment_is_all_it_takes(make_case: MakeCase) -> None:
    results = run_all(CHECKS, make_case(BYTESPIKE_API_KEY="sk-byts-config-01"))
    assert {f.verdict for r in results.values() for f in r.findings} == {Verdict.OK}


def test_no_key_is_an_error_with_the_way_to_one(make_case: MakeCase) -> None:
    (found,) = run_all(CHECKS, make_case())["config.key"].findings
    assert (found.id, found.verdict) == ("config.no-key", Verdict.ERROR)
    assert "bytespike login" in found.fix


def test_settings_that_cannot_be_read_are_the_cause_and_the_key_is_not_tried(
    make_case: MakeCase,
) -> None:
    results = run_all(CHECKS, make_case(BYTESPIKE_BASE_URL="ftp://example.test"))
    (found,) = results["config.settings"].findings
    assert found.verdict is Verdict.ERROR
    assert results["config.key"].findings[0].because == "config.settings"


def test_a_key_that_cannot_be_used_is_an_error(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY="AIza" + "x" * 35)
    (found,) = run_all(CHECKS, case)["config.key"].findings
    assert (found.id, found.verdict) == ("config.key", Verdict.ERROR)
