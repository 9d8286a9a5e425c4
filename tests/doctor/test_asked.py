import pytest

from bytespike_cli.doctor import asked
from bytespike_cli.sandbox.seed import GEMINI_KEY, GEMINI_TEXT
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm
from tests.conftest import MakeSandbox
from tests.doctor.conftest import MakeCase


def variables(sandbox: SandboxServer) -> dict[str, str]:
    return {"BYTESPIKE_API_KEY": GEMINI_KEY, "BYTESPIKE_BASE_URL": sandbox.origin}


def test_no_request_is_made_twice(sandbox: SandboxServer, make_case: MakeCase) -> None:
    case = make_case(**variables(sandbox))
    for _ in range(2):
        asked.models(case)
        asked.account(case)
        asked.forms(case)
        asked.tasks(case)
        asked.trial(case)
    requests = [(r.method, r.path, r.auth_forms) for r in sandbox.state.journal]
    assert len(set(requests)) == len(requests)
    assert len(requests) == 1 + 1 + (1 + len(FALLBACK_ORDER)) + 4 + 1


def test_only_the_trial_is_billed(sandbox: SandboxServer, make_case: MakeCase) -> None:
    case = make_case(**variables(sandbox))
    asked.forms(case)
    asked.tasks(case)
    asked.slugs(case)
    assert not any(record.billed for record in sandbox.state.journal)
    asked.trial(case)
    assert [r.path for r in sandbox.state.journal if r.billed] == [asked.trial_path(case)]


@pytest.mark.parametrize(
    ("dialect", "working"),
    [
        ("all", FALLBACK_ORDER),
        ("query-only", (AuthForm.QUERY,)),
        ("bearer-only", (AuthForm.BEARER,)),
        ("x-api-key-only", (AuthForm.API_KEY,)),
    ],
)
def test_the_forms_that_work_are_told_apart(
    make_sandbox: MakeSandbox, make_case: MakeCase, dialect: str, working: tuple[AuthForm, ...]
) -> None:
    case = make_case(**variables(make_sandbox(dialects={"auth": dialect, "bad-key": "400"})))
    assert asked.working_forms(case) == working


def test_what_the_key_reaches_comes_from_the_list_that_answers(
    make_sandbox: MakeSandbox, make_case: MakeCase
) -> None:
    case = make_case(**variables(make_sandbox(faults=["models/not-found"])))
    assert asked.slugs(case) == GEMINI_TEXT
    silent = make_case(**variables(make_sandbox(faults=["models/not-found", "account/not-found"])))
    assert asked.slugs(silent) is None


def test_the_model_to_try_is_the_configured_one_or_the_default(
    sandbox: SandboxServer, make_case: MakeCase
) -> None:
    assert asked.slug(make_case(**variables(sandbox))) == "gemini-3-5-flash"
    named = make_case(**variables(sandbox), BYTESPIKE_MODEL="gemini-3.1-pro")
    assert asked.slug(named) == "gemini-3-1-pro"
    assert asked.slug(make_case(**variables(sandbox), BYTESPIKE_MODEL="gpt-9")) is None
