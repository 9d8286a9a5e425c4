"""Requests written byte by byte, for what no client library would send."""

import socket
from contextlib import closing
from dataclasses import dataclass

from tests.shim.conftest import TOKEN, RunningShim

BODY = b'{"contents":[{"role":"user","parts":[{"text":"say hi"}]}]}'
GENERATE = "/v1beta/models/gemini-3-flash:generateContent"
TIMEOUT_S = 20


@dataclass(frozen=True)
class Answer:
    """The first answer on a connection that was read to its end."""

    status: int
    headers: bytes
    body: bytes


def connect(shim: RunningShim) -> socket.socket:
    host, port = shim.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_S)


def head(
    shim: RunningShim,
    *lines: str,
    method: str = "POST",
    path: str = GENERATE,
    host: str | None = None,
    token: str = TOKEN,
) -> bytes:
    """Return a request's head that closes the connection, with more header lines."""
    fixed = [
        f"{method} {path} HTTP/1.1",
        f"Host: {shim.address.removeprefix('http://') if host is None else host}",
        f"x-goog-api-key: {token}",
        "content-type: application/json",
        "Connection: close",
    ]
    return ("\r\n".join([*fixed, *lines]) + "\r\n\r\n").encode("latin-1")


def exchange(shim: RunningShim, request: bytes) -> Answer:
    """Send bytes, and return the answer once the shim has closed the connection."""
    with closing(connect(shim)) as connection:
        connection.sendall(request)
        return read(connection)


def read(connection: socket.socket) -> Answer:
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    top, _, body = received.partition(b"\r\n\r\n")
    status = top.split(b" ", 2)[1] if top.startswith(b"HTTP/1.") else b"0"
    return Answer(int(status), top, body)


def length(body: bytes = BODY) -> str:
    return f"Content-Length: {len(body)}"


def chunked(body: bytes = BODY) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
