"""The long-lived shim: one for a user, at a place and with a token that stay."""

import socket

import pytest

from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.errors import ConfigurationError, NetworkError, NoKeyError
from bytespike_cli.shim import ledger
from bytespike_cli.shim.service import ask
from bytespike_cli.shim.service.serve import serve
from bytespike_cli.shim.service.state import ServiceState
from tests.conftest import MakeEnv, MakeSandbox
from tests.shim.service.conftest import BODY, UNARY, MakeService, pause, store_key


def test_it_serves_notes_and_ends(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    store_key(env, "work", make_sandbox().origin)
    service = make_service(env)
    assert service.client.post(UNARY, json=BODY).status_code == 200
    status = ask.status(env, pause)
    assert [line["status"] for line in ledger.read(env, run=ledger.SERVE_RUN)] == [200]
    assert status is not None
    assert (status["requests"], status["key"], status["problem"]) == (1, "work", None)
    assert status["address"] == service.status["address"]
    service.stop()
    assert ask.status(env, pause) is None
    lines = ledger.read(env, run=ledger.SERVE_RUN)
    assert [line["status"] for line in lines] == [200]
    assert "say hi" not in str(lines)


def test_the_token_stays_the_same(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    store_key(env, "work", make_sandbox().origin)
    first = make_service(env)
    token = first.client.headers["x-goog-api-key"]
    first.stop()
    second = make_service(env)
    assert second.client.headers["x-goog-api-key"] == token
    assert second.client.post(UNARY, json=BODY).status_code == 200


def test_there_is_one_for_each_user(
    make_env: MakeEnv, make_sandbox: MakeSandbox, make_service: MakeService
) -> None:
    env = make_env()
    store_key(env, "work", make_sandbox().origin)
    port = make_service(env).status["port"]
    with pytest.raises(ConfigurationError, match=f"runs already, on port {port}"):
        make_service(env)
    assert ask.status(env, pause) is not None


def test_a_port_that_is_taken(make_env: MakeEnv) -> None:
    env = make_env(BYTESPIKE_API_KEY="sk-byts-of-somebody")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(NetworkError, match="is taken by another program"):
            serve(
                env,
                port=other.getsockname()[1],
                resolve=lambda: resolve_settings(env),
                ready=lambda _status: None,
                say=lambda _words: None,
            )
    assert not ServiceState(env).lives()


def test_without_a_key_it_does_not_start(make_env: MakeEnv, make_service: MakeService) -> None:
    env = make_env()
    with pytest.raises(NoKeyError):
        make_service(env)
    assert not ServiceState(env).lives()
