import json
from typing import Any

import pytest

from bytespike_cli.doctor.checks import client
from bytespike_cli.doctor.checks.client import CHECKS
from bytespike_cli.doctor.client_run import ClientRun
from bytespike_cli.doctor.finding import Finding, Verdict
from tests.doctor.conftest import MakeCase, by_id, run_all

LOCAL = [check for check in CHECKS if not check.network]
TRUSTED = {"GEMINI_CLI_TRUST_WORKSPACE": "true"}


def found_by(
    make_case: MakeCase, settings: Any = None, *, project: Any = None, **variables: str
) -> dict[str, Finding]:
    """Examine a user with these settings of gemini-cli (text, or JSON)."""
    case = make_case(client="gemini-cli", **{**TRUSTED, **variables})
    for folder, content in ((case.env.home, settings), (case.env.cwd, project)):
        if content is not None:
            (folder / ".gemini").mkdir(exist_ok=True)
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / ".gemini" / "settings.json").write_text(text)
    results = run_all(LOCAL, case)
    return by_id(finding for result in results.values() for finding in result.findings)


def test_a_new_user_has_nothing_to_mend(make_case: MakeCase) -> None:
    assert {finding.verdict for finding in found_by(make_case).values()} == {Verdict.OK}


def test_settings_that_cannot_be_read(make_case: MakeCase) -> None:
    found = found_by(make_case, '{"security": ')
    assert found["client.settings-broken"].verdict is Verdict.ERROR
    assert found["client.not-tried"].because == "client.settings-broken"


@pytest.mark.parametrize("choice", ["oauth-personal", "vertex-ai"])
def test_another_signin_is_pinned_by_launches_and_worth_knowing(
    make_case: MakeCase, choice: str
) -> None:
    chosen = {"security": {"auth": {"selectedType": choice}}}
    for where in ({"settings": chosen}, {"project": chosen}):
        found = found_by(make_case, **where)["client.signin"]  # type: ignore[arg-type]
        assert found.verdict is Verdict.INFO
        assert choice in found.sentence


def test_an_enforced_signin_is_nothing_that_we_go_round(make_case: MakeCase) -> None:
    found = found_by(make_case, {"security": {"auth": {"enforcedType": "oauth-personal"}}})
    assert found["client.enforced-signin"].verdict is Verdict.ERROR


def test_a_folder_that_is_not_trusted(make_case: MakeCase) -> None:
    found = found_by(make_case, GEMINI_CLI_TRUST_WORKSPACE="")["client.untrusted"]
    assert found.verdict is Verdict.WARNING
    assert "--skip-trust" in found.fix


@pytest.mark.parametrize(
    ("settings", "variables", "warned"),
    [
        ({"tools": {"sandbox": "docker"}}, {}, True),
        ({"tools": {"sandbox": True}}, {}, True),
        ({"tools": {"sandbox": False}}, {}, False),
        (None, {"GEMINI_SANDBOX": "podman"}, True),
        (None, {"GEMINI_SANDBOX": "false"}, False),
    ],
)
def test_a_container(
    make_case: MakeCase, settings: Any, variables: dict[str, str], warned: bool
) -> None:
    assert ("client.container" in _alarms(found_by(make_case, settings, **variables))) == warned


def test_settings_that_a_killed_client_left(make_case: MakeCase) -> None:
    case = make_case(client="gemini-cli", **TRUSTED)
    (case.env.home / ".gemini").mkdir()
    (case.env.home / ".gemini" / "settings.json.bytespike-unreadable").write_text("{")
    (found,) = run_all(LOCAL, case)["client.settings"].findings
    assert found.id == "client.settings-left"


@pytest.mark.parametrize(
    ("done", "id_"),
    [
        (ClientRun(0, "ready\n", "", 2.0), "client.run"),
        (ClientRun(0, "", "", 2.0), "client.failed"),
        (ClientRun(41, "", "Invalid auth method selected.", 1.0), "client.no-signin"),
        (ClientRun(1, "hi", "Unexpected token 'D', \"[DONE]\" is not", 1.0), "client.done-marker"),
        (ClientRun(1, "", "words that nobody knows", 1.0), "client.failed"),
        (ClientRun(None, "", "thinking", 60.0), "client.slow"),
    ],
)
def test_how_a_run_is_told(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, done: ClientRun, id_: str
) -> None:
    monkeypatch.setattr(client, "run_client", lambda _case, _timeout_s: done)
    (found,) = client.run(make_case(client="gemini-cli"))
    assert found.id == id_
    if id_ != "client.run":
        assert found.verdict is Verdict.ERROR
        assert found.fix


def _alarms(found: dict[str, Finding]) -> set[str]:
    return {id_ for id_, f in found.items() if f.verdict not in (Verdict.OK, Verdict.INFO)}
