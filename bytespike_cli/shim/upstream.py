"""The gateway, as the shim asks it: one form of the key, careful retries, nothing buffered."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from bytespike_cli.constants import API_PREFIX
from bytespike_cli.shim.record import applied
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm, apply
from bytespike_cli.wire.envelope import Cause, Failure, classify
from bytespike_cli.wire.retry import delay_s

Sleep = Callable[[float], Awaitable[object]]

CONNECT_ATTEMPTS = 3
FINAL_QUOTA = 402
"""The status of every quota that waiting does not bring back soon (wire.envelope)."""
REMEMBER_S = 5.0
"""How long a refusal that concerns the key itself is repeated from memory.

Clients ask again at once, some with a dearer model: gemini-cli takes a refused router call for a
reason to use the pro model (clients.md 2.4), google-generativeai sends a 401 three times.
"""
OF_THE_KEY = frozenset(
    {
        Cause.BAD_KEY,
        Cause.EXPIRED_KEY,
        Cause.KEY_QUOTA,
        Cause.IP_NOT_ALLOWED,
        Cause.PAUSED_ORG,
    }
)
_AUTH_CAUSES = frozenset({Cause.BAD_KEY, Cause.BAD_KEY_OR_CHANNEL})


@dataclass(slots=True)
class Refused(Exception):
    """The gateway's answer is an error: `failure` says which, `headers` are the gateway's."""

    failure: Failure
    headers: Mapping[str, str]


@dataclass(slots=True)
class Unreachable(Exception):
    """There was no answer: `sentence` says why, `connected` whether a request may have arrived."""

    sentence: str
    connected: bool = False


@dataclass(slots=True)
class UpstreamRequest:
    """A request as it goes to the gateway, but for the key."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes | None = field(default=None, repr=False)
    once: bool = False
    """Never sent again after a failure that does not say what became of it: it may be paid for."""
    again: bool = False
    """The client repeats what the shim gave up on: no attempts of the shim's own."""


Ask = Callable[[UpstreamRequest], Awaitable[aiohttp.ClientResponse]]


class Exchange:
    """A request and its answer, as an async context manager.

    Not a generator of contextlib's: each of those is registered with the event loop, and this is
    on the way of every request.
    """

    __slots__ = ("_ask", "_request", "_response")

    def __init__(self, ask: Ask, request: UpstreamRequest) -> None:
        self._ask = ask
        self._request = request

    async def __aenter__(self) -> aiohttp.ClientResponse:
        self._response = await self._ask(self._request)
        return self._response

    async def __aexit__(self, *_: object) -> None:
        # close(), not release(): a stream that was left early must end upstream at once.
        # A response read to its end has given its connection back already.
        self._response.close()


