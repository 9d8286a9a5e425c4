"""The listening socket, which exists before the shim does."""

import os
import socket

import pytest

from bytespike_cli.shim.listener import address, listen


def test_it_listens_on_loopback_alone_and_is_not_inherited() -> None:
    with listen() as listener:
        host, port = listener.getsockname()
        assert host == "127.0.0.1"
        assert address(listener) == f"http://127.0.0.1:{port}"
        assert not os.get_inheritable(listener.fileno())
        with socket.create_connection((host, port), timeout=5):
            pass  # accepted by the system before anybody serves


def test_a_taken_port_is_an_error() -> None:
    with listen() as taken, pytest.raises(OSError, match="in use"):
        listen(taken.getsockname()[1])
