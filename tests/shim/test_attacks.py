"""The shim under attack on loopback: refused or bounded, and the other clients do not notice."""

import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import httpx
import pytest

from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer, running
from bytespike_cli.shim.settings import Limits, ShimSettings
from tests.shim.conftest import TOKEN, RunningShim
from tests.shim.raw import BODY, GENERATE, Answer, chunked, connect, exchange, head, length, read

LIMITS = Limits(request_body_bytes=100_000)


class Target:
    """A shim in front of a sandbox, and a client of it that must not notice anything."""

    def __init__(self, sandbox: SandboxServer, shim: RunningShim) -> None:
        self.sandbox = sandbox
        self.shim = shim
        assert self.bystander_is_served()

    def bystander_is_served(self) -> bool:
        return self.shim.client.post(GENERATE, content=BODY, headers=JSON).status_code == 200

    def asked(self) -> list[str]:
        """Return what the gateway was asked for but the catalogue."""
        return [r.path for r in self.sandbox.state.journal if r.path != "/v1/models"]


JSON = {"content-type": "application/json"}


def start(stack: ExitStack, limits: Limits) -> Target:
    sandbox = stack.enter_context(running(SandboxConfig(now=time.time)))
    settings = ShimSettings(
        origin=sandbox.origin, secret=GEMINI_KEY, token=TOKEN, now=time.time, limits=limits
    )
    shim = RunningShim(settings)
    stack.callback(shim.stop)
    return Target(sandbox, shim)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    with ExitStack() as stack:
        yield start(stack, LIMITS)


def refused(target: Target, request: bytes, *statuses: int) -> Answer:
    """Send an attack: it is refused in Google's envelope, nothing goes on, nobody else suffers."""
    before = target.asked()
    answer = exchange(target.shim, request)
    assert answer.status in statuses
    assert TOKEN.encode() not in answer.body
    error = json.loads(answer.body)["error"]
    assert error["code"] == answer.status
    assert error["message"].startswith("[bytespike]")
    assert target.asked() == before
    assert target.bystander_is_served()
    return answer


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", GEMINI_KEY, "\xff" * 40])
def test_without_the_token(target: Target, token: str) -> None:
    refused(target, head(target.shim, length(), token=token) + BODY, 401)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.",
        "127.1",
        "0.0.0.0",
        "127.0.0.1@evil.example",
        "",
    ],
)
def test_under_another_name(target: Target, host: str) -> None:
    """DNS rebinding: a page of evil.example whose name now leads to loopback."""
    refused(target, head(target.shim, length(), host=host) + BODY, 400, 403)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:4000", ""])
@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_from_a_browser(target: Target, method: str, origin: str) -> None:
    answer = refused(
        target, head(target.shim, length(), f"Origin: {origin}", method=method) + BODY, 403
    )
    assert b"access-control" not in answer.headers.lower()


@pytest.mark.parametrize(
    "path",
    [
        "//v1beta/models",
        "//evil.example/v1beta/models",
        "/v1beta/../admin",
        "/v1beta/models/../../api/v1/keys",
        "/%2e%2e/admin",
        "/v1beta/models/%2e%2e/%2e%2e/api/v1/keys",
        "/v1beta/..;/api/v1/keys",
        "/v1beta%2fmodels",
        "/v1beta/models%5cx",
        "/v1beta\\models",
        "/v1/%c0%ae%c0%ae/keys",
        "/v1/x%00/keys",
        "/v1/x%0d%0aHost:%20evil.example",
        "/v1/x%252e%252e/keys",
        "http://evil.example/v1beta/models",
        "http://127.0.0.1@evil.example/v1beta/models",
        "https://127.0.0.1/v1beta/models",
        "@evil.example/v1beta/models",
        ":80@evil.example/",
        ".evil.example/",
        "evil.example:443",
        "*",
        "/v1beta/models#/../../api",
        "/v1beta/mod\x00els",
        "/v1beta/mod\xffels",
        "/v1beta/models?" + "a" * 100_000,
    ],
)
def test_path_tricks(target: Target, path: str) -> None:
    refused(target, head(target.shim, method="GET", path=path), 400)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/keys/1/reveal", 403),
        ("/api/v1/keys", 403),
        ("/v1/%6beys/1/reveal", 404),
        ("/%61pi/v1/keys", 404),
        ("/API/v1/keys", 404),
        ("/api;x/v1/keys", 404),
        ("/admin", 404),
        ("/@evil.example/v1/models", 404),
    ],
)
def test_the_real_key_is_not_revealed_by_any_spelling(
    target: Target, path: str, status: int
) -> None:
    refused(target, head(target.shim, method="GET", path=path), status)


