"""A configuration that changes while the shim runs: counted at once, nothing disturbed."""

import threading
from pathlib import Path

import pytest

from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.config.precedence import config_path
from bytespike_cli.context import Environment
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.service import ask, switch
from tests.conftest import MakeEnv, MakeSandbox
from tests.shim.service.conftest import BODY, UNARY, MakeService, Service, pause, store_key


def test_another_key_counts_from_the_next_request_on(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env, first, second = make_env(), make_sandbox(), make_sandbox()
    store_key(env, "one", first.origin)
    service = make_service(env)
    service.client.post(UNARY, json=BODY)
    store_key(env, "two", second.origin)
    assert service.client.post(UNARY, json=BODY).status_code == 200
    KeyStore(env).use("one")
    assert service.client.post(UNARY, json=BODY).status_code == 200
    asked = [[r.path for r in s.state.journal].count(UNARY) for s in (first, second)]
    assert asked == [2, 1]
    assert len(service.said) == 2
    assert "the key 'two'" in service.said[0]


def test_an_alias_counts_at_once(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    store_key(env, "work", make_sandbox().origin)
    service = make_service(env)
    path = "/v1beta/models/mine:generateContent"
    assert service.client.post(path, json=BODY).status_code == 404
    config_path(env).write_text('[aliases]\nmine = "gemini-3-flash"\n')
    assert service.client.post(path, json=BODY).status_code == 200


def test_a_stream_under_way_goes_on_under_the_old_one(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    first, second = make_sandbox(word_delay_ms=20), make_sandbox()
    store_key(env, "one", first.origin)
    service = make_service(env)
    path = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
    words = " ".join(f"w{number}" for number in range(40))
    body = {"contents": [{"role": "user", "parts": [{"text": words}]}]}
    with service.client.stream("POST", path, json=body) as answer:
        pieces = answer.iter_text()
        text = next(pieces)
        store_key(env, "two", second.origin)
        assert service.client.post(UNARY, json=BODY).status_code == 200
        status = ask.status(env, pause)
        assert status is not None
        assert (status["key"], status["in_flight"]) == ("two", 1)
        text += "".join(pieces)
    assert "w39" in text
    assert '"finishReason"' in text
    assert service.client.post(UNARY, json=BODY).status_code == 200


def test_a_broken_configuration_is_told_until_it_is_whole(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env, sandbox = make_env(), make_sandbox()
    store_key(env, "work", sandbox.origin)
    service = make_service(env)
    config_path(env).write_text("x = =\n")
    for _ in range(2):
        refused = service.client.post(UNARY, json=BODY)
        assert refused.status_code == 424
        assert "config.toml, line 1" in refused.json()["error"]["message"]
    status = ask.status(env, pause)
    assert status is not None
    assert "line 1" in status["problem"]["cause"]
    assert len(service.said) == 1
    config_path(env).unlink()
    assert service.client.post(UNARY, json=BODY).status_code == 200


def test_a_key_that_was_removed_is_not_used_on(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env, sandbox = make_env(), make_sandbox()
    store_key(env, "work", sandbox.origin)
    service = make_service(env)
    KeyStore(env).remove("work")
    refused = service.client.post(UNARY, json=BODY)
    assert refused.status_code == 424
    assert "No ByteSpike key is configured" in refused.json()["error"]["message"]
    assert not any(record.billed for record in sandbox.state.journal)


def test_what_cannot_be_seen_in_a_file_is_tried_again(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    """A safe that was locked for a moment: the file of keys is the same."""
    env = make_env()
    safe = keep_in_a_safe(env, make_sandbox().origin, GEMINI_KEY)
    service = make_service(env)
    safe.unlink()
    config_path(env).write_text('model = "gemini-3-flash"\n')
    assert service.client.post(UNARY, json=BODY).status_code == 424
    safe.write_text(GEMINI_KEY)
    until_served(service)


def test_a_key_that_is_changed_where_it_is_kept(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    safe = keep_in_a_safe(env, make_sandbox().origin, "the-key-of-yesterday")
    service = make_service(env)
    assert service.client.post(UNARY, json=BODY).status_code == 401
    safe.write_text(GEMINI_KEY)
    until_served(service)
    assert len(service.said) == 1


def test_a_key_that_is_refused_and_unchanged_is_no_news(
    make_env: MakeEnv,
    make_sandbox: MakeSandbox,
    make_service: MakeService,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(switch, "TRY_AGAIN_S", 0.0)
    env = make_env()
    store_key(env, "work", make_sandbox().origin, "the-key-of-yesterday")
    service = make_service(env)
    for _ in range(3):
        assert service.client.post(UNARY, json=BODY).status_code == 401
    assert service.said == []


def keep_in_a_safe(env: Environment, origin: str, secret: str) -> Path:
    """Store a key that a command tells; return the file that it reads."""
    safe = env.home / "safe"
    safe.write_text(secret)
    env.paths.config.mkdir(parents=True)
    (env.paths.config / "keys.toml").write_text(
        f'default = "safe"\n[keys.safe]\norigin = "{origin}"\nsecret_ref = "command:cat {safe}"\n'
    )
    return safe


def until_served(service: Service) -> None:
    for _ in range(1000):
        if service.client.post(UNARY, json=BODY).status_code == 200:
            return
        threading.Event().wait(0.05)
    raise AssertionError("it was not tried again")
