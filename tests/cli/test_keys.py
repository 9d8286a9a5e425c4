import json

import pytest

from bytespike_cli.config.keystore import KeyStore

from .conftest import Cli, FakeGateway

LLM = "https://llm.bytespike.ai"
SECRETS = {"work": "sk-byts-hidden-0001", "home": "sk-byts-hidden-0002"}
GROUPS = {"work": "gemini-default", "home": "claude-default"}


@pytest.fixture(autouse=True)
def _two_keys(cli: Cli, fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues = {
        SECRETS["work"]: ("gemini-3-1-pro", "gemini-3-flash"),
        SECRETS["home"]: ("claude-sonnet-4-5",),
    }
    for name, secret in SECRETS.items():
        added = cli("keys", "add", name, "--key-stdin", "--group", GROUPS[name], stdin=secret)
        assert added.status == 0


def store(cli: Cli) -> KeyStore:
    return KeyStore(cli.env())


def test_list(cli: Cli) -> None:
    result = cli("keys", "list")
    assert [line.split() for line in result.out.splitlines()] == [
        ["NAME", "GROUP", "KEY", "GATEWAY", "MODELS"],
        ["*", "work", "gemini-default", "sk-byts-…01", LLM, "2"],
        ["home", "claude-default", "sk-byts-…02", LLM, "1"],
    ]
    assert "hidden" not in result.out


def test_list_as_json(cli: Cli) -> None:
    first, second = json.loads(cli("keys", "list", "--json").out)["keys"]
    assert first == {
        "name": "work",
        "group": "gemini-default",
        "key": "sk-byts-…01",
        "origin": LLM,
        "default": True,
        "added_at": "2025-10-09T08:53:20+00:00",
        "models": 2,
    }
    assert (second["name"], second["default"]) == ("home", False)


def test_an_empty_list(cli: Cli) -> None:
    for name in SECRETS:
        cli("keys", "remove", name, "--yes")
    empty = cli("keys", "list")
    assert (empty.status, empty.out) == (0, "")
    assert "bytespike login" in empty.err
    assert json.loads(cli("keys", "list", "--json").out) == {"keys": []}


def test_listing_opens_no_secret_that_is_kept_elsewhere(cli: Cli) -> None:
    cli("keys", "add", "far", "--secret-ref", "env:FAR", "--no-verify")
    cli.variables["FAR"] = "sk-byts-hidden-0003"
    assert cli("keys", "add", "far", "--secret-ref", "env:FAR", "--no-verify").status == 0
    del cli.variables["FAR"]
    assert cli("keys", "list").out.splitlines()[-1].split() == ["far", "-", "env:FAR", LLM, "-"]


def test_use(cli: Cli) -> None:
    result = cli("keys", "use", "home")
    assert result.status == 0
    assert store(cli).default == "home"
    assert "warning" not in result.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"BYTESPIKE_API_KEY": "sk-byts-hidden"}, "BYTESPIKE_API_KEY is set"),
        ({"BYTESPIKE_KEY": "work"}, "$BYTESPIKE_KEY sets the key 'work'"),
        ({"BYTESPIKE_GROUP": "g"}, "$BYTESPIKE_GROUP sets the group 'g'"),
    ],
)
def test_use_says_what_outranks_the_choice(cli: Cli, variables: dict[str, str], words: str) -> None:
    cli.variables.update(variables)
    assert words in cli("keys", "use", "home").err


def test_show(cli: Cli) -> None:
    result = cli("keys", "show", "work")
    assert "group:      gemini-default\n" in result.out
    assert "default:    yes\n" in result.out
    assert "hidden" not in result.out
    assert json.loads(cli("keys", "show", "work", "--json").out)["name"] == "work"


def test_verify(cli: Cli, fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues[SECRETS["work"]] = ("gemini-4-pro",)
    result = cli("keys", "verify", "--json")
    assert json.loads(result.out) == {"name": "work", "origin": LLM, "models": ["gemini-4-pro"]}
    assert cli("models").out == "gemini-4-pro\n"
    assert cli("keys", "verify", "home").status == 0
    del fake_gateway.catalogues[SECRETS["home"]]
    assert cli("keys", "verify", "home").status == 4


def test_rename(cli: Cli) -> None:
    assert cli("keys", "rename", "work", "job").status == 0
    assert [key.name for key in store(cli).keys()] == ["job", "home"]  # noqa: SIM118
    assert store(cli).default == "job"


def test_remove_asks(cli: Cli) -> None:
    assert cli("keys", "remove", "work").status == 2
    declined = cli("keys", "remove", "work", stdin="n\n", terminal=True)
    assert (declined.status, store(cli).default) == (0, "work")
    removed = cli("keys", "remove", "work", stdin="y\n", terminal=True)
    assert removed.status == 0
    assert "revoke it in the console" in removed.err
    assert store(cli).default == "home"


def test_remove_forgets_the_catalogue_too(cli: Cli) -> None:
    for name in SECRETS:
        cli("keys", "remove", name, "--yes")
    assert not [path for path in (cli.config / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("act", ["use", "show", "verify", "remove"])
def test_an_absent_key(cli: Cli, act: str) -> None:
    result = cli("keys", act, "wrok")
    assert result.status == 3
    assert "did you mean 'work'?" in result.err


def test_add_needs_a_free_name(cli: Cli) -> None:
    result = cli("keys", "add", "work", "--key-stdin", stdin=SECRETS["home"])
    assert result.status == 3
    assert store(cli).get("work").secret == SECRETS["work"]
