"""Asking the shim: a stranger at its port, silence, one that just starts."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.shim.service import ask
from bytespike_cli.shim.service.state import Place, ServiceState
from tests.conftest import MakeEnv


@contextmanager
def stranger(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A program that answers everything alike; yields its port, and what it was sent."""
    heard: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def run() -> None:
            try:
                link, _ = listener.accept()
            except OSError:  # nobody came
                return
            with link:
                heard.append(link.recv(65536))
                link.sendall(answer)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard


@contextmanager
def living(env: Environment, port: int | None) -> Iterator[None]:
    """Somebody holds the lock, and says where it is."""
    lock = ServiceState(env).take()
    assert lock is not None
    if port is not None:
        ServiceState(env).enter(Place(4711, port))
    yield
    os.close(lock)


def test_nobody(make_env: MakeEnv) -> None:
    env = make_env()
    assert ask.status(env, lambda _s: None) is None
    assert ask.stop(env, lambda _s: None) is None


def test_a_stranger_at_the_port_of_a_dead_one_is_not_given_the_token(make_env: MakeEnv) -> None:
    env = make_env()
    with stranger(b"HTTP/1.1 200 OK\r\n\r\n{}") as (port, heard):
        with living(env, port):
            pass
        assert ask.status(env, lambda _s: None) is None
        assert heard == []


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0\r\n", b"HTTP/1.1 401 No\r\n\r\n{}", b"HTTP/1.1 200 OK\r\n\r\n[1"]
)
def test_one_that_lives_but_does_not_answer_as_it_should(make_env: MakeEnv, answer: bytes) -> None:
    env = make_env()
    with stranger(answer) as (port, _), living(env, port):
        with pytest.raises(ConfigurationError, match="does not answer") as refused:
            ask.status(env, lambda _s: None)
        assert refused.value.fix == "end it: kill 4711"


def test_one_that_starts_is_waited_for(make_env: MakeEnv) -> None:
    env = make_env()
    with stranger(b'HTTP/1.1 200 OK\r\n\r\n{"running": true}') as (port, _), living(env, None):
        found = ask.status(env, lambda _s: ServiceState(env).enter(Place(4711, port)))
        assert found == {"running": True}


def test_one_that_never_says_where_it_is(make_env: MakeEnv) -> None:
    env = make_env()
    with living(env, None), pytest.raises(ConfigurationError, match="does not answer"):
        ask.status(env, lambda _s: None)


def test_one_that_does_not_end(make_env: MakeEnv) -> None:
    env = make_env()
    with (
        stranger(b'HTTP/1.1 200 OK\r\n\r\n{"pid": 4711}') as (port, _),
        living(env, port),
        pytest.raises(ConfigurationError, match="does not answer"),
    ):
        ask.stop(env, lambda _s: None)
