import json
from collections.abc import Callable

import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.errors import AuthenticationError, NetworkError

from .conftest import NOW, Cli, FakeGateway

SECRET, OTHER = "sk-byts-hidden-0001", "custom-hidden-0002"
TEXT = ("gemini-3-1-pro", "gemini-3-flash")
LLM = "https://llm.bytespike.ai"

TypeSecret = Callable[[str], None]


@pytest.fixture(autouse=True)
def _gateway(fake_gateway: FakeGateway) -> None:
    fake_gateway.catalogues = {
        SECRET: TEXT,
        OTHER: ("claude-sonnet-4-5",),
        "AIzaSyHidden0001": TEXT,
    }


def stored(cli: Cli) -> list[StoredKey]:
    return KeyStore(cli.env()).keys()


def test_guided_on_a_terminal(cli: Cli, type_secret: TypeSecret) -> None:
    type_secret(f' "{SECRET}" ')
    result = cli("login", stdin="\n", terminal=True)
    assert result.status == 0
    assert stored(cli) == [StoredKey("default", LLM, "gemini-default", SECRET, None, NOW)]
    assert "https://console.bytespike.ai/keys" in result.err
    assert "Spaces or quotes around the key were removed" in result.err
    assert "[gemini-default]: " in result.err
    assert "reaches 2 models: gemini-3-1-pro, gemini-3-flash" in result.err
    assert "Next: bytespike gemini chat" in result.err
    assert "hidden" not in result.err + result.out


def test_piped(cli: Cli, fake_gateway: FakeGateway) -> None:
    result = cli("login", "--key-stdin", "--group", "g", stdin=f"{SECRET}\n")
    assert result.status == 0
    assert stored(cli) == [StoredKey("default", LLM, "g", SECRET, None, NOW)]
    assert fake_gateway.asked == [(LLM, SECRET)]
    assert result.out == ""


def test_without_a_group_none_is_invented(cli: Cli) -> None:
    cli("login", "--key-stdin", stdin=SECRET)
    assert stored(cli)[0].group is None


def test_as_json(cli: Cli) -> None:
    result = cli("login", "--key-stdin", "--name", "work", "--json", stdin=SECRET)
    assert json.loads(result.out) == {
        "name": "work",
        "group": None,
        "key": "sk-byts-…01",
        "origin": LLM,
        "default": True,
        "verified": True,
        "models": list(TEXT),
        "stored_in": str(cli.config / "keys.toml"),
    }
    assert result.err == ""


def test_the_catalogue_is_learned(cli: Cli, fake_gateway: FakeGateway) -> None:
    cli("login", "--key-stdin", stdin=SECRET)
    fake_gateway.failure = NetworkError("down")
    assert cli("models").out == "gemini-3-1-pro\ngemini-3-flash\n"


def test_a_key_is_bound_to_the_gateway_it_was_checked_at(
    cli: Cli, fake_gateway: FakeGateway
) -> None:
    cli("login", "--key-stdin", "--base-url", "localhost:8787/v1beta", stdin=SECRET)
    assert fake_gateway.asked == [("http://localhost:8787", SECRET)]
    assert stored(cli)[0].origin == "http://localhost:8787"
    refused = cli("--base-url", "https://evil.example", "models")
    assert refused.status == 3
    assert len(fake_gateway.asked) == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [(AuthenticationError("The key is wrong."), 4), (NetworkError("No route."), 9)],
)
def test_what_is_not_accepted_is_not_stored(
    cli: Cli, fake_gateway: FakeGateway, failure: AuthenticationError | NetworkError, status: int
) -> None:
    fake_gateway.failure = failure
    result = cli("login", "--key-stdin", stdin=SECRET)
    assert result.status == status
    assert failure.cause in result.err
    assert ("--no-verify" in result.err) is (status == 9)
    assert not (cli.config / "keys.toml").exists()


def test_unverified_on_request(cli: Cli, fake_gateway: FakeGateway) -> None:
    result = cli("login", "--key-stdin", "--no-verify", stdin=SECRET)
    assert result.status == 0
    assert fake_gateway.asked == []
    assert "bytespike keys verify default" in result.err


def test_a_key_that_reaches_nothing_is_stored_with_a_warning(
    cli: Cli, fake_gateway: FakeGateway
) -> None:
    fake_gateway.catalogues[SECRET] = ()
    result = cli("login", "--key-stdin", stdin=SECRET)
    assert result.status == 0
    assert "reaches no model" in result.err


def test_a_key_without_a_gemini_model_is_stored_with_a_warning(
    cli: Cli, fake_gateway: FakeGateway
) -> None:
    fake_gateway.catalogues[SECRET] = ("claude-opus-4-8",)
    assert "reaches no Gemini model" in cli("login", "--key-stdin", stdin=SECRET).err
    fake_gateway.catalogues[SECRET] = ("claude-opus-4-8", "gemini-3-flash")
    again = cli("login", "--key-stdin", stdin=SECRET)
    assert again.status == 0
    assert "no Gemini model" not in again.err


def test_no_terminal_and_no_pipe_is_usage(cli: Cli) -> None:
    for arguments in (["login"], ["login", "--no-input"]):
        result = cli(*arguments, stdin=SECRET, terminal="--no-input" in arguments)
        assert result.status == 2
        assert "--key-stdin" in result.err


