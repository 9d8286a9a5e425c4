import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway.failures import (
    Refused,
    error_of,
    is_lasting,
    json_of,
    mapped,
    reading_environment,
    redirected,
    refusals_raised,
)
from bytespike_cli.wire.classify import classify

ORIGIN = "https://gateway.example"


def every_subclass(kind: type[Exception]) -> Iterator[type[Exception]]:
    yield kind
    for child in kind.__subclasses__():
        yield from every_subclass(child)


FOREIGN = [
    kind
    for root in (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict)
    for kind in every_subclass(root)
]


def instance(kind: type[Exception]) -> Exception:
    if issubclass(kind, httpx.HTTPStatusError):
        request = httpx.Request("GET", ORIGIN)
        return kind("words", request=request, response=httpx.Response(500, request=request))
    if kind in (httpx.StreamConsumed, httpx.StreamClosed, httpx.ResponseNotRead):
        return kind()
    if kind is httpx.RequestNotRead:
        return kind()
    return kind("words")


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_the_mapping_is_total(kind: type[Exception]) -> None:
    with pytest.raises(errors.BytespikeError) as caught, mapped(ORIGIN):
        raise instance(kind)
    assert caught.value.cause.endswith(".")
    assert caught.value.status in (3, 9, 11)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (httpx.ConnectTimeout, 9),
        (httpx.ReadTimeout, 9),
        (httpx.PoolTimeout, 9),
        (httpx.ReadError, 9),
        (httpx.ProxyError, 9),
        (httpx.RemoteProtocolError, 9),
        (httpx.InvalidURL, 3),
        (httpx.UnsupportedProtocol, 3),
        (httpx.LocalProtocolError, 3),
        (httpx.DecodingError, 11),
        (httpx.TooManyRedirects, 11),
    ],
)
def test_status(kind: type[Exception], status: int) -> None:
    assert error_of(kind("words"), ORIGIN).status == status


def test_words_that_quote_headers_are_not_repeated() -> None:
    error = error_of(httpx.LocalProtocolError("Illegal header value b'the-key'"), ORIGIN)
    assert "the-key" not in error.cause + error.detail + error.fix


def caused_by(cause: Exception) -> Exception:
    error = httpx.ConnectError("failed")
    error.__cause__ = OSError("between")
    error.__cause__.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words", "lasting"),
    [
        (socket.gaierror(-2, "Name or service not known"), "cannot be resolved", False),
        (ssl.SSLCertVerificationError("self-signed"), "certificate", True),
        (ssl.SSLError("wrong version number"), "TLS", True),
        (ConnectionRefusedError(111, "Connection refused"), "Nothing answers", True),
        (OSError(101, "Network is unreachable"), "cannot be reached", False),
    ],
)
def test_why_there_is_no_connection(cause: Exception, words: str, lasting: bool) -> None:
    error = caused_by(cause)
    assert words in error_of(error, ORIGIN).cause
    assert is_lasting(error) is lasting


def test_some_may_pass() -> None:
    with (
        pytest.raises(httpx.ConnectError),
        mapped(ORIGIN, passing=(httpx.ConnectError,)),
    ):
        raise httpx.ConnectError("failed")


def test_bad_variables_are_configuration() -> None:
    with pytest.raises(errors.ConfigurationError, match="proxy"), reading_environment(ORIGIN):
        raise ValueError("Unknown scheme for proxy URL 'socks9://x'")


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error":{"code":"invalid_param","message":"x"}}', errors.RequestError),
        (401, b'{"error":{"code":"invalid_api_key"}}', errors.AuthenticationError),
        (402, b'{"error":{"code":"quota_exceeded"}}', errors.QuotaError),
        (403, b'{"error":{"code":"permission_denied"}}', errors.PermissionDeniedError),
        (400, b'{"error":{"code":"model_not_found"}}', errors.UnknownModelError),
        (429, b'{"error":{"code":"concurrency_limit"}}', errors.RateLimitedError),
        (503, b'{"error":{"code":503,"status":"UNAVAILABLE"}}', errors.GatewayError),
        (404, b"<html><title>Not here</title></html>", errors.ProtocolError),
    ],
)
def test_each_exit_status_has_its_class(
    status: int, body: bytes, kind: type[errors.BytespikeError]
) -> None:
    failure = classify(status, body, headers={})
    with pytest.raises(kind) as caught, refusals_raised():
        raise Refused(failure, "req-7")
    assert type(caught.value) is kind
    assert caught.value.status == failure.exit_status
    assert caught.value.detail.startswith(f"HTTP {status}")
    assert caught.value.detail.endswith("(request req-7)")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing in it"),
        (b"<html>Sign in</html>", "<html>Sign in</html>"),
        (b"{broken", "{broken"),
        (b"\xff\xfe", "application/json, 2 bytes"),
    ],
)
def test_what_is_no_json_is_shown(body: bytes, words: str) -> None:
    response = httpx.Response(200, content=body, headers={"content-type": "application/json"})
    with pytest.raises(errors.ProtocolError) as caught:
        json_of(response, ORIGIN)
    assert words in caught.value.cause + caught.value.detail


def test_redirects_name_their_goal() -> None:
    response = httpx.Response(302, headers={"location": "https://elsewhere.example/"})
    assert "https://elsewhere.example/" in redirected(response, ORIGIN).detail
