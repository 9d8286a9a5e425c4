import json

import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey

from .conftest import Cli

LLM = "https://llm.bytespike.ai"


def config_file(cli: Cli, text: str) -> None:
    cli.config.mkdir(exist_ok=True)
    (cli.config / "config.toml").write_text(text)


def test_show_with_origin(cli: Cli) -> None:
    config_file(cli, '# mine\nmodel = "m"\n[aliases]\npro = "p"\n')
    cli.env()
    (cli.cwd / ".bytespike.toml").write_text('group = "g"\n')
    cli.variables["BYTESPIKE_KEY"] = "work"
    result = cli("config", "show", "--origin", "--base-url", "localhost:1")
    user = str(cli.config / "config.toml")
    assert [line.split(maxsplit=3) for line in result.out.splitlines()] == [
        ["SETTING", "VALUE", "FROM", "WHERE"],
        ["base_url", "http://localhost:1", "flag", "--base-url"],
        ["key", "work", "environment", "$BYTESPIKE_KEY"],
        ["group", "g", "project", "~/project/.bytespike.toml"],
        ["model", "m", "user", user],
        ["model_fallback", "nearest", "default", "built in"],
        ["key_routing", "auto", "default", "built in"],
        ["auth_form", "auto", "default", "built in"],
        ["aliases.pro", "p", "user", user],
    ]


def test_show_without(cli: Cli) -> None:
    result = cli("config", "show")
    assert result.out.splitlines()[1].split() == ["base_url", LLM]
    assert "No key in use: No ByteSpike key is configured." in result.err


def test_show_as_json_with_the_key_in_use_masked(cli: Cli) -> None:
    KeyStore(cli.env()).add(StoredKey("work", LLM, "g", "sk-byts-hidden-0001"))
    document = json.loads(cli("config", "show", "--json").out)
    assert document["settings"]["base_url"] == {
        "value": LLM, "source": "default", "where": "built in",
    }  # fmt: skip
    assert document["settings"]["model"]["value"] is None
    assert document["credential"] == {
        "name": "work", "group": "g", "key": "sk-byts-…01", "origin": LLM,
    }  # fmt: skip
    cli.variables["BYTESPIKE_API_KEY"] = "a-custom-hidden-key-0002"
    result = cli("config", "show", "--json")
    assert json.loads(result.out)["credential"]["key"] == "a-…0002"
    assert "hidden" not in result.out + result.err


def test_show_says_why_no_key_is_used(cli: Cli) -> None:
    KeyStore(cli.env()).add(StoredKey("work", LLM, None, "sk-byts-hidden-0001"))
    result = cli("config", "show", "--json", "--base-url", "https://other.example")
    document = json.loads(result.out)
    assert document["credential"] is None
    assert "is not sent to https://other.example" in document["credential_error"]


def test_show_names_what_it_does_not_know(cli: Cli) -> None:
    config_file(cli, "future = 1\n")
    result = cli("config", "show")
    assert result.status == 0
    assert "not known here: future" in result.err


@pytest.mark.parametrize(
    "command", [["config", "show"], ["config", "set", "model", "m"], ["models"]]
)
def test_a_broken_file_is_named_with_its_line_and_not_changed(cli: Cli, command: list[str]) -> None:
    config_file(cli, 'key = "k"\nmodel = \n')
    result = cli(*command)
    assert result.status == 3
    assert "config.toml, line 2: this is not TOML" in result.err
    assert (cli.config / "config.toml").read_text() == 'key = "k"\nmodel = \n'


def test_path(cli: Cli) -> None:
    assert cli("config", "path").out == f"{cli.config / 'config.toml'}\n"
    assert json.loads(cli("config", "path", "--json").out) == {
        "config": str(cli.config / "config.toml"),
        "keys": str(cli.config / "keys.toml"),
        "project": None,
        "state": str(cli.config / "state"),
        "cache": str(cli.config / "cache"),
    }


def test_path_needs_no_sound_file(cli: Cli) -> None:
    config_file(cli, "broken")
    assert cli("config", "path").status == 0


def test_set_get_unset(cli: Cli) -> None:
    config_file(cli, "# mine\n")
    assert cli("config", "set", "model", "gemini-3.1-pro").status == 0
    assert cli("config", "get", "model").out == "gemini-3.1-pro\n"
    assert json.loads(cli("config", "get", "model", "--json").out)["source"] == "user"
    assert (cli.config / "config.toml").read_text() == '# mine\nmodel = "gemini-3.1-pro"\n'
    assert "no longer set" in cli("config", "unset", "model").err
    absent = cli("config", "get", "model")
    assert (absent.status, absent.out) == (1, "")
    assert "is not set in" in cli("config", "unset", "model").err


def test_set_cleans_and_refuses(cli: Cli) -> None:
    cli("config", "set", "base-url", "HTTPS://One.Example/v1beta/")
    assert cli("config", "get", "base_url").out == "https://one.example\n"
    for name, value, words in (
        ("base_url", "https://one.example/x", "path"),
        ("model_fallback", "maybe", "nearest or off"),
        ("key", "sk-byts-hidden", "a key itself"),
        ("aliases.pro", "sk-byts-hidden", "a key itself"),
    ):
        refused = cli("config", "set", name, value)
        assert refused.status == 2
        assert words in refused.err
        assert "fix:" in refused.err
        assert "hidden" not in refused.err
    assert (cli.config / "config.toml").read_text() == 'base_url = "https://one.example"\n'
    assert cli("config", "set", "modle", "x").status == 2


def test_set_says_when_it_has_no_effect(cli: Cli) -> None:
    cli.variables["BYTESPIKE_MODEL"] = "other"
    assert "$BYTESPIKE_MODEL sets it too" in cli("config", "set", "model", "m").err
    assert "No stored key has the name 'work'" in cli("config", "set", "key", "work").err


def test_set_says_where_the_comments_went(cli: Cli) -> None:
    config_file(cli, '# mine\naliases = { pro = "a" }\n')
    result = cli("config", "set", "aliases.pro", "b")
    backup = cli.config / "config.toml.bak"
    assert str(backup) in result.err
    assert backup.read_text() == '# mine\naliases = { pro = "a" }\n'
    assert cli("config", "get", "aliases.pro").out == "b\n"


def test_a_project_file_that_sets_an_origin_stops_everything_that_would_use_it(cli: Cli) -> None:
    cli.env()
    (cli.cwd / ".bytespike.toml").write_text('base_url = "https://evil.example"\n')
    result = cli("config", "show")
    assert result.status == 3
    assert ".bytespike.toml, line 1: a project file may not set 'base_url'" in result.err