@pytest.mark.parametrize("option", ["--key", "--name"])
def test_a_key_as_an_argument_is_refused(cli: Cli, fake_gateway: FakeGateway, option: str) -> None:
    result = cli("login", option, SECRET, "--key-stdin", stdin=SECRET)
    assert result.status == 2
    assert "hidden" not in result.err
    assert fake_gateway.asked == []


def test_a_google_key_is_sent_nowhere_without_force(cli: Cli, fake_gateway: FakeGateway) -> None:
    result = cli("login", "--key-stdin", stdin="AIzaSyHidden0001")
    assert result.status == 3
    assert "Hidden" not in result.err
    assert fake_gateway.asked == []
    assert cli("login", "--key-stdin", "--force", stdin="AIzaSyHidden0001").status == 0
    assert stored(cli)[0].force
    assert cli("keys", "verify").status == 0


def test_an_unusual_key_is_taken_with_a_warning(cli: Cli) -> None:
    result = cli("login", "--key-stdin", stdin=OTHER)
    assert result.status == 0
    assert "does not begin with sk-byts-" in result.err


@pytest.mark.parametrize(("stdin", "words"), [("", "empty"), (f"{SECRET}\n{OTHER}\n", "one line")])
def test_bad_pipes(cli: Cli, stdin: str, words: str) -> None:
    result = cli("login", "--key-stdin", stdin=stdin)
    assert result.status == 3
    assert words in result.err


def test_a_taken_name_is_not_overwritten_in_silence(cli: Cli) -> None:
    cli("login", "--key-stdin", stdin=SECRET)
    refused = cli("login", "--key-stdin", stdin=OTHER)
    assert refused.status == 3
    assert "--replace" in refused.err
    assert [key.secret for key in stored(cli)] == [SECRET]
    assert cli("login", "--key-stdin", "--group", "g", stdin=SECRET).status == 0
    assert [(key.secret, key.group) for key in stored(cli)] == [(SECRET, "g")]
    assert cli("login", "--key-stdin", "--replace", stdin=OTHER).status == 0
    assert [key.secret for key in stored(cli)] == [OTHER]


def test_a_second_key_on_a_terminal(cli: Cli, type_secret: TypeSecret) -> None:
    cli("login", "--key-stdin", stdin=SECRET)
    type_secret(OTHER)
    answers = {"group": "", "name": "", "use from now on": "n"}
    result = cli("login", stdin="\n".join([*answers.values(), ""]), terminal=True)
    assert result.status == 0
    store = KeyStore(cli.env())
    assert store.default == "default"
    assert store.get("claude-default").group == "claude-default"
    assert "The default is still 'default'" in result.err


def test_replacing_is_asked_on_a_terminal(cli: Cli, type_secret: TypeSecret) -> None:
    cli("login", "--key-stdin", stdin=SECRET)
    type_secret(OTHER)
    refused = cli("login", "--name", "default", stdin="\nn\n", terminal=True)
    assert refused.status == 3
    assert stored(cli)[0].secret == SECRET
    assert cli("login", "--name", "default", stdin="\ny\n", terminal=True).status == 0
    assert stored(cli)[0].secret == OTHER


def test_a_key_kept_in_a_variable(cli: Cli, fake_gateway: FakeGateway) -> None:
    cli.variables["MINE"] = SECRET
    assert cli("login", "--secret-ref", "env:MINE").status == 0
    assert fake_gateway.asked == [(LLM, SECRET)]
    assert stored(cli)[0].secret_ref == "env:MINE"
    assert "hidden" not in (cli.config / "keys.toml").read_text()
    assert cli("models").out == "gemini-3-1-pro\ngemini-3-flash\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--secret-ref", "nowhere:x"], 3),
        (["--secret-ref", "env:ABSENT"], 3),
        (["--secret-ref", "env:MINE", "--key-stdin"], 2),
    ],
)
def test_references_that_do_not_work(cli: Cli, arguments: list[str], status: int) -> None:
    assert cli("login", *arguments, stdin=SECRET).status == status
    assert not (cli.config / "keys.toml").exists()


def test_a_key_put_into_the_keyring(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}

    class Keyring:
        @staticmethod
        def set_password(service: str, name: str, secret: str) -> None:
            kept[service, name] = secret

        @staticmethod
        def get_password(service: str, name: str) -> str | None:
            return kept.get((service, name))

    monkeypatch.setitem(__import__("sys").modules, "keyring", Keyring)
    arguments = ("login", "--secret-ref", "keyring:bytespike/work", "--key-stdin")
    assert cli(*arguments, stdin=SECRET).status == 0
    assert kept == {("bytespike", "work"): SECRET}
    assert "hidden" not in (cli.config / "keys.toml").read_text()
    assert cli("keys", "verify").status == 0


def test_a_broken_store_is_left_alone(cli: Cli) -> None:
    cli.config.mkdir()
    (cli.config / "keys.toml").write_text("[keys\n")
    result = cli("login", "--key-stdin", stdin=SECRET)
    assert result.status == 3
    assert "keys.toml, line 1" in result.err
    assert (cli.config / "keys.toml").read_text() == "[keys\n"


def test_a_question_left_with_ctrl_d(cli: Cli, type_secret: TypeSecret) -> None:
    type_secret(SECRET)
    assert cli("login", stdin="", terminal=True).status == 130
    assert not (cli.config / "keys.toml").exists()
