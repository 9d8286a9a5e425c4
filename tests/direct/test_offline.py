import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.direct.connect import connect
from bytespike_cli.direct.offline import aim
from bytespike_cli.errors import PermissionDeniedError, UnknownModelError, UsageError
from tests.conftest import MakeEnv

ORIGIN = "http://127.0.0.1:1"
"""Nobody is there: whatever is asked would fail."""


def test_without_a_key_the_settings_say_where(make_env: MakeEnv) -> None:
    env = make_env(BYTESPIKE_BASE_URL=ORIGIN)
    target = aim(env, resolve_settings(env, model="gemini-3.1-pro-preview"))
    assert (target.origin, target.slug) == (ORIGIN, "gemini-3-1-pro")
    with pytest.raises(UsageError, match="No model is named"):
        aim(env, resolve_settings(env))


def test_with_a_key_its_cached_catalogue_counts(make_env: MakeEnv) -> None:
    env = make_env(BYTESPIKE_BASE_URL=ORIGIN, BYTESPIKE_API_KEY="sk-byts-x-0001")
    with connect(env, resolve_settings(env)) as connection:
        catalogue.save(env, connection.credential, ["gemini-2-5-flash"])
    assert aim(env, resolve_settings(env)).slug == "gemini-2-5-flash"
    with pytest.raises(UnknownModelError, match="gemini-3-1-pro"):
        aim(env, resolve_settings(env, model="gemini-3-1-pro"))


def test_no_program_is_run_for_a_secret(make_env: MakeEnv, tmp_path_factory: object) -> None:
    env = make_env()
    ran = env.home / "ran"
    KeyStore(env).add(StoredKey("pass", ORIGIN, secret_ref=f"command:touch {ran}"))
    assert aim(env, resolve_settings(env, model="gemini-3-1-pro")).origin == ORIGIN
    assert not ran.exists()


def test_a_key_without_a_gemini_model_has_no_default(make_env: MakeEnv) -> None:
    env = make_env(BYTESPIKE_BASE_URL=ORIGIN, BYTESPIKE_API_KEY="sk-byts-x-0001")
    with connect(env, resolve_settings(env)) as connection:
        catalogue.save(env, connection.credential, ["claude-opus-4-8"])
    with pytest.raises(PermissionDeniedError, match="claude-opus-4-8"):
        aim(env, resolve_settings(env))
