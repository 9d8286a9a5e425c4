"""The files of the long-lived shim: private, and stale ones seen through."""

import os
import stat

from bytespike_cli.shim.service.state import LOCK_FILE, STATE_FILE, TOKEN_FILE, Place, ServiceState
from tests.conftest import MakeEnv


def test_the_token_is_made_once_and_private(make_env: MakeEnv) -> None:
    env = make_env()
    token = ServiceState(env).token()
    assert len(token) > 40
    assert ServiceState(env).token() == token
    assert stat.S_IMODE((env.paths.state / TOKEN_FILE).stat().st_mode) == 0o600


def test_the_lock_tells_the_living_from_the_dead(make_env: MakeEnv) -> None:
    env = make_env()
    state = ServiceState(env)
    assert not state.lives()
    lock = state.take()
    assert lock is not None
    state.enter(Place(os.getpid(), 8788))
    assert state.lives()
    assert ServiceState(env).take() is None
    assert ServiceState(env).place() == Place(os.getpid(), 8788)
    os.close(lock)  # as the system does for a process that was killed
    assert not state.lives()


def test_what_a_dead_one_left_is_removed(make_env: MakeEnv) -> None:
    """Its process number may be another program's by now: here it is even our own."""
    env = make_env()
    state = ServiceState(env)
    lock = state.take()
    assert lock is not None
    state.enter(Place(os.getpid(), 8788))
    os.close(lock)
    assert not state.lives()
    assert not (env.paths.state / STATE_FILE).exists()
    assert (env.paths.state / LOCK_FILE).exists()


def test_a_damaged_file_says_nothing(make_env: MakeEnv) -> None:
    env = make_env()
    state = ServiceState(env)
    assert state.place() is None
    state.enter(Place(1, 2))
    for content in ("", "{", "[]", '{"pid": 1}', '{"pid": "x", "port": 1}'):
        (env.paths.state / STATE_FILE).write_text(content)
        assert state.place() is None