def test_no_tunnel(target: Target) -> None:
    refused(target, head(target.shim, method="CONNECT", path="evil.example:443"), 400)
    refused(target, head(target.shim, method="TRACE", path="/v1/models"), 405)


SMUGGLED = b"GET /v1beta/models HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        [length(), length()],
        [length(), "Content-Length: 5"],
        [f"{length()}, {len(BODY)}"],
        [f"Content-Length: +{len(BODY)}"],
        [f"Content-Length: 0x{len(BODY):x}"],
        ["Content-Length: -1"],
        ["Content-Length: " + "9" * 40],
        [length(), "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", length()],
        ["Transfer-Encoding: chunked, chunked"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding : chunked"],
        [length(), "X-One: a\n X-Two: b"],
        [length(), "X-One: a\r\n folded"],
        [length(), "X-One: a\rX-Two: b"],
        [length(), "X-One: a\nX-Two: b"],
        [length(), "X-One: a\x00b"],
        [length(), "X One: a"],
        [length(), ": a"],
        [length(), "Host: evil.example"],
        [length(), "X-Long: " + "a" * 100_000],
        [length(), *(f"X-{n}: a" for n in range(20_000))],
    ],
    ids=lambda lines: ascii(lines[-1][:24]),
)
def test_header_smuggling(target: Target, lines: list[str]) -> None:
    """Whatever two parsers could read in two ways is refused, and the connection is closed."""
    refused(target, head(target.shim, *lines) + BODY + SMUGGLED, 400)


@pytest.mark.parametrize("line_end", ["\n", "\r"])
def test_bare_line_ends(target: Target, line_end: str) -> None:
    request = head(target.shim, length()).replace(b"\r\n", line_end.encode())
    with closing(connect(target.shim)) as connection:
        connection.sendall(request + BODY)
        if line_end == "\n":
            assert read(connection).status == 400
        connection.shutdown(socket.SHUT_WR)
    assert target.bystander_is_served()


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-1\r\n",
        b"3a\n" + BODY + b"\r\n0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
    ],
)
def test_broken_chunks(target: Target, body: bytes) -> None:
    refused(target, head(target.shim, "Transfer-Encoding: chunked") + body, 400)


@pytest.mark.parametrize("framing", [length(SMUGGLED), "Transfer-Encoding: chunked"])
def test_a_request_in_a_body_stays_a_body(target: Target, framing: str) -> None:
    before = target.asked()
    body = SMUGGLED if framing.startswith("C") else chunked(SMUGGLED)
    answer = exchange(target.shim, head(target.shim, framing) + body)
    assert answer.status == 400  # the gateway's: it is no JSON
    assert b"HTTP/1." not in answer.body
    assert target.asked() == [*before, GENERATE]


def test_a_request_behind_a_request_needs_the_token_too(target: Target) -> None:
    before = target.asked()
    first = head(target.shim, length()).replace(b"Connection: close\r\n", b"")
    second = head(target.shim, length(), token="")
    answer = exchange(target.shim, first + BODY + second + BODY)
    assert answer.status == 200
    assert b"HTTP/1.1 401" in answer.body
    assert target.asked() == [*before, GENERATE]


@pytest.mark.parametrize(
    "noise",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\0"],
    ids=["tls", "http2", "nul"],
)
def test_what_is_not_http(target: Target, noise: bytes) -> None:
    assert exchange(target.shim, noise + b"\xff\xfe" * 30 + b"\r\n\r\n").status == 400
    assert target.bystander_is_served()


