import json

import pytest

from bytespike_cli.config.catalogue import FRESH_S
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.errors import NetworkError

from .conftest import NOW, Cli, FakeGateway

LLM = "https://llm.bytespike.ai"
SECRET = "sk-byts-hidden-0001"
SLUGS = ("gemini-3-1-pro", "gemini-3-pro", "gemini-3-flash", "gemini-2-5-flash")


@pytest.fixture(autouse=True)
def _key(cli: Cli, fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues = {SECRET: SLUGS}
    KeyStore(cli.env()).add(StoredKey("work", LLM, "g", SECRET))


@pytest.mark.parametrize("command", [["models"], ["models", "list"]])
def test_list_asks_once_a_day(cli: Cli, fake_gateway: FakeGateway, command: list[str]) -> None:
    for _ in range(2):
        assert cli(*command).out.splitlines() == list(SLUGS)
    assert fake_gateway.asked == [(LLM, SECRET)]
    assert cli(*command, "--refresh").status == 0
    cli.now += FRESH_S
    assert cli(*command).status == 0
    assert len(fake_gateway.asked) == 3


def test_list_as_json(cli: Cli) -> None:
    document = {
        "key": "work",
        "group": "g",
        "origin": LLM,
        "fetched_at": NOW,
        "models": list(SLUGS),
    }
    assert json.loads(cli("models", "--json").out) == document
    cli.now += 60
    assert json.loads(cli("models", "list", "--json").out) == document


def test_what_was_seen_last_is_shown_when_the_gateway_is_away(
    cli: Cli, fake_gateway: FakeGateway
) -> None:
    fake_gateway.failure = NetworkError("No route.")
    assert cli("models").status == 9
    fake_gateway.failure = None
    cli("models")
    fake_gateway.failure = NetworkError("No route.")
    cli.now += FRESH_S
    result = cli("models")
    assert (result.status, result.out.splitlines()) == (0, list(SLUGS))
    assert "as last seen" in result.err
    assert cli("models", "--refresh").status == 9


def test_a_refused_key_is_not_hidden_by_the_cache(cli: Cli, fake_gateway: FakeGateway) -> None:
    cli("models")
    fake_gateway.catalogues = {}
    cli.now += FRESH_S
    assert cli("models").status == 4


def test_common_flags_before_and_after(cli: Cli) -> None:
    for arguments in (["--key", "absent", "models"], ["models", "--key", "absent"]):
        assert cli(*arguments).status == 3
    assert cli("models", "--key", "work").status == 0


def test_an_empty_catalogue_is_said(cli: Cli, fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues[SECRET] = ()
    result = cli("models")
    assert (result.status, result.out) == (0, "")
    assert "reaches no model" in result.err


def test_resolve_shows_its_steps(cli: Cli) -> None:
    cli("models")
    result = cli("models", "resolve", "gemini-3.1-pro-preview")
    assert result.status == 0
    assert result.out.splitlines()[0].split() == ["STEP", "TRIED", "MATCHED"]
    assert "gemini-3.1-pro-preview -> gemini-3-1-pro" in result.out
    assert result.err == ""
    document = json.loads(cli("models", "resolve", "gemini-3.1-pro", "--json").out)
    assert (document["asked"], document["served"]) == ("gemini-3.1-pro", "gemini-3-1-pro")
    assert document["steps"][-1]["matched"] == "gemini-3-1-pro"


def test_resolve_knows_aliases(cli: Cli) -> None:
    cli("models")
    cli("config", "set", "aliases.best", "gemini-3-1-pro")
    assert "best -> gemini-3-1-pro (alias)" in cli("models", "resolve", "best").out


def test_resolve_an_id_that_a_client_chose(cli: Cli) -> None:
    cli("models")
    assert cli("models", "resolve", "gemini-3.5-flash-lite").status == 6
    helped = cli("models", "resolve", "gemini-3.5-flash-lite", "--as-client")
    assert helped.status == 0
    assert "(nearest)" in helped.out
    cli("config", "set", "model_fallback", "off")
    assert cli("models", "resolve", "gemini-3.5-flash-lite", "--as-client").status == 6


def test_resolve_an_unknown_id(cli: Cli) -> None:
    cli("models")
    result = cli("models", "resolve", "gemini-3-2-pro")
    assert result.status == 6
    assert "gemini-3-1-pro" in result.err
    assert "->" not in result.out


def test_resolve_without_a_catalogue_is_a_guess_and_asks_nobody(
    cli: Cli, fake_gateway: FakeGateway
) -> None:
    result = cli("models", "resolve", "gemini-3.1-pro")
    assert "gemini-3.1-pro -> gemini-3-1-pro (blind)" in result.out
    assert "guess" in result.err
    KeyStore(cli.env()).remove("work")
    assert cli("models", "resolve", "gemini-3.1-pro").status == 0
    assert fake_gateway.asked == []


def test_which_key_serves_a_model(cli: Cli, fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues["sk-byts-team-0001"] = ("claude-opus-4-8",)
    KeyStore(cli.env()).add(StoredKey("team", LLM, "claude-default", "sk-byts-team-0001"))
    result = cli("models", "which", "claude-opus-4.8", "--refresh")
    assert result.status == 0
    assert fake_gateway.asked == [(LLM, SECRET), (LLM, "sk-byts-team-0001")]
    lines = result.out.splitlines()
    assert lines[0].split() == ["KEY", "GROUP", "MODEL", "WHY"]
    assert lines[1].startswith("work *")
    assert lines[-1] == "claude-opus-4.8 -> claude-opus-4-8, with the key 'team'"
    document = json.loads(cli("models", "which", "claude-opus-4.8", "--json").out)
    assert (document["key"], document["group"]) == ("team", "claude-default")
    assert (document["served"], document["rule"]) == ("claude-opus-4-8", "normalised")
    assert [key["serves"] for key in document["keys"]] == [False, True]
    assert "sk-byts" not in json.dumps(document)


def test_which_key_when_none_does(cli: Cli, fake_gateway: FakeGateway) -> None:
    cli("models")
    assert cli("models", "which", "gemini-9").status == 6
    result = cli("models", "which", "gemini-9", "--json")
    assert result.status == 6
    assert json.loads(result.out)["key"] is None
    fake_gateway.failure = NetworkError("No route.")
    refreshed = cli("models", "which", "gemini-3.1-pro", "--refresh")
    assert refreshed.status == 0
    assert "work: No route." in refreshed.err


def test_which_key_by_a_guess(cli: Cli, fake_gateway: FakeGateway) -> None:
    result = cli("models", "which", "gemini-3.1-pro")
    assert "gemini-3.1-pro -> gemini-3-1-pro, with the key 'work'" in result.out
    assert "guess" in result.err
    assert fake_gateway.asked == []