class Upstream:
    """Sends requests to the gateway with the real key, and learns which form of it works."""

    def __init__(self, settings: ShimSettings, sleep: Sleep = asyncio.sleep) -> None:
        self._settings = settings
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None
        self._form = settings.auth_form or settings.seen_form or FALLBACK_ORDER[0]
        self._form_known = settings.auth_form is not None
        self._refused: Refused | None = None
        self._refused_until = 0.0
        self._certificates: ssl.SSLContext | None = None

    @property
    def auth_form(self) -> AuthForm:
        """The form of the key that is used now."""
        return self._form

    async def open(self) -> None:
        """Make the connection pool. Raises nothing: nothing is connected yet."""
        limits = self._settings.limits
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(
                total=None,
                sock_connect=limits.connect_timeout_s,
                sock_read=limits.read_timeout_s,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("User-Agent", "Content-Type"),
        )

    def _trust(self, url: str) -> ssl.SSLContext | bool:
        """Return what is trusted at an address: the system's certificates, by the variables of now.

        They are read once, when they are needed: it takes 50 ms, and aiohttp's own were not
        (`quick_import`).
        """
        if not url.startswith("https:") and not (self._settings.proxy or "").startswith("https:"):
            return True
        if self._certificates is None:
            self._certificates = ssl.create_default_context()
        return self._certificates

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def send(self, request: UpstreamRequest) -> Exchange:
        """Send a request on entering the context, whose value is the answer when it is a success.

        Its body is not yet read. Leaving the context early closes the connection, which is how an
        abandoned stream is stopped at the gateway. Entering raises Refused and Unreachable.
        """
        return Exchange(self.ask, request)

    async def ask(self, request: UpstreamRequest) -> aiohttp.ClientResponse:
        """Send a request; return the answer, which is to be closed. Raises as `send` does."""
        if self._refused is not None and self._settings.now() < self._refused_until:
            applied("repeated")
            raise Refused(self._refused.failure, self._refused.headers)
        try:
            return await self._answer(request)
        except Refused as refused:
            self._remember(request, refused)
            raise

    @asynccontextmanager
    async def fetch(
        self, url: str, headers: Mapping[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Get a result file at its signed address; yield the answer, whatever its status.

        The key is not sent, and nothing but https is asked, unless the gateway itself is without.
        Raises Unreachable.
        """
        assert self._session is not None, "open() first"
        secure = self._settings.origin.startswith("https://")
        if not url.startswith(("https://",) if secure else ("https://", "http://")):
            raise Unreachable("The gateway gave an address for the file that is not https.")
        try:
            response = await self._session.get(
                URL(url, encoded=True),
                headers=headers,
                proxy=self._settings.proxy,
                ssl=self._trust(url),
            )
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            words = type(error).__name__
            raise Unreachable(f"The gateway's file host cannot be reached ({words}).") from None
        try:
            yield response
        finally:
            response.close()

    def _remember(self, request: UpstreamRequest, refused: Refused) -> None:
        failure = refused.failure
        final = failure.cause in OF_THE_KEY or failure.google_code == FINAL_QUOTA
        if request.path.startswith(API_PREFIX) and final and failure.cause is not Cause.NO_BALANCE:
            self._refused = refused
            self._refused_until = self._settings.now() + REMEMBER_S

    async def _answer(self, request: UpstreamRequest) -> aiohttp.ClientResponse:
        form = self._form
        untried = [] if self._form_known else [other for other in FALLBACK_ORDER if other != form]
        refused_form: Refused | None = None
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await self._once(request, form)
            except Unreachable as silence:
                if silence.connected or attempt >= CONNECT_ATTEMPTS:
                    raise
                applied("retry")
                await self._sleep(0.2 * 2**attempt)
                continue
            if response.status < 300:
                if request.path.startswith(API_PREFIX):  # elsewhere another form is used
                    self._learn(form)
                return response
            refused = await self._refusal(request, response)
            if refused.failure.cause in _AUTH_CAUSES and request.path.startswith(API_PREFIX):
                # One credential at a time: a stale header would win over a good `?key=` (C3).
                refused_form = refused_form or refused
                if untried:
                    form = untried.pop(0)
                    attempt -= 1
                    continue
                self._form_known = True
                raise refused_form
            jitter_s = random.uniform(1.0, 3.0)  # noqa: S311 - jitter, not a secret
            wait_s = delay_s(refused.failure, attempt, jitter_s)
            if wait_s is None or request.again or (request.once and response.status >= 500):
                raise refused
            applied("retry")
            await self._sleep(wait_s)

    def _learn(self, form: AuthForm) -> None:
        if self._form_known:
            return
        self._form, self._form_known = form, True
        if self._settings.save_form is not None and form is not self._settings.seen_form:
            self._settings.save_form(form)

    async def _once(self, request: UpstreamRequest, form: AuthForm) -> aiohttp.ClientResponse:
        assert self._session is not None, "open() first"
        if form is not AuthForm.HEADER:
            applied("auth")
        if not request.path.startswith(API_PREFIX):
            form = AuthForm.BEARER  # the only form that every other surface takes (contract.md 2.2)
        headers = dict(request.headers)
        query = apply(form, self._settings.secret, headers, request.query)
        url = self._settings.origin + request.path + (f"?{query}" if query else "")
        try:
            return await self._session.request(
                request.method,
                URL(url, encoded=True),
                headers=headers,
                data=request.body,
                proxy=self._settings.proxy,
                ssl=self._trust(url),
                allow_redirects=False,  # the key must not travel to another host
            )
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(_connect_sentence(self._settings.origin, error)) from None
        except TimeoutError:
            raise Unreachable(
                f"{self._settings.origin} did not answer in time.", connected=True
            ) from None
        except aiohttp.ClientResponseError as error:
            words = " ".join(error.message.split("Please")[0].split())
            raise Unreachable(
                f"The answer of {self._settings.origin} cannot be read ({words}).", connected=True
            ) from None
        except aiohttp.ClientError as error:
            words = type(error).__name__
            raise Unreachable(
                f"The connection to {self._settings.origin} broke before an answer ({words}).",
                connected=True,
            ) from None

    async def _refusal(self, request: UpstreamRequest, response: aiohttp.ClientResponse) -> Refused:
        try:
            body = await response.content.read(self._settings.limits.error_body_bytes)
        except (aiohttp.ClientError, TimeoutError):
            body = b""
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        failure = classify(
            response.status, body, headers=headers, path=request.path, now=self._settings.now()
        )
        return Refused(failure, headers)


def _connect_sentence(origin: str, error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        words = f"The name of {origin} cannot be resolved."
    elif isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"The TLS certificate of {origin} is not trusted: {error.certificate_error}."
    elif isinstance(error, aiohttp.ClientConnectorSSLError):
        words = f"TLS with {origin} failed."
    elif isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"The proxy for {origin} cannot be reached; see HTTPS_PROXY and NO_PROXY."
    else:
        words = f"{origin} cannot be reached: {error.strerror or 'connection failed'}."
    return f"{words} Check the network, and `bytespike config get base_url`."
