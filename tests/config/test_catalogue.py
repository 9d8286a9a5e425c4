import json
import stat
from pathlib import Path

import pytest

from bytespike_cli.config.catalogue import (
    FRESH_S,
    CachedCatalogue,
    cached_models,
    forget,
    load,
    save,
)
from bytespike_cli.config.credential import Credential
from bytespike_cli.context import Environment

NOW = 1_760_000_000.0

KEY = Credential("work", "gemini-default", "sk-byts-hidden-0001", "https://llm.bytespike.ai")
OTHER_ORIGIN = Credential("work", None, "sk-byts-hidden-0001", "http://127.0.0.1:8787")
OTHER_KEY = Credential("home", None, "sk-byts-hidden-0002", "https://llm.bytespike.ai")


def files(env: Environment) -> list[Path]:
    return [path for path in env.paths.cache.rglob("*") if path.is_file()]


def test_each_key_at_each_origin_has_its_own(env: Environment) -> None:
    assert load(env, KEY) is None
    assert save(env, KEY, ["gemini-3-1-pro", "gemini-3-flash"])
    save(env, OTHER_KEY, ["veo-3.1"])
    assert load(env, KEY) == CachedCatalogue(("gemini-3-1-pro", "gemini-3-flash"), NOW)
    assert load(env, OTHER_KEY) == CachedCatalogue(("veo-3.1",), NOW)
    assert load(env, OTHER_ORIGIN) is None
    assert cached_models(env) == ["gemini-3-1-pro", "gemini-3-flash", "veo-3.1"]
    forget(env, KEY)
    assert load(env, KEY) is None
    assert cached_models(env) == ["veo-3.1"]


def test_the_file_is_private_and_tells_nothing_of_the_key(env: Environment) -> None:
    save(env, KEY, ["gemini-3-1-pro"])
    (path,) = files(env)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "hidden" not in f"{path}{path.read_text()}"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b'"x"', b"{}", b"\xff", b'{"models": 1, "fetched_at": 1}',
        b'{"models": [1], "fetched_at": 1}', b'{"models": [], "fetched_at": "x"}',
        b'{"models": [], "fetched_at": true}',
    ],
)  # fmt: skip
def test_a_damaged_file_counts_as_absent(env: Environment, content: bytes) -> None:
    save(env, KEY, ["gemini-3-1-pro"])
    files(env)[0].write_bytes(content)
    assert load(env, KEY) is None
    assert cached_models(env) == []


def test_a_place_that_cannot_be_written_is_no_failure(env: Environment) -> None:
    env.paths.config.mkdir(parents=True)
    env.paths.cache.write_text("a file where the folder belongs")
    assert not save(env, KEY, ["gemini-3-1-pro"])
    assert load(env, KEY) is None


@pytest.mark.parametrize(
    ("age_s", "fresh"), [(0.0, True), (FRESH_S - 1, True), (FRESH_S, False), (-1.0, False)]
)
def test_fresh_for_a_day(age_s: float, fresh: bool) -> None:
    assert CachedCatalogue((), NOW - age_s).is_fresh(NOW) is fresh


def test_what_is_kept_is_plain_json(env: Environment) -> None:
    save(env, KEY, ["a"])
    assert json.loads(files(env)[0].read_text()) == {
        "version": 1, "models": ["a"], "fetched_at": NOW,
    }  # fmt: skip