def test_a_gigabyte_that_is_announced(target: Target) -> None:
    """Refused by its length: the body is not waited for."""
    with closing(connect(target.shim)) as connection:
        connection.sendall(head(target.shim, "Content-Length: 1073741824"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")
    assert target.bystander_is_served()


def test_a_body_that_never_ends(target: Target) -> None:
    """Refused as soon as it is over the limit; all that was kept is given up."""
    piece = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
    with closing(connect(target.shim)) as connection:
        connection.sendall(head(target.shim, "Transfer-Encoding: chunked"))
        connection.settimeout(0)
        answer = b""
        while not answer:
            with suppress(BlockingIOError):
                connection.send(piece)
            with suppress(BlockingIOError):
                answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 413")
    assert target.bystander_is_served()


def test_a_body_that_grows_when_it_is_unpacked(target: Target) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert len(bomb) < LIMITS.request_body_bytes
    refused(target, head(target.shim, "Content-Encoding: gzip", length(bomb)) + bomb, 413)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_body_that_cannot_be_unpacked(target: Target, coding: str) -> None:
    refused(target, head(target.shim, f"Content-Encoding: {coding}", length()) + BODY, 400)


def test_a_slow_body_is_given_up() -> None:
    with ExitStack() as stack:
        target = start(stack, Limits(request_body_timeout_s=0.1, linger_s=0.1))
        answer = exchange(target.shim, head(target.shim, length()) + BODY[:10])
        assert answer.status == 408
        assert json.loads(answer.body)["error"]["status"] == "DEADLINE_EXCEEDED"
        assert target.bystander_is_served()


@pytest.mark.parametrize(
    "sent", [b"", b"POST /v1beta/mod", b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"]
)
def test_slow_headers_are_given_up(sent: bytes) -> None:
    """Closed without an answer: there was no request."""
    with ExitStack() as stack:
        target = start(stack, Limits(idle_timeout_s=0.2))
        with closing(connect(target.shim)) as connection:
            connection.sendall(sent)
            assert connection.recv(1) == b""
        assert target.bystander_is_served()


def test_headers_that_trickle_are_given_up_all_the_same() -> None:
    """A byte now and then does not buy more time."""
    with ExitStack() as stack:
        target = start(stack, Limits(idle_timeout_s=0.2))
        with closing(connect(target.shim)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nX-Name: ")
            connection.settimeout(0.01)
            received = b"an answer"
            with suppress(ConnectionError):
                while received:
                    connection.sendall(b"X")
                    with suppress(TimeoutError):
                        received = connection.recv(1)
        assert target.bystander_is_served()


def test_a_thousand_idle_connections(target: Target) -> None:
    with ExitStack() as stack:
        for _ in range(1000):
            stack.enter_context(closing(connect(target.shim)))
        assert target.bystander_is_served()
        with httpx.Client(trust_env=False, headers={"x-goog-api-key": TOKEN}) as newcomer:
            url = target.shim.address + GENERATE
            assert newcomer.post(url, content=BODY, headers=JSON).status_code == 200
    assert target.bystander_is_served()


def test_more_connections_than_the_shim_takes() -> None:
    """The one that has been idle longest makes room; a request under way is left alone."""
    with ExitStack() as stack:
        target = start(stack, Limits(connections=10))
        busy = stack.enter_context(closing(connect(target.shim)))
        busy.sendall(head(target.shim, length(), "Expect: 100-continue"))
        assert busy.recv(65536).startswith(b"HTTP/1.1 100 ")
        first = stack.enter_context(closing(connect(target.shim)))
        crowd = [stack.enter_context(closing(connect(target.shim))) for _ in range(30)]
        assert first.recv(1) == b""
        assert target.bystander_is_served()
        crowd[-1].sendall(head(target.shim, length()) + BODY)
        assert read(crowd[-1]).status == 200
        busy.sendall(BODY)
        assert read(busy).status == 200
