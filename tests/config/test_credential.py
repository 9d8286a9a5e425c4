from collections.abc import Callable

import pytest

from bytespike_cli.config.credential import Credential, choose_key, select_credential
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import config_path, resolve_settings
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError, NoKeyError
from bytespike_cli.redact import scrub

NewEnv = Callable[..., Environment]

REAL, LOCAL = "https://llm.bytespike.ai", "http://127.0.0.1:8787"


def store(env: Environment, *keys: tuple[str, str | None, str]) -> None:
    for name, group, origin in keys:
        KeyStore(env).add(StoredKey(name, origin, group, f"sk-byts-of-{name}"))


THREE = (("work", "gemini-default", REAL), ("home", "claude-default", REAL), ("box", None, LOCAL))


def chosen(env: Environment, **flags: str) -> tuple[str, str]:
    key = choose_key(env, resolve_settings(env, **flags))
    return key.name, key.origin


def test_variables_alone_are_enough(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_API_KEY=" ci-custom-key\n", BYTESPIKE_BASE_URL="LOCALHOST:9/v1beta")
    credential = select_credential(env, resolve_settings(env))
    assert credential == Credential(
        "BYTESPIKE_API_KEY",
        None,
        "ci-custom-key",
        "http://localhost:9",
        "env:BYTESPIKE_API_KEY",
    )
    assert "ci-custom-key" not in repr(credential)
    assert scrub("ci-custom-key") == "[redacted]"


def test_no_key_anywhere(env: Environment) -> None:
    with pytest.raises(NoKeyError) as missing:
        select_credential(env, resolve_settings(env))
    assert missing.value.status == 3
    for words in ("console.bytespike.ai/keys", "bytespike login", "bytespike sandbox try"):
        assert words in missing.value.fix


def test_the_variable_outranks_the_stored_keys_but_no_flag(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_API_KEY="sk-byts-ci", BYTESPIKE_KEY="home")
    store(env, *THREE)
    assert chosen(env) == ("BYTESPIKE_API_KEY", REAL)
    assert chosen(env, key="work") == ("work", REAL)
    assert chosen(env, group="claude-default") == ("home", REAL)


def test_an_empty_variable_is_an_unset_one(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_API_KEY="  ")
    store(env, *THREE)
    assert chosen(env) == ("work", REAL)


def test_default_name_group(new_env: NewEnv) -> None:
    env = new_env()
    store(env, *THREE)
    KeyStore(env).use("home")
    assert chosen(env) == ("home", REAL)
    assert chosen(env, key="work") == ("work", REAL)
    assert chosen(env, group="gemini-default") == ("work", REAL)
    assert chosen(new_env(BYTESPIKE_GROUP="gemini-default")) == ("work", REAL)
    assert chosen(new_env(BYTESPIKE_KEY="box")) == ("box", LOCAL)


def test_the_stronger_of_key_and_group_decides(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_KEY="home")
    store(env, *THREE)
    assert chosen(env, group="gemini-default") == ("work", REAL)
    assert chosen(new_env(BYTESPIKE_GROUP="claude-default"), key="work") == ("work", REAL)
    with pytest.raises(ConfigurationError, match="'work' is of group 'gemini-default'"):
        chosen(env, key="work", group="claude-default")
    assert chosen(env, key="work", group="gemini-default") == ("work", REAL)


def test_several_keys_of_a_group_prefer_the_default(env: Environment) -> None:
    store(env, ("a", "g", REAL), ("b", "g", REAL))
    assert chosen(env, group="g") == ("a", REAL)
    KeyStore(env).use("b")
    assert chosen(env, group="g") == ("b", REAL)


def test_an_unknown_name_or_group(env: Environment) -> None:
    store(env, *THREE)
    with pytest.raises(ConfigurationError, match="did you mean 'work'"):
        chosen(env, key="wrok")
    with pytest.raises(NoKeyError, match="No stored key is of group 'x'") as missing:
        chosen(env, group="x")
    assert "claude-default, gemini-default" in missing.value.detail


def test_a_group_that_was_never_noted(env: Environment) -> None:
    KeyStore(env).add(StoredKey("work", REAL, None, "sk-byts-of-work"))
    note = "bytespike login --name work --group g --replace"
    with pytest.raises(NoKeyError, match="No stored key is of group 'g'") as missing:
        chosen(env, group="g")
    assert "its group is not noted" in missing.value.fix
    assert note in missing.value.fix
    with pytest.raises(ConfigurationError, match="group is not noted") as unknown:
        chosen(env, key="work", group="g")
    assert unknown.value.fix == note


def test_several_keys_and_no_default(env: Environment) -> None:
    store(env, *THREE)
    KeyStore(env).remove("work")
    with pytest.raises(ConfigurationError, match=r"Several keys are stored \(home, box\)"):
        chosen(env)


def test_a_stored_key_goes_to_the_origin_it_was_stored_for(env: Environment) -> None:
    store(env, ("box", None, LOCAL))
    assert chosen(env) == ("box", LOCAL)


@pytest.mark.parametrize("how", ["flag", "variable", "file"])
@pytest.mark.parametrize("name", [None, "work"])
def test_a_stored_key_is_sent_to_no_other_origin(
    new_env: NewEnv, how: str, name: str | None
) -> None:
    env = new_env(BYTESPIKE_BASE_URL="https://evil.example") if how == "variable" else new_env()
    store(env, ("work", None, REAL))
    if how == "file":
        config_path(env).write_text('base_url = "https://evil.example"\n')
    base_url = "https://evil.example" if how == "flag" else None
    settings = resolve_settings(env, key=name, base_url=base_url)
    with pytest.raises(ConfigurationError, match="is not sent to https://evil") as refused:
        select_credential(env, settings)
    assert "bytespike login --base-url https://evil.example" in refused.value.fix


def test_a_configured_origin_finds_its_own_key(env: Environment) -> None:
    store(env, *THREE)
    assert chosen(env, base_url=LOCAL) == ("box", LOCAL)
    assert chosen(env, base_url=REAL) == ("work", REAL)


def test_a_google_key_is_not_sent_unless_stored_by_force(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_API_KEY="AIzaSyHidden0000")
    with pytest.raises(ConfigurationError, match=r"'BYTESPIKE_API_KEY' is not used.*Google"):
        select_credential(env, resolve_settings(env))
    env = new_env(MINE="AIzaSyHidden0000")
    for name, force in (("plain", False), ("forced", True)):
        KeyStore(env).add(StoredKey(name, REAL, secret_ref="env:MINE", force=force))
    with pytest.raises(ConfigurationError, match="Google"):
        select_credential(env, resolve_settings(env, key="plain"))
    credential = select_credential(env, resolve_settings(env, key="forced"))
    assert credential.secret == "AIzaSyHidden0000"


def test_choosing_opens_no_secret(env: Environment) -> None:
    KeyStore(env).add(StoredKey("work", REAL, secret_ref="command:/nonexistent/pass"))
    assert chosen(env) == ("work", REAL)
    with pytest.raises(ConfigurationError, match="cannot be run"):
        select_credential(env, resolve_settings(env))
