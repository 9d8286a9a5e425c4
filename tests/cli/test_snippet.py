"""`bytespike snippet`. That the code runs is in tests/clients/test_snippets.py."""

import pytest

from bytespike_cli.cli.snippet import snippet
from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.shim.service.state import ServiceState
from tests.cli.conftest import Cli


@pytest.mark.parametrize("name", CLIENTS)
def test_it_has_this_machines_gateway_and_model_and_no_key(cli: Cli, name: str) -> None:
    cli.variables.update(
        BYTESPIKE_API_KEY="sk-byts-of-the-user",
        BYTESPIKE_BASE_URL="https://gateway.example",
        BYTESPIKE_MODEL="gemini-3.1-pro",
    )
    result = cli("snippet", name)
    assert result.status == 0
    assert "gemini-3-1-pro" in result.out
    assert "of-the-user" not in result.out + result.err
    if name not in ("gemini-cli", "llm-gemini"):
        assert "https://gateway.example" in result.out


def test_it_needs_no_key(cli: Cli) -> None:
    result = cli("snippet", "curl", "-m", "gemini-3-1-pro")
    assert "https://llm.bytespike.ai}/v1beta/models/gemini-3-1-pro:generateContent" in result.out
    assert '"x-goog-api-key: $GEMINI_API_KEY"' in result.out


@pytest.fixture
def shim(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> str:
    """A shim that runs, and says so; its token."""
    cli.variables.update(
        BYTESPIKE_API_KEY="sk-byts-of-the-user",
        BYTESPIKE_BASE_URL="https://gateway.example",
        BYTESPIKE_MODEL="gemini-3.1-pro",
    )
    status = {"address": "http://127.0.0.1:8788", "models": []}
    monkeypatch.setattr("bytespike_cli.shim.service.ask.status", lambda _env, _wait: status)
    monkeypatch.setattr(ServiceState, "lives", lambda _state: True)
    return ServiceState(cli.env()).token()


@pytest.mark.parametrize("name", [n for n in CLIENTS if n != "llm-gemini"])
def test_for_the_shim_it_has_its_address_and_neither_key_nor_token(
    cli: Cli, shim: str, name: str
) -> None:
    result = cli("snippet", name, "--shim")
    assert result.status == 0
    assert "gateway.example" not in result.out + result.err
    assert "http://127.0.0.1:8788" in result.out or f"bytespike env --client {name}" in result.out
    assert shim not in result.out + result.err
    assert "of-the-user" not in result.out + result.err
    token_file = str(ServiceState(cli.env()).token_file)
    assert f"bytespike env --client {name}" in result.out + result.err or token_file in result.out


def test_a_client_that_nothing_leads_there_is_refused(cli: Cli, shim: str) -> None:
    result = cli("snippet", "llm-gemini", "--shim")
    assert result.status == 125
    assert "bytespike snippet llm-gemini" in result.err


def test_settings_are_not_left_without_a_word_when_a_shim_runs(cli: Cli, shim: str) -> None:
    told = cli("snippet", "zed")
    assert "https://gateway.example" in told.out
    assert "bytespike snippet zed --shim" in told.err
    assert cli("snippet", "python").err == ""


def test_without_a_shim_it_says_so(cli: Cli) -> None:
    result = cli("snippet", "zed", "--shim", "-m", "gemini-3-1-pro")
    assert result.status == 3
    assert "No shim runs" in result.err
    assert "bytespike shim serve --daemon" in result.err
    assert result.out == ""


def test_without_a_model_it_asks_for_one(cli: Cli) -> None:
    result = cli("snippet", "curl")
    assert result.status == 2
    assert "--model" in result.err


def test_an_unknown_name(cli: Cli) -> None:
    result = cli("snippet", "pythn", "-m", "gemini-3-1-pro")
    assert result.status == 2
    assert "did you mean python?" in result.err


def test_the_help_lists_every_client() -> None:
    listed = (snippet.help or "").split("takes:")[1]
    assert [n.strip(" .\n") for n in listed.split(",")] == list(CLIENTS)
