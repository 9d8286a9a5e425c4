"""The boundary: every exception of httpx, and every answer that is an error, as one of ours."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from bytespike_cli import errors
from bytespike_cli.wire.classify import Failure
from bytespike_cli.wire.quota import request_id

SEEN_CHARACTERS = 160

_BY_STATUS: dict[int, type[errors.BytespikeError]] = {
    int(kind.status): kind
    for kind in (
        errors.RequestError,
        errors.AuthenticationError,
        errors.PermissionDeniedError,
        errors.UnknownModelError,
        errors.QuotaError,
        errors.RateLimitedError,
        errors.NetworkError,
        errors.GatewayError,
        errors.ProtocolError,
    )
}

_PROXY_FIX = "check HTTPS_PROXY and NO_PROXY"
_ORIGIN_FIX = "check the base URL: bytespike config show --origin"


class Refused(Exception):
    """The gateway's answer is an error, already understood.

    `identity` is the request's id; `where` stands in the place of the HTTP status for an error that
    came without one.
    """

    def __init__(self, failure: Failure, identity: str | None = None, where: str = "") -> None:
        super().__init__(failure.cause)
        self.failure = failure
        self.identity = identity
        self.where = where or f"HTTP {failure.http_status}"

    def as_error(self) -> errors.BytespikeError:
        """Return it as the class of errors.py with the exit status that it stands for."""
        kind = _BY_STATUS.get(int(self.failure.exit_status), errors.RequestError)
        return kind(self.failure.sentence, fix=self.failure.fix, detail=self.seen)

    @property
    def seen(self) -> str:
        """What the gateway said, in one line: status, code, its own words, the request's id."""
        failure = self.failure
        head = " ".join(filter(None, (self.where, failure.code)))
        line = f"{head}: {failure.message}" if failure.message else head
        return f"{line} (request {self.identity})" if self.identity else line


@contextmanager
def refusals_raised() -> Iterator[None]:
    """Let every `Refused` leave as an error of ours."""
    try:
        yield
    except Refused as refused:
        raise refused.as_error() from None


