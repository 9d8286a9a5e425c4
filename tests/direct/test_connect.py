from dataclasses import replace
from pathlib import Path

import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.config.reach import unopened
from bytespike_cli.context import Environment
from bytespike_cli.direct.connect import Connection, choose_from, connect
from bytespike_cli.errors import (
    AuthenticationError,
    ConfigurationError,
    NoKeyError,
    PermissionDeniedError,
    UnknownModelError,
    UsageError,
)
from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, GEMINI_KEY, GEMINI_TEXT
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeEnv, MakeSandbox


def to(
    server: SandboxServer, make_env: MakeEnv, key: str = GEMINI_KEY, **variables: str
) -> Connection:
    env = make_env(BYTESPIKE_API_KEY=key, BYTESPIKE_BASE_URL=server.origin, **variables)
    return connect(env, resolve_settings(env))


def asked(server: SandboxServer) -> list[str]:
    return [record.path for record in server.state.journal]


@pytest.mark.parametrize(
    ("wanted", "slug", "why"),
    [
        (None, "gemini-3-5-flash", "default"),
        ("gemini-3-1-pro", "gemini-3-1-pro", "as named"),
        ("models/gemini-3.1-pro-preview", "gemini-3-1-pro", "suffix"),
        ("pro", "gemini-3-1-pro", "alias"),
        ("mine", "gemini-2-5-flash", "alias"),
    ],
)
def test_choice(wanted: str | None, slug: str, why: str) -> None:
    choice = choose_from(wanted, GEMINI_TEXT, {"mine": "gemini-2.5-flash"})
    assert choice is not None
    assert choice.slug == slug
    assert why in choice.why


def test_choice_of_what_is_not_there() -> None:
    assert choose_from("gemini-9-ultra", GEMINI_TEXT, {}) is None
    assert choose_from("gemini-3.1-pro", None, {}) is not None
    assert choose_from(None, ["claude-opus-4-8"], {}) is None
    with pytest.raises(UsageError, match="No model is named"):
        choose_from(None, None, {})


@pytest.mark.parametrize(
    ("key", "cause", "fix"),
    [
        (CLAUDE_KEY, "no Gemini model (it reaches claude-opus-4-8,", "bytespike login"),
        (BY_NAME["nogroup-0001"].secret, "reaches no model at all", "bytespike login"),
    ],
)
def test_a_key_without_a_gemini_model_is_refused_when_none_is_named(
    sandbox: SandboxServer, make_env: MakeEnv, key: str, cause: str, fix: str
) -> None:
    with to(sandbox, make_env, key) as connection:
        with pytest.raises(PermissionDeniedError) as caught:
            connection.choose()
        assert caught.value.status == 5
        assert cause in caught.value.cause
        assert fix in caught.value.fix
        assert connection.choose("claude-opus-4-8").slug == "claude-opus-4-8"


def test_another_key_that_reaches_a_gemini_model_is_named(
    sandbox: SandboxServer, make_env: MakeEnv
) -> None:
    env = make_env()
    store = KeyStore(env)
    for name, secret in (("claude", CLAUDE_KEY), ("gemini", GEMINI_KEY)):
        store.add(StoredKey(name=name, origin=sandbox.origin, secret=secret))
    with connect(env, resolve_settings(env, key="gemini")) as connection:
        connection.models()
    with (
        connect(env, resolve_settings(env, key="claude")) as connection,
        pytest.raises(PermissionDeniedError) as caught,
    ):
        connection.choose()
    assert "--key gemini" in caught.value.fix


def test_two_variables_are_enough_and_the_catalogue_is_asked_for_once(
    sandbox: SandboxServer, make_env: MakeEnv
) -> None:
    with to(sandbox, make_env) as connection:
        assert connection.choose().slug == "gemini-3-5-flash"
    with to(sandbox, make_env, BYTESPIKE_MODEL="gemini-3.1-pro") as connection:
        assert connection.choose().slug == "gemini-3-1-pro"
        assert connection.choose("flash").slug == "gemini-3-5-flash"
    assert asked(sandbox) == ["/v1/models"]


def test_an_old_catalogue_is_fetched_again_before_a_model_is_unknown(
    sandbox: SandboxServer, make_env: MakeEnv
) -> None:
    with to(sandbox, make_env) as connection:
        catalogue.save(connection.env, connection.credential, ["gemini-2-5-flash"])
        assert connection.choose("gemini-3-1-pro").slug == "gemini-3-1-pro"
        with pytest.raises(UnknownModelError) as caught:
            connection.choose("gemini-3-1-flash")
    assert caught.value.status == 6
    assert "gemini-3-1-flash" in caught.value.cause
    assert "gemini-3-flash" in caught.value.fix
    assert "bytespike models" in caught.value.fix


