"""Which of the user's keys reaches a model."""

from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.config.reach import other_key, other_keys
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError
from tests.conftest import MakeEnv

ORIGIN = "https://llm.bytespike.ai"


@pytest.fixture
def env(make_env: MakeEnv) -> Environment:
    env = make_env()
    for name, models in (("gemini", ["gemini-3-1-pro"]), ("claude", ["claude-opus-4-8"])):
        secret = f"sk-byts-{name}"
        KeyStore(env).add(StoredKey(name=name, group=name, secret=secret, origin=ORIGIN))
        catalogue.save(env, Credential(name, name, secret, ORIGIN), models)
    reference = StoredKey(name="ref", group=None, secret_ref="env:NOWHERE", origin=ORIGIN)
    KeyStore(env).add(reference)
    return env


@pytest.mark.parametrize(
    ("asked", "but", "name"),
    [
        ("gemini-3.1-pro", "sk-byts-claude", "gemini"),
        ("gemini-3.1-pro", "sk-byts-gemini", None),
        ("claude-opus-4-8", "sk-byts-gemini", "claude"),
        ("gemini-9", "sk-byts-claude", None),
    ],
)
def test_another_stored_key(env: Environment, asked: str, but: str, name: str | None) -> None:
    assert other_key(env, asked, but=but) == name


def test_a_broken_store_is_no_help(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "bytespike" / "keys.toml").write_text("[[[")
    assert other_key(env, "gemini-3.1-pro", but="x") is None


def stored(env: Environment, name: str, **given: Any) -> None:
    KeyStore(env).add(StoredKey(name=name, **{"origin": ORIGIN, **given}))


def test_the_other_keys_of_the_same_gateway(env: Environment) -> None:
    stored(env, "elsewhere", secret="sk-byts-else", origin="http://127.0.0.1:8787")
    own = Credential("claude", "claude", "sk-byts-claude", ORIGIN)
    others = other_keys(env, resolve_settings(env), own)
    assert [other.name for other in others] == ["gemini", "ref"]
    gemini = others[0]
    assert (gemini.group, gemini.models) == ("gemini", ("gemini-3-1-pro",))
    assert gemini.opens_quietly
    assert gemini.open_secret() == "sk-byts-gemini"
    assert "sk-byts" not in repr(others)
    gemini.save_models(["gemini-4-pro"])
    again = other_keys(env, resolve_settings(env), own)
    assert again[0].models == ("gemini-4-pro",)


def test_a_program_is_run_only_when_its_key_is_needed(env: Environment, tmp_path: Path) -> None:
    witness = tmp_path / "was-asked"
    stored(env, "vault", secret_ref=f"command:sh -c 'touch {witness}; echo sk-byts-vault'")
    own = Credential("claude", "claude", "sk-byts-claude", ORIGIN)
    vault = other_keys(env, resolve_settings(env), own)[-1]
    assert (vault.name, vault.models, vault.opens_quietly) == ("vault", None, False)
    vault.save_models(["gemini-9"])
    assert other_keys(env, resolve_settings(env), own)[-1].models == ("gemini-9",)
    assert other_key(env, "gemini-9", but="sk-byts-claude") == "vault"
    assert not witness.exists()
    assert vault.open_secret() == "sk-byts-vault"
    assert witness.exists()


def test_a_key_whose_secret_is_not_there_raises_when_it_is_opened(env: Environment) -> None:
    own = Credential("claude", "claude", "sk-byts-claude", ORIGIN)
    ref = other_keys(env, resolve_settings(env), own)[-1]
    assert not ref.opens_quietly
    with pytest.raises(ConfigurationError):
        ref.open_secret()


def test_no_other_keys(env: Environment, tmp_path: Path) -> None:
    own = Credential("claude", "claude", "sk-byts-claude", ORIGIN)
    by_variable = Credential("BYTESPIKE_API_KEY", None, "sk-byts-ci", ORIGIN)
    assert other_keys(env, resolve_settings(env), by_variable) == ()
    (tmp_path / "bytespike" / "config.toml").write_text('key_routing = "off"')
    assert other_keys(env, resolve_settings(env), own) == ()
    (tmp_path / "bytespike" / "config.toml").unlink()
    (tmp_path / "bytespike" / "keys.toml").write_text("[[[")
    assert other_keys(env, resolve_settings(env), own) == ()
