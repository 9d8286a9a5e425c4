"""Answers that are no stream, from a gateway that sends raw bytes."""

import contextlib
import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from bytespike_cli.shim.listener import address, listen
from tests.shim.conftest import MakeShim, RunningShim
from tests.shim.scripted import http, scripted

PATH = "/v1beta/models/gemini-3-flash:generateContent"
BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}

Gateway = Callable[[bytes], str]


def answer_all(listener: socket.socket, answer: bytes) -> None:
    """Answer every request with the same bytes and hang up, until the listener is shut down."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            received = b""
            while b"\r\n\r\n" not in received and (piece := connection.recv(65536)):
                received += piece
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


@pytest.fixture
def raw_gateway() -> Iterator[Gateway]:
    """Start gateways that answer every request with given bytes and hang up."""
    started: list[tuple[socket.socket, threading.Thread]] = []

    def start(answer: bytes) -> str:
        listener = listen()
        thread = threading.Thread(target=answer_all, args=(listener, answer))
        thread.start()
        started.append((listener, thread))
        return address(listener)

    yield start
    for listener, thread in started:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


@pytest.fixture
def ask(make_shim: MakeShim, raw_gateway: Gateway) -> Callable[[bytes], httpx.Response]:
    def post(answer: bytes) -> httpx.Response:
        shim: RunningShim = make_shim(
            raw_gateway(answer), models=("gemini-3-flash",), models_fetched_at=9e9
        )
        return shim.client.post(PATH, json=BODY)

    return post


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
Ask = Callable[[bytes], httpx.Response]


@pytest.mark.parametrize("size", [2, 300_000])
def test_an_answer_with_a_length_and_one_that_ends_with_the_connection(ask: Ask, size: int) -> None:
    body = b'"' + b"x" * (size - 2) + b'"'
    with_length = ask(HEAD + b"content-length: %d\r\n\r\n" % size + body)
    assert with_length.content == body
    assert with_length.headers["content-length"] == str(size)
    assert ask(HEAD + b"\r\n" + body).content == body


def test_an_answer_that_is_cut_at_once_is_an_error(ask: Ask) -> None:
    answer = ask(HEAD + b"content-length: 100\r\n\r\n")
    assert answer.status_code == 503
    assert "cut before its end" in answer.json()["error"]["message"]


@pytest.mark.parametrize("status", [b"200 OK", b"204 No Content"])
def test_an_empty_answer_is_an_error(ask: Ask, status: bytes) -> None:
    answer = ask(b"HTTP/1.1 %s\r\ncontent-length: 0\r\n\r\n" % status)
    assert answer.status_code == 503
    assert "The gateway's answer is empty" in answer.json()["error"]["message"]


def test_an_answer_that_is_cut_later_is_not_passed_off_as_whole(ask: Ask) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        ask(HEAD + b"content-length: 100\r\n\r\n{")


def test_an_error_in_place_of_the_answer(ask: Ask) -> None:
    error = b'{"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}}'
    answer = ask(HEAD + b"content-length: %d\r\n\r\n" % len(error) + error)
    assert answer.status_code == 403
    assert answer.json()["error"]["message"].startswith("no [bytespike]")


@pytest.mark.parametrize("status", [b"301 Moved", b"307 Temporary Redirect", b"308 Permanent"])
def test_a_redirect_is_never_passed_on(ask: Ask, status: bytes) -> None:
    """The client would follow it, with the prompt and the token."""
    answer = ask(
        b"HTTP/1.1 " + status + b"\r\nlocation: http://127.0.0.1:1/steal\r\n"
        b"content-length: 0\r\n\r\n"
    )
    assert answer.status_code >= 400
    assert "location" not in answer.headers
    assert "[bytespike]" in answer.json()["error"]["message"]


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent"])
def test_a_web_page_is_no_answer(make_shim: MakeShim, raw_gateway: Gateway, method: str) -> None:
    page = b"<html>captive portal</html>"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n"
    shim = make_shim(
        raw_gateway(head % len(page) + page), models=("gemini-3-flash",), models_fetched_at=9e9
    )
    answer = shim.client.post(PATH.replace("generateContent", method) + "?alt=sse", json=BODY)
    assert answer.status_code >= 400
    assert "[bytespike]" in answer.json()["error"]["message"]
    assert "portal" not in answer.text


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "deflate"])
def test_an_answer_that_comes_compressed_unasked(
    make_shim: MakeShim, pack: Callable[[bytes], bytes]
) -> None:
    body = b'{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}]}'
    coding = "gzip" if pack is gzip.compress else "deflate"
    answer = http(pack(body), 200, "application/json", f"content-encoding: {coding}")
    with scripted(lambda _target, _body: answer) as gateway:
        shim = make_shim(gateway.origin, models=("gemini-3-flash",), models_fetched_at=9e9)
        received = shim.client.post("/v1beta/models/gemini-3-flash:generateContent", json={})
    assert received.content == body
    assert "content-encoding" not in received.headers
    assert b"accept-encoding: identity" in gateway.headers[-1].lower()


@pytest.mark.parametrize(
    "body",
    [
        b' [{"error":{"code":503,"message":"no capacity","status":"UNAVAILABLE"}}]',
        b'{"type":"error","error":{"type":"overloaded_error","message":"no capacity"}}',
        b'{"code":"INSUFFICIENT_BALANCE","message":"no capacity"}',
        b'{"detail":"no capacity"}',
    ],
)
def test_an_error_of_any_shape_with_a_200(make_shim: MakeShim, body: bytes) -> None:
    with scripted(lambda _target, _body: http(body)) as gateway:
        shim = make_shim(gateway.origin, models=("gemini-3-flash",), models_fetched_at=9e9)
        answer = shim.client.post("/v1beta/models/gemini-3-flash:generateContent", json={})
    assert answer.status_code >= 400
    assert answer.json()["error"]["message"].startswith("no capacity")