def test_a_gateway_that_names_no_models_is_trusted(
    make_sandbox: MakeSandbox, make_env: MakeEnv
) -> None:
    server = make_sandbox(faults=["models/internal"])
    with to(server, make_env) as connection:
        connection.gateway._pause = lambda _: None
        assert connection.choose("gemini-3.1-pro").slug == "gemini-3-1-pro"


def test_no_key_and_a_bad_one(sandbox: SandboxServer, make_env: MakeEnv) -> None:
    env = make_env()
    with pytest.raises(NoKeyError):
        connect(env, resolve_settings(env))
    with (
        to(sandbox, make_env, "sk-byts-not-a-key") as connection,
        pytest.raises(AuthenticationError) as refused,
    ):
        connection.choose("gemini-3-1-pro")
    assert "set BYTESPIKE_API_KEY to it" in refused.value.fix


def test_a_proxy_that_cannot_be_used_is_named(make_env: MakeEnv) -> None:
    env = make_env(
        BYTESPIKE_API_KEY=GEMINI_KEY,
        BYTESPIKE_BASE_URL="https://gateway.invalid",
        HTTPS_PROXY="socks5://proxy:1080",
    )
    with (
        connect(env, resolve_settings(env)) as connection,
        pytest.raises(ConfigurationError, match="HTTPS_PROXY"),
    ):
        connection.choose()


def two_keys(sandbox: SandboxServer, env: Environment, *, learn: bool) -> None:
    store = KeyStore(env)
    for name, secret in (("gemini", GEMINI_KEY), ("claude", CLAUDE_KEY)):
        store.add(StoredKey(name=name, origin=sandbox.origin, group=name, secret=secret))
    if learn:
        with connect(env, resolve_settings(env, key="claude")) as connection:
            connection.models()


@pytest.mark.parametrize("learn", [True, False], ids=["catalogue known", "catalogue asked for"])
def test_a_model_that_another_key_reaches_is_asked_for_with_that_key(
    sandbox: SandboxServer, make_env: MakeEnv, learn: bool
) -> None:
    env = make_env()
    two_keys(sandbox, env, learn=learn)
    with connect(env, resolve_settings(env, model="claude-opus-4.8")) as connection:
        assert connection.credential.name == "gemini"
        choice = connection.choose()
        assert choice.slug == "claude-opus-4-8"
        assert choice.why.endswith("with the key 'claude' (group claude)")
        body = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}
        connection.gateway.generate(choice.slug, body)
        assert sandbox.state.journal[-1].key_name == "claude-0001"
        assert connection.choose("gemini-3-flash").slug == "gemini-3-flash"  # and back
        assert connection.credential.name == "gemini"


def test_key_routing_can_be_turned_off(
    sandbox: SandboxServer, make_env: MakeEnv, tmp_path: Path
) -> None:
    env = make_env()
    two_keys(sandbox, env, learn=True)
    (tmp_path / "bytespike" / "config.toml").write_text('key_routing = "off"')
    with (
        connect(env, resolve_settings(env)) as connection,
        pytest.raises(UnknownModelError) as unknown,
    ):
        connection.choose("claude-opus-4-8")
    assert "your key 'claude' reaches it: --key claude" in unknown.value.fix
    assert {record.key_name for record in list(sandbox.state.journal)[1:]} == {"gemini-0001"}


def test_a_key_of_another_gateway_is_never_used(sandbox: SandboxServer, make_env: MakeEnv) -> None:
    env = make_env()
    two_keys(sandbox, env, learn=True)
    claude = KeyStore(env).get("claude")
    KeyStore(env).add(replace(claude, origin="http://127.0.0.1:1"), replace=True)
    with connect(env, resolve_settings(env)) as connection, pytest.raises(UnknownModelError):
        connection.choose("claude-opus-4-8")


def test_a_key_that_cannot_be_opened_is_passed_over(
    sandbox: SandboxServer, make_env: MakeEnv
) -> None:
    env = make_env()
    two_keys(sandbox, env, learn=True)
    broken = StoredKey(name="broken", origin=sandbox.origin, secret_ref="command:false")
    KeyStore(env).add(broken)
    catalogue.save(env, unopened(env, broken), ["gemini-9"])
    with connect(env, resolve_settings(env)) as connection, pytest.raises(UnknownModelError):
        connection.choose("gemini-9")


def test_the_form_that_worked_is_begun_with_the_next_time(
    make_sandbox: MakeSandbox, make_env: MakeEnv
) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    for _ in range(2):
        with to(sandbox, make_env) as connection:
            connection.gateway.generate(
                "gemini-3-flash", {"contents": [{"parts": [{"text": "hi"}]}]}
            )
    seen = [r.auth_forms[0] for r in sandbox.state.journal if r.path.startswith("/v1beta/")]
    assert seen == ["x-goog-api-key", "?key=", "?key="]