@contextmanager
def mapped(origin: str, *, passing: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Let every exception of httpx leave as an error of ours; those in `passing` as they are."""
    try:
        yield
    except passing:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, httpx.CookieConflict) as error:
        raise error_of(error, origin) from None


@contextmanager
def reading_environment(origin: str) -> Iterator[None]:
    """Let what httpx raises over proxy and certificate variables leave as an error of ours."""
    try:
        with mapped(origin):
            yield
    except (OSError, ValueError, ImportError) as error:
        raise errors.ConfigurationError(
            "The proxy or certificate variables of the environment cannot be used.",
            fix="check HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
            detail=_words(error),
        ) from None


def error_of(error: Exception, origin: str, *, repeatable: bool = False) -> errors.BytespikeError:
    """Return an exception of httpx as an error of ours (total: a test says so).

    `repeatable`: it was about a request that may be sent any number of times, and was.
    """
    detail = _words(error)
    match error:
        case httpx.ConnectError():
            return _connect_error(error, origin)
        case httpx.ConnectTimeout():
            return errors.NetworkError(
                f"{origin} did not take a connection in time.",
                fix="check the network; behind a proxy, set HTTPS_PROXY",
                detail=detail,
            )
        case httpx.TimeoutException():
            return errors.NetworkError(
                f"{origin} did not answer in time.",
                fix=f"send it again in a minute; if it stays so, {_PROXY_FIX}",
                detail=detail,
            )
        case httpx.ProxyError():
            return errors.NetworkError(
                "The proxy refused the connection.", fix=_PROXY_FIX, detail=detail
            )
        case httpx.LocalProtocolError():
            # No detail: its words quote header values, and a key is one.
            return errors.ConfigurationError(
                "The request cannot be written as HTTP; the key may hold a stray character.",
                fix="bytespike login",
            )
        case httpx.NetworkError() | httpx.RemoteProtocolError() if repeatable:
            return errors.NetworkError(
                f"The connection to {origin} breaks again and again.",
                fix="check the network",
                detail=detail,
            )
        case httpx.NetworkError() | httpx.RemoteProtocolError():
            return errors.NetworkError(
                f"The connection to {origin} broke before the answer was complete. "
                "It is not sent again by itself, because it may have been billed.",
                fix="send it again",
                detail=detail,
            )
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return errors.ConfigurationError(
                f"{origin} is no address that can be asked.", fix=_ORIGIN_FIX, detail=detail
            )
        case _:
            return errors.ProtocolError(
                f"The answer of {origin} cannot be read.", fix=_ORIGIN_FIX, detail=detail
            )


def is_lasting(error: Exception) -> bool:
    """Return whether a failed connection will fail again in a second: TLS, or nobody there."""
    return any(isinstance(c, (ssl.SSLError, ConnectionRefusedError)) for c in _chain(error))


def redirected(response: httpx.Response, origin: str) -> errors.ProtocolError:
    """Return the error for a redirect, which is never followed."""
    return errors.ProtocolError(
        f"{origin} answered with a redirect, which is not followed: the key would travel along.",
        fix=_ORIGIN_FIX,
        detail=f"HTTP {response.status_code} to {response.headers.get('location', 'nowhere')}",
    )


def unexpected(
    headers: httpx.Headers, body: bytes, origin: str, *, what: str = "a Gemini answer"
) -> errors.ProtocolError:
    """Return the error for a 200 that is not what the contract promises, with what was seen."""
    kind = headers.get("content-type", "no content type").partition(";")[0]
    if not body:
        return errors.ProtocolError(
            f"{origin} answered with success and nothing in it.",
            fix="send it again",
            detail=f"HTTP 200, {kind}, empty",
        )
    start = " ".join(body[: 4 * SEEN_CHARACTERS].decode("utf-8", "replace").split())
    return errors.ProtocolError(
        f"{origin} answered with something that is not {what}.",
        fix="is it a ByteSpike gateway, with no login page or proxy before it? "
        "bytespike config show --origin",
        detail=f"HTTP 200, {kind}, {len(body)} bytes: {start[:SEEN_CHARACTERS]}",
    )


def json_of(response: httpx.Response, origin: str, *, what: str = "a Gemini answer") -> Any:
    """Return the JSON of an answer that was read. Raises ProtocolError with what was seen."""
    try:
        return json.loads(response.content)
    except ValueError:
        raise unexpected(response.headers, response.content, origin, what=what) from None


def lower_headers(response: httpx.Response) -> dict[str, str]:
    """Return the headers as wire/ wants them: one value each, names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}


def identity_of(response: httpx.Response) -> str | None:
    """Return the request id that the answer carries under any of its names."""
    return request_id(lower_headers(response))


def _connect_error(error: Exception, origin: str) -> errors.NetworkError:
    for cause in _chain(error):
        if isinstance(cause, socket.gaierror):
            return errors.NetworkError(
                f"The name of {origin} cannot be resolved.",
                fix="check the network and the base URL: bytespike config show --origin",
                detail=_words(cause),
            )
        if isinstance(cause, ssl.SSLCertVerificationError):
            return errors.NetworkError(
                f"The TLS certificate of {origin} is not trusted.",
                fix="behind a company proxy, point SSL_CERT_FILE at its certificate",
                detail=_words(cause),
            )
        if isinstance(cause, ssl.SSLError):
            return errors.NetworkError(
                f"TLS with {origin} failed.",
                fix="is it really an https server? bytespike config show --origin",
                detail=_words(cause),
            )
        if isinstance(cause, ConnectionRefusedError):
            return errors.NetworkError(
                f"Nothing answers at {origin}.",
                fix=f"{_ORIGIN_FIX}; a proxy in HTTPS_PROXY may also be what refuses",
                detail=_words(cause),
            )
    return errors.NetworkError(
        f"{origin} cannot be reached.", fix="check the network", detail=_words(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")
