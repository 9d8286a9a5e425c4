"""`bytespike env`: the shim that runs, or on purpose the real key, on stdout alone."""

import json
import subprocess

import pytest

from bytespike_cli.shim.service.state import ServiceState
from tests.cli.conftest import Cli

KEY = "sk-byts-of-the-user"


@pytest.fixture
def user(cli: Cli) -> Cli:
    cli.variables.update(BYTESPIKE_API_KEY=KEY, SHELL="/bin/zsh")
    return cli


STATUS = {"address": "http://127.0.0.1:8788", "models": []}


@pytest.fixture
def shim(user: Cli, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shim that runs, and says so; its token."""
    monkeypatch.setattr("bytespike_cli.shim.service.ask.status", lambda _env, _wait: STATUS)
    return ServiceState(user.env()).token()


def test_without_a_shim_it_says_so(user: Cli) -> None:
    result = user("env")
    assert result.status == 3
    assert "No shim runs" in result.err
    assert "bytespike shim serve --daemon" in result.err
    assert "bytespike env --direct" in result.err
    assert result.out == ""


def test_it_leads_to_the_shim_that_runs(user: Cli, shim: str) -> None:
    result = user("env", "--shell", "json", "--client", "aichat")
    variables = json.loads(result.out)
    assert variables["GEMINI_API_BASE"] == "http://127.0.0.1:8788/v1beta"
    assert variables["GEMINI_API_KEY"] == shim
    assert KEY not in result.out + result.err


def test_a_shell_evaluates_what_leads_to_the_shim(user: Cli, shim: str) -> None:
    text = user("env", "--shell", "bash").out
    done = subprocess.run(
        ["bash", "-c", 'eval "$(cat)"; echo "$GOOGLE_GEMINI_BASE_URL $GEMINI_API_KEY"'],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"http://127.0.0.1:8788 {shim}\n"


def test_what_the_shim_has_decided_is_not_asked_again(user: Cli, shim: str) -> None:
    result = user("env", "--key", "other")
    assert result.status == 2
    assert "--key says nothing here" in result.err


def test_a_note_for_who_needs_more(user: Cli, shim: str) -> None:
    result = user("env", "--client", "zed")
    assert "http://127.0.0.1:8788" in result.err
    assert shim not in result.err


def test_json_holds_the_key_and_what_is_given_up_is_said(user: Cli) -> None:
    result = user("env", "--direct", "--client", "aichat", "--shell", "json")
    assert json.loads(result.out) == {
        "GEMINI_API_KEY": KEY,
        "GEMINI_API_BASE": "https://llm.bytespike.ai/v1beta",
        "AICHAT_PROVIDER": "gemini",
        "AICHAT_PLATFORM": "gemini",
    }
    assert "warning: --direct" in result.err
    assert KEY not in result.err


def test_without_a_client_every_name_is_set(user: Cli) -> None:
    variables = json.loads(user("env", "--direct", "--shell", "json").out)
    assert variables["GOOGLE_GEMINI_BASE_URL"] == "https://llm.bytespike.ai"
    assert variables["GOOGLE_API_KEY"] == variables["GEMINI_API_KEY"] == KEY


@pytest.mark.parametrize(
    ("arguments", "begins"),
    [
        ((), "export GEMINI_API_KEY='"),
        (("--shell", "bash"), "export GEMINI_API_KEY='"),
        (("--shell", "fish"), "set -gx GEMINI_API_KEY '"),
        (("--shell", "powershell"), "$env:GEMINI_API_KEY = '"),
        (("--shell", "dotenv"), "GEMINI_API_KEY=sk-byts-"),
    ],
)
def test_each_shell_has_its_form(user: Cli, arguments: tuple[str, ...], begins: str) -> None:
    assert user("env", "--direct", "--client", "curl", *arguments).out.startswith(begins)


def test_a_shell_can_evaluate_it(user: Cli) -> None:
    text = user("env", "--direct", "--shell", "bash").out
    done = subprocess.run(
        ["bash", "-c", 'eval "$(cat)"; echo "$GOOGLE_GEMINI_BASE_URL $GEMINI_API_KEY"'],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"https://llm.bytespike.ai {KEY}\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--client", "gemini-cli"), 125),
        (("--client", "nobody"), 2),
        (("--shell", "tcsh"), 2),
    ],
)
def test_what_is_refused(user: Cli, arguments: tuple[str, ...], status: int) -> None:
    result = user("env", "--direct", *arguments)
    assert result.status == status
    assert result.out == ""


def test_without_a_key(cli: Cli) -> None:
    assert cli("env", "--direct").status == 3
