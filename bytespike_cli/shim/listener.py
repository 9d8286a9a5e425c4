"""The shim's listening socket, which exists before the shim does. Imports nothing heavy."""

from __future__ import annotations

import socket

from bytespike_cli.constants import LOOPBACK

BACKLOG = 512
"""Connections that may wait to be accepted: clients open many at once."""


def listen(port: int = 0, *, backlog: int = BACKLOG) -> socket.socket:
    """Return a listening socket on loopback, not inherited by children.

    It exists before the client is started, so that the client's first request waits in the backlog
    instead of being refused. Raises OSError when the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """Return the origin that clients are given: always the literal loopback address."""
    return f"http://{LOOPBACK}:{listener.getsockname()[1]}"
