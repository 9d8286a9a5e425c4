"""The shim's connections: how many, for how long, and what is said to malformed requests."""

import json
from contextlib import closing

import pytest

from bytespike_cli.shim.connections import _files
from bytespike_cli.shim.settings import Limits
from tests.conftest import MakeSandbox
from tests.shim.conftest import TOKEN, MakeShim
from tests.shim.raw import BODY, connect, exchange, head, length, read


@pytest.mark.parametrize(
    "line", ["X-One: a\x00b", "x-goog-api-key: secret\x00", "Host: evil.example"]
)
def test_a_malformed_request_is_answered_in_googles_envelope(
    make_shim: MakeShim, line: str
) -> None:
    """The parser's words quote the request; ours do not, for it may hold a key."""
    shim = make_shim("http://127.0.0.1:1")
    answer = exchange(shim, head(shim, line, length()) + BODY)
    assert answer.status == 400
    error = json.loads(answer.body)["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert "not well-formed HTTP" in error["message"]
    assert b"secret" not in answer.body
    assert TOKEN.encode() not in answer.body


def test_a_connection_that_was_used_is_closed_when_it_falls_idle(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    shim = make_shim(make_sandbox().origin, limits=Limits(idle_timeout_s=0.2))
    with closing(connect(shim)) as connection:
        request = head(shim, length()).replace(b"Connection: close\r\n", b"") + BODY
        connection.sendall(request)
        assert read(connection).status == 200  # read to the end: the shim has closed it


def test_a_request_that_takes_longer_than_idleness_may_is_not_cut(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["slow:300"])
    shim = make_shim(sandbox.origin, limits=Limits(idle_timeout_s=0.05))
    assert exchange(shim, head(shim, length()) + BODY).status == 200


def test_as_many_files_as_the_system_allows() -> None:
    resource = pytest.importorskip("resource", reason="Windows has no module resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
        usable = _files()
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert soft > 256 or before[1] <= 256
        assert 0 < usable < soft
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
