import shlex
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from bytespike_cli.config import secrets
from bytespike_cli.config.secrets import clean_secret, read_ref, split_ref, write_keyring
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import scrub


@pytest.mark.parametrize(
    ("pasted", "secret", "notes"),
    [
        ("sk-byts-abc", "sk-byts-abc", []),
        ("sk-byts-abc\n", "sk-byts-abc", []),
        ("sk-byts-abc\r\n", "sk-byts-abc", []),
        ("  sk-byts-abc ", "sk-byts-abc", ["Spaces or quotes"]),
        ('"sk-byts-abc"', "sk-byts-abc", ["Spaces or quotes"]),
        (" 'sk-byts-abc' \n", "sk-byts-abc", ["Spaces or quotes"]),
        ("“sk-byts-abc”", "sk-byts-abc", ["Spaces or quotes"]),
        ("\ufeffsk-byts-abc\u200b", "sk-byts-abc", ["Spaces or quotes"]),
        ("my-own-key", "my-own-key", ["does not begin with sk-byts-"]),
    ],
)
def test_what_stuck_to_a_key_is_removed_and_said(
    pasted: str, secret: str, notes: list[str]
) -> None:
    clean = clean_secret(pasted)
    assert clean.secret == secret
    assert len(clean.notes) == len(notes)
    assert all(words in note for words, note in zip(notes, clean.notes, strict=True))
    assert secret not in repr(clean)


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("''", "empty"),
        ("sk-byts-one\nsk-byts-two", "more than one line"),
        ("sk-byts-a b", "space"),
        ("sk-byts-ä", "no HTTP header"),
        ("sk-byts-\x1b[200~", "no HTTP header"),
    ],
)
def test_what_cannot_be_a_key_is_refused_unrepeated(pasted: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as refused:
        clean_secret(pasted)
    assert "sk-byts-" not in refused.value.cause + refused.value.detail


def test_a_google_key_is_only_taken_by_force() -> None:
    with pytest.raises(ConfigurationError, match="Google key") as refused:
        clean_secret("AIzaSyHidden00000")
    assert "Hidden" not in refused.value.cause + refused.value.fix
    assert clean_secret("AIzaSyHidden00000", allow_google=True).secret == "AIzaSyHidden00000"


@pytest.mark.parametrize(
    "ref", ["", "env", "env:", "env: ", "file:x", "keyring:x", "keyring:/x", "x"]
)
def test_references_that_are_none(ref: str) -> None:
    with pytest.raises(ConfigurationError):
        split_ref(ref)


def test_from_a_variable(new_env: Callable[..., Environment]) -> None:
    assert read_ref(new_env(MY_KEY="custom-from-variable"), "env:MY_KEY") == "custom-from-variable"
    assert "custom-from-variable" not in scrub("custom-from-variable")
    with pytest.raises(ConfigurationError, match="MY_KEY, which is not set"):
        read_ref(new_env(), "env:MY_KEY")


def command(code: str) -> str:
    return "command:" + shlex.join([sys.executable, "-c", code])


def test_from_the_first_line_of_a_command(env: Environment) -> None:
    assert read_ref(env, command("print('sk-byts-1'); print('note')")).strip() == "sk-byts-1"


def test_a_command_runs_without_a_shell_and_without_our_stdin(env: Environment) -> None:
    code = "import sys; print(sys.argv[1:], sys.stdin.read())"
    assert read_ref(env, command(code) + " '$HOME;' `id`").strip() == "['$HOME;', '`id`']"


@pytest.mark.parametrize(
    ("ref", "words", "detail"),
    [
        (command("import sys; sys.exit('a\\nlocked')"), "exit status 1", "locked"),
        (command("pass"), "gave none", ""),
        ("command:/nonexistent/pass show x", "cannot be run", "No such file"),
        ("command:echo 'unclosed", "cannot be run", "quotation"),
    ],
)
def test_a_command_that_fails(env: Environment, ref: str, words: str, detail: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as failed:
        read_ref(env, ref)
    assert detail in failed.value.detail


def test_a_command_that_does_not_end(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT_S", 0.1)
    with pytest.raises(ConfigurationError, match="did not end within"):
        read_ref(env, command("import signal; signal.pause()"))


def use_keyring(monkeypatch: pytest.MonkeyPatch, **functions: object) -> None:
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(**functions))


def test_to_and_from_the_keyring(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[tuple[str, str], str] = {}
    use_keyring(
        monkeypatch,
        set_password=lambda service, name, secret: kept.__setitem__((service, name), secret),
        get_password=lambda service, name: kept.get((service, name)),
    )
    write_keyring("keyring:byte/spike/work", "sk-byts-1")
    assert kept == {("byte/spike", "work"): "sk-byts-1"}
    assert read_ref(env, "keyring:byte/spike/work") == "sk-byts-1"
    with pytest.raises(ConfigurationError, match="no entry 'home' of service 'bytespike'"):
        read_ref(env, "keyring:bytespike/home")


def test_a_keyring_that_fails(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_service: str, _name: str) -> str:
        raise RuntimeError("the vault is locked")

    use_keyring(monkeypatch, get_password=locked)
    with pytest.raises(ConfigurationError, match="keyring failed") as failed:
        read_ref(env, "keyring:bytespike/work")
    assert "the vault is locked" in failed.value.detail


def test_a_keyring_that_never_answers(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(secrets, "KEYRING_TIMEOUT_S", 0.05)
    use_keyring(monkeypatch, get_password=lambda _service, _name: released.wait(30))
    try:
        with pytest.raises(ConfigurationError, match="did not answer within"):
            read_ref(env, "keyring:bytespike/work")
    finally:
        released.set()


def test_no_keyring_package(env: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigurationError, match="not installed") as failed:
        read_ref(env, "keyring:bytespike/work")
    assert "bytespike[keyring]" in failed.value.fix
