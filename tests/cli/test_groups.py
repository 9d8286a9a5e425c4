import json

import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey

from .conftest import Cli

LLM = "https://llm.bytespike.ai"


@pytest.fixture(autouse=True)
def _keys(cli: Cli) -> None:
    for name, group in (("a", "gemini"), ("b", "claude"), ("c", "gemini"), ("d", None)):
        KeyStore(cli.env()).add(StoredKey(name, LLM, group, f"sk-byts-hidden-{name}"))


def test_list(cli: Cli) -> None:
    assert [line.split() for line in cli("groups", "list").out.splitlines()] == [
        ["GROUP", "KEYS"],
        ["claude", "b"],
        ["*", "gemini", "a,", "c"],
    ]
    assert json.loads(cli("groups", "list", "--json").out) == {
        "groups": [
            {"name": "claude", "keys": ["b"], "default": False},
            {"name": "gemini", "keys": ["a", "c"], "default": True},
        ]
    }


def test_no_group_is_known(cli: Cli) -> None:
    for name in "abc":
        KeyStore(cli.env()).remove(name)
    result = cli("groups", "list")
    assert (result.status, result.out) == (0, "")
    assert "bytespike login --group" in result.err


@pytest.mark.parametrize(
    ("default", "group", "chosen"),
    [("a", "claude", "b"), ("d", "gemini", "a"), ("c", "gemini", "c")],
)
def test_use(cli: Cli, default: str, group: str, chosen: str) -> None:
    KeyStore(cli.env()).use(default)
    result = cli("groups", "use", group)
    assert result.status == 0
    assert KeyStore(cli.env()).default == chosen
    assert f"The default is now '{chosen}', of group '{group}'" in result.err


def test_an_unknown_group(cli: Cli) -> None:
    result = cli("groups", "use", "gpt")
    assert result.status == 3
    assert "claude, gemini" in result.err
    assert "bytespike login --group gpt" in result.err
