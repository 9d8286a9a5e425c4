"""Which of the user's keys reaches a model."""

from pathlib import Path

import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.reach import other_key
from bytespike_cli.context import Environment
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
