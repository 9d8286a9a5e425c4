"""Starting and stopping."""

import asyncio
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from bytespike_cli.errors import NetworkError, UsageError
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.server import MALFORMED, SandboxServer, running, serve


def test_two_sandboxes_do_not_share_anything(make_sandbox: Any, ask: Any) -> None:
    one, other = make_sandbox(), make_sandbox()
    assert one.origin != other.origin
    ask(one)
    assert (len(one.state.journal), len(other.state.journal)) == (1, 0)


def test_after_stop_nobody_listens() -> None:
    with running(SandboxConfig(now=time.time)) as sandbox:
        address = urlsplit(sandbox.origin)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5)
    sandbox.stop()


def test_stop_does_not_wait_for_streams(make_sandbox: Any, raw_stream: Any) -> None:
    sandbox = make_sandbox(faults=["stall:1"])
    with raw_stream(sandbox, "count to 9"):
        assert sandbox.state.journal.wait_for(lambda j: len(j) > 0 and j[-1].events_sent == 1)
        sandbox.stop()
        assert sandbox.state.journal[-1].finished


def test_a_taken_port() -> None:
    with running(SandboxConfig(now=time.time)) as sandbox:
        port = urlsplit(sandbox.origin).port or 0
        with pytest.raises(NetworkError, match=f"Port {port} on 127.0.0.1 is not free") as raised:
            SandboxServer(SandboxConfig(now=time.time, port=port)).start()
    assert raised.value.fix == "bytespike sandbox serve --port 0"


def test_a_wrong_configuration_fails_before_the_port_opens() -> None:
    with pytest.raises(UsageError, match="no dialect"):
        SandboxServer(SandboxConfig(now=time.time, dialects={"nope": "x"}))
    with pytest.raises(UsageError, match="no fault"):
        SandboxServer(SandboxConfig(now=time.time, faults=["nope"]))


def test_ipv6_origins_have_brackets(ask: Any) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with running(SandboxConfig(now=time.time, host="::1")) as sandbox:
            assert sandbox.origin.startswith("http://[::1]:")
            assert ask(sandbox).status == 200
    except NetworkError:
        pytest.skip("this machine has no IPv6 loopback")


def test_serving_in_the_foreground_tells_when_it_is_ready() -> None:
    told: list[str] = []

    def ready(origin: str) -> None:
        told.append(origin)
        for task in asyncio.all_tasks():
            task.cancel()

    with pytest.raises(asyncio.CancelledError):
        serve(SandboxConfig(now=time.time), ready)
    assert told[0].startswith("http://127.0.0.1:")


def test_a_request_that_is_not_http_is_told_in_one_line(
    make_sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    address = urlsplit(make_sandbox().origin)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.0 400 ")
    assert [(record.getMessage(), record.exc_info) for record in caplog.records] == [
        (MALFORMED.format(reason="Invalid character in Content-Length"), None)
    ]
