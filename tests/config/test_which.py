"""Which key serves a model, and why the others do not."""

from collections.abc import Callable

import pytest

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import choose_key
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.config.reach import unopened
from bytespike_cli.config.which import KeyReach, which_keys
from bytespike_cli.context import Environment

ORIGIN = "https://llm.bytespike.ai"
GEMINI = ("gemini-3-1-pro", "gemini-3-5-flash")
CLAUDE = ("claude-opus-4-8",)


@pytest.fixture(autouse=True)
def _store(env: Environment) -> None:
    for name, origin, models in (
        ("work", ORIGIN, GEMINI),
        ("team", ORIGIN, CLAUDE),
        ("second", ORIGIN, (*GEMINI, *CLAUDE)),
        ("new", ORIGIN, None),
        ("empty", ORIGIN, ()),
        ("local", "http://127.0.0.1:8787", (*GEMINI, *CLAUDE)),
    ):
        key = StoredKey(name=name, origin=origin, group=f"{name}-group", secret=f"sk-byts-{name}")
        KeyStore(env).add(key)
        if models is not None:
            catalogue.save(env, unopened(env, key), models)


def which(env: Environment, asked: str, *, by_client: bool = False) -> dict[str, KeyReach]:
    settings = resolve_settings(env)
    found = which_keys(env, settings, choose_key(env, settings), asked, by_client=by_client)
    assert found[0].in_use
    assert sum(key.serves for key in found) <= 1
    return {key.name: key for key in found}


def test_the_key_of_this_run_comes_first(env: Environment) -> None:
    found = which(env, "gemini-3.1-pro-preview")
    work = found["work"]
    assert (work.serves, work.group, work.reached) == (True, "work-group", "gemini-3-1-pro")
    assert work.rule == "suffix"
    assert found["second"].why == "reaches it, but 'work' comes first"
    assert found["team"].why == "not among its 1 model"
    assert found["new"].why == "its models are not known yet: bytespike models --key new"
    assert found["empty"].why == "it reaches no model"
    assert found["local"].why == f"stored for http://127.0.0.1:8787, and never sent to {ORIGIN}"


def test_another_key_serves_what_this_one_does_not_reach(env: Environment) -> None:
    found = which(env, "claude-opus-4.8")
    assert found["team"].serves
    assert found["team"].why.startswith("serves it: ")
    assert found["work"].reached is None
    assert found["second"].why == "reaches it, but 'team' comes first"


def test_routing_that_is_off(env: Environment) -> None:
    (env.paths.config / "config.toml").write_text('key_routing = "off"')
    found = which(env, "claude-opus-4-8")
    assert not any(key.serves for key in found.values())
    assert found["team"].why == "reaches it, but key_routing is off: --key team"


def test_a_key_in_a_variable_is_used_instead_of_the_stored_ones(
    new_env: Callable[..., Environment],
) -> None:
    env = new_env(BYTESPIKE_API_KEY="sk-byts-ci", BYTESPIKE_BASE_URL=ORIGIN)
    settings = resolve_settings(env)
    own = choose_key(env, settings)
    refreshed = {own.name: GEMINI}
    found = which_keys(env, settings, own, "claude-opus-4-8", refreshed=refreshed)
    assert not any(key.serves for key in found)
    assert "used instead of the stored keys" in {key.name: key for key in found}["team"].why


def test_an_id_that_a_client_chose_stays_with_the_key_of_this_run(env: Environment) -> None:
    assert not any(key.serves for key in which(env, "gemini-3.8-flash").values())
    found = which(env, "gemini-3.8-flash", by_client=True)
    assert (found["work"].serves, found["work"].rule) == (True, "nearest")


def test_a_model_that_nobody_knows(env: Environment) -> None:
    found = which(env, "gemini-3-2-pro")
    assert not any(key.serves for key in found.values())
    assert "closest: gemini-3-1-pro" in found["work"].why


def test_without_a_catalogue_of_its_own_it_is_a_guess(env: Environment) -> None:
    KeyStore(env).use("new")
    found = which(env, "gemini-3.1-pro")
    assert (found["new"].serves, found["new"].rule) == (True, "blind")
