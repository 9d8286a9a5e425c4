"""`bytespike snippet`. That the code runs is in tests/clients/test_snippets.py."""

import pytest

from bytespike_cli.cli.snippet import snippet
from bytespike_cli.launch.registry import CLIENTS
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
