"""Which form of the key a gateway took last, over the end of a process."""

import json

import pytest

from bytespike_cli.config import seen_form
from bytespike_cli.wire.auth import AuthForm
from tests.conftest import MakeEnv

ORIGIN = "https://llm.bytespike.ai"


def test_it_is_kept_for_each_gateway(make_env: MakeEnv) -> None:
    env = make_env()
    assert seen_form.load(env, ORIGIN) is None
    seen_form.save(env, ORIGIN, AuthForm.QUERY)
    seen_form.save(env, "https://other.example", AuthForm.BEARER)
    assert seen_form.load(env, ORIGIN) is AuthForm.QUERY
    assert seen_form.load(env, "https://other.example") is AuthForm.BEARER
    seen_form.save(env, ORIGIN, AuthForm.HEADER)
    assert seen_form.load(env, ORIGIN) is AuthForm.HEADER


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", '{"forms": []}', json.dumps({"forms": {ORIGIN: "a-form"}})]
)
def test_a_damaged_file_counts_as_absent(make_env: MakeEnv, content: str) -> None:
    env = make_env()
    env.paths.cache.mkdir(parents=True)
    (env.paths.cache / seen_form.FILE).write_text(content)
    assert seen_form.load(env, ORIGIN) is None
    seen_form.save(env, ORIGIN, AuthForm.QUERY)
    assert seen_form.load(env, ORIGIN) is AuthForm.QUERY


def test_a_cache_that_cannot_be_written_is_no_failure(make_env: MakeEnv) -> None:
    env = make_env()
    env.paths.cache.parent.mkdir(parents=True, exist_ok=True)
    env.paths.cache.write_text("a file where the folder should be")
    seen_form.save(env, ORIGIN, AuthForm.QUERY)
    assert seen_form.load(env, ORIGIN) is None
