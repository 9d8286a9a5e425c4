"""The parts of a client's environment that all clients share."""

from pathlib import Path

import pytest

from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.launch.environment import past_proxies, private, without_secrets
from tests.conftest import MakeEnv


def test_every_variable_with_a_real_key_is_left_out(make_env: MakeEnv) -> None:
    env = make_env(
        BYTESPIKE_API_KEY="sk-byts-of-the-run",
        WORK_KEY="sk-byts-kept-in-a-variable",
        OTHER="Bearer sk-byts-stored",
        GEMINI_API_KEY="sk-byts-of-the-run",
        HOME="/h",
    )
    store = KeyStore(env)
    origin = "https://llm.bytespike.ai"
    store.add(StoredKey(name="a", group=None, secret_ref="env:WORK_KEY", origin=origin))
    store.add(StoredKey(name="b", group=None, secret="sk-byts-stored", origin=origin))
    kept = without_secrets(env, "sk-byts-of-the-run")
    assert set(kept) == {"HOME", "BYTESPIKE_CONFIG_DIR"}


def test_a_broken_store_does_not_keep_the_key_in(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env(BYTESPIKE_API_KEY="sk-byts-of-the-run", HOME="/h")
    (tmp_path / "bytespike").mkdir()
    (tmp_path / "bytespike" / "keys.toml").write_text("[[[")
    assert "BYTESPIKE_API_KEY" not in without_secrets(env)


def test_a_short_key_is_sought_as_a_whole_value_alone(make_env: MakeEnv) -> None:
    assert private(make_env(A="abc", B="xabcx", C=""), "abc") == ["A"]
    assert private(make_env(A="", B="x"), "") == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "corp, localhost"}, "corp,localhost,127.0.0.1,::1"),
        ({"no_proxy": "corp"}, "corp,127.0.0.1,localhost,::1"),
    ],
)
def test_loopback_goes_past_every_proxy(variables: dict[str, str], expected: str) -> None:
    assert past_proxies(variables) == {"NO_PROXY": expected, "no_proxy": expected}
