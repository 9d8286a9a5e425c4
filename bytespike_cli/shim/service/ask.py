"""Asking the long-lived shim itself: by its port and its token. Imports nothing heavy."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bytespike_cli.constants import HEADER_GOOG_API_KEY, LOOPBACK
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.shim.service.state import Place, ServiceState

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

STATUS_PATH = "/.bytespike/status"
STOP_PATH = "/.bytespike/stop"
ANSWER_WITHIN_S = 5.0
POLL_S = 0.05
STOP_WITHIN_S = 15.0
STARTS_WITHIN_S = 10.0


def status(env: Environment, wait: Callable[[float], object]) -> dict[str, Any] | None:
    """Return what the shim says of itself; None when none runs.

    `wait` sleeps: for one that is just starting. Raises ConfigurationError when one lives, but does
    not answer.
    """
    return _ask(env, "GET", STATUS_PATH, wait)


def stop(env: Environment, wait: Callable[[float], object]) -> dict[str, Any] | None:
    """End the shim and return what it said of itself; None when none ran.

    Returns when it has ended. Raises ConfigurationError when it does not.
    """
    last = _ask(env, "POST", STOP_PATH, wait)
    if last is None:
        return None
    state, waited_s = ServiceState(env), 0.0
    while state.lives():
        if waited_s >= STOP_WITHIN_S:
            raise _silent(last["pid"])
        wait(POLL_S)
        waited_s += POLL_S
    return last


def flush(env: Environment, wait: Callable[[float], object]) -> None:
    """Have a shim that runs write down every request that it has answered. Raises nothing."""
    with contextlib.suppress(ConfigurationError):
        status(env, wait)


def _ask(
    env: Environment, method: str, path: str, wait: Callable[[float], object]
) -> dict[str, Any] | None:
    state, waited_s = ServiceState(env), 0.0
    while state.lives():
        place = state.place()
        answer = _exchange(place, state.token(), method, path) if place is not None else None
        if answer is not None:
            return answer
        if waited_s >= STARTS_WITHIN_S or place is not None:
            if not state.lives():
                break  # it has ended while it was asked
            raise _silent(place.pid if place else None)
        wait(POLL_S)
        waited_s += POLL_S
    return None


def _exchange(place: Place, token: str, method: str, path: str) -> dict[str, Any] | None:
    """Return the JSON of a good answer, or None: nobody, somebody else, or too late."""
    request = (
        f"{method} {path} HTTP/1.1\r\nhost: {LOOPBACK}:{place.port}\r\n"
        f"{HEADER_GOOG_API_KEY}: {token}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    pieces: list[bytes] = []
    try:
        with socket.create_connection((LOOPBACK, place.port), timeout=ANSWER_WITHIN_S) as link:
            link.sendall(request.encode())
            while piece := link.recv(65536):
                pieces.append(piece)
    except OSError:
        return None
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        return None
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _silent(pid: int | None) -> ConfigurationError:
    fix = f"end it: kill {pid}" if pid else "wait a moment, then try again"
    return ConfigurationError("The shim lives, but does not answer.", fix=fix)
