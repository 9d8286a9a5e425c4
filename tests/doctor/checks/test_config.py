import pytest

from bytespike_cli.doctor.case import Case
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


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "No gateway is set: a stored key has its own, any other goes to https://llm.byte"),
        ({"BYTESPIKE_BASE_URL": "http://127.0.0.1:9"}, "The gateway is http://127.0.0.1:9."),
    ],
)
def test_the_gateway_is_that_of_the_settings_or_of_the_key(
    make_case: MakeCase, variables: dict[str, str], words: str
) -> None:
    (found,) = run_all(CHECKS, make_case(**variables))["config.settings"].findings
    assert found.sentence.startswith(words)


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
    assert (found.id, found.verdict) == ("config.google-key", Verdict.ERROR)


def written(case: Case, name: str, text: str, mode: int = 0o600) -> None:
    """Write a file of the configuration."""
    folder = case.env.paths.config
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / name).write_text(text)
    (folder / name).chmod(mode)


def alarms(case: Case) -> set[str]:
    results = run_all(CHECKS, case)
    quiet = (Verdict.OK, Verdict.INFO)
    return {
        f.id for r in results.values() for f in r.findings if f.verdict not in quiet
    } - {"config.not-tried"}  # fmt: skip


STORE = (
    'default = "{default}"\n[keys.work]\norigin = "https://llm.bytespike.ai"\nsecret = "{key}"\n'
)


@pytest.mark.parametrize(
    ("store", "expected"),
    [
        (STORE.format(default="work", key="sk-byts-config-0002"), set()),
        (STORE.format(default="work", key=" sk-byts-config-0002"), {"config.key-form"}),
        (STORE.format(default="other", key="sk-byts-config-0002"), {"config.default-missing"}),
        (STORE.format(default="work", key="AIza" + "x" * 35), {"config.google-key"}),
        ("[keys.work\n", {"config.syntax"}),
        ("", {"config.no-key"}),
    ],
)
def test_stores(make_case: MakeCase, store: str, expected: set[str]) -> None:
    case = make_case()
    written(case, "keys.toml", store)
    assert alarms(case) == expected


def test_a_store_that_others_can_read_and_the_repair(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY="sk-byts-config-01")
    written(case, "keys.toml", "", mode=0o644)
    (found,) = run_all(CHECKS, case)["config.mode"].findings
    assert found.id == "config.mode"
    assert found.repair is not None
    for change in found.repair.changes:
        change.apply(case.env)
    assert alarms(case) == set()


def test_a_broken_file_a_project_that_redirects_and_a_bad_variable(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY="sk-byts-config-01")
    written(case, "config.toml", "model = \n")
    assert alarms(case) == {"config.syntax"}
    written(case, "config.toml", "")
    (case.env.cwd / ".bytespike.toml").write_text('base_url = "https://evil.test"\n')
    case = make_case(BYTESPIKE_API_KEY="sk-byts-config-01")
    assert alarms(case) == {"config.project-file"}
    (case.env.cwd / ".bytespike.toml").unlink()
    bad = make_case(BYTESPIKE_API_KEY="sk-byts-config-01", BYTESPIKE_BASE_URL="ftp://x.test")
    assert alarms(bad) == {"config.settings"}


def test_a_setting_that_is_misspelt(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY="sk-byts-config-01")
    written(case, "config.toml", 'modle = "gemini-3-flash"\n')
    (found,) = run_all(CHECKS, case)["config.unknown-setting"].findings
    assert found.verdict is Verdict.WARNING
    assert "model" in found.fix


def test_a_named_key_that_is_not_there(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_KEY="gone")
    written(case, "keys.toml", STORE.format(default="work", key="sk-byts-config-0002"))
    assert alarms(case) == {"config.unknown-key"}


def test_quotes_around_the_key_of_the_environment(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY='"sk-byts-config-0003"')
    assert alarms(case) == {"config.key-form"}
