"""The client: one origin, one key; the requests, the forms of the key, the retries.

Redirects are never followed: a key must not travel to another host.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self
from urllib.parse import quote

import httpx

from bytespike_cli import __version__, errors
from bytespike_cli.constants import ACCOUNT_PATH, API_PREFIX, AVAILABLE_MODELS_PATH, MODELS_PATH
from bytespike_cli.gateway.answers import Answer, AnswerStream, KeyCheck
from bytespike_cli.gateway.failures import (
    Refused,
    error_of,
    identity_of,
    is_lasting,
    json_of,
    lower_headers,
    mapped,
    reading_environment,
    redirected,
    refusals_raised,
    unexpected,
)
from bytespike_cli.gateway.request import Request
from bytespike_cli.redact import remember
from bytespike_cli.wire import catalogue
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm, apply
from bytespike_cli.wire.envelope import (
    Cause,
    Failure,
    classify,
    classify_parsed,
    find_error,
    fix_of,
)
from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.quota import from_headers
from bytespike_cli.wire.retry import MAX_ATTEMPTS, delay_s

CONNECT_TIMEOUT_S = 15.0
READ_TIMEOUT_S = 600.0
"""Longest silence: no limit is documented, and models think for minutes (contract.md 1.1)."""
CONNECT_ATTEMPTS = 2

CONNECTING = (httpx.ConnectError, httpx.ConnectTimeout)
"""The request surely did not arrive."""
BREAKS = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
"""It may have arrived: only what may be repeated is sent again."""

NO_SUCH_ENDPOINT = (404, 405, 501)


class Gateway:
    """One origin and one key. Use as a context manager, or call `close`.

    `key_variable` is the variable that the key stands in, if it does, for what errors say of it.
    `auth_form` is the form tried first on /v1beta, `learned` is given another that was found to
    work there. `timeout_s` is the longest silence. `now` is the Environment's clock (without it,
    reset times are not told as distances). `notify` is given a sentence for each retry. `proxy` is
    the URL of the proxy to go through (`proxy_for`). `pause`, `jitter_s` and `transport` are for
    tests. Certificates are checked against the system's store, as the shim's are. Raises
    ConfigurationError for a key that HTTP cannot carry.
    """

    def __init__(
        self,
        origin: str,
        key: str,
        *,
        key_variable: str = "",
        auth_form: AuthForm = AuthForm.HEADER,
        learned: Callable[[AuthForm], None] = lambda _: None,
        timeout_s: float = READ_TIMEOUT_S,
        now: Callable[[], float] = lambda: 0.0,
        notify: Callable[[str], None] = lambda _: None,
        proxy: str | None = None,
        pause: Callable[[float], None] = time.sleep,
        jitter_s: Callable[[], float] = lambda: random.uniform(1.0, 3.0),  # noqa: S311
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise errors.ConfigurationError(
                "The key holds characters that cannot stand in a key.", fix="bytespike login"
            )
        remember(key)
        self.origin = origin
        self.now = now
        self._key = key
        self._key_variable = key_variable
        self._notify = notify
        self._pause = pause
        self._jitter_s = jitter_s
        self._learned = learned
        self._first_form: dict[tuple[AuthForm, ...], AuthForm] = {FALLBACK_ORDER: auth_form}
        with reading_environment(origin):
            trusted = trust(origin, proxy)
            self._client = httpx.Client(
                timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
                headers={"user-agent": f"bytespike/{__version__}"},
                trust_env=False,
                verify=trusted,
                proxy=through(proxy, trusted) if proxy else None,
                transport=transport,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def list_models(self) -> list[str]:
        """Return the slugs that the key reaches: `GET /v1/models`, free (contract.md 3.4).

        Raises the error tree: AuthenticationError for a bad key, NetworkError, ...
        """
        with refusals_raised():
            return catalogue.slugs(self._get(MODELS_PATH)[0])

    def verify(self) -> KeyCheck:
        """Prove that the key is alive, and learn its catalogue; nothing is billed.

        `/v1/models` is the documented proof. Where it is missing or names nothing, the management
        endpoints are asked; their 401 and 403 say that they are not for API keys, never that the
        key is bad (contract.md 2.2). Raises the error of `/v1/models` when nothing vouched.
        """
        with refusals_raised():
            missing: Refused | None = None
            check: KeyCheck | None = None
            try:
                check = self._check(MODELS_PATH)
            except Refused as refused:
                if refused.failure.http_status not in NO_SUCH_ENDPOINT:
                    raise
                missing = refused
            for path in (AVAILABLE_MODELS_PATH, ACCOUNT_PATH):
                if check is not None and check.models:
                    break
                try:
                    found = self._check(path)
                except (Refused, errors.ProtocolError):
                    continue
                check = found if found.models or check is None else check
            if check is not None:
                return check
            assert missing is not None
            raise missing

    def generate(self, model: str, body: dict[str, Any]) -> Answer:
        """Ask once and return the whole answer (contract.md 3.1). Raises the error tree."""
        with refusals_raised(), self._key_told_from_channel():
            response = self.send(_generate_request(model, "generateContent", body))
            document = self.read(response)
            if not isinstance(document, dict):
                raise unexpected(response.headers, response.content, self.origin)
            self.refuse_error_inside(document, response)
        headers = lower_headers(response)
        return Answer(document, from_headers(headers), identity_of(response))

    def stream(self, model: str, body: dict[str, Any]) -> AnswerStream:
        """Ask once and return the answer as it arrives (contract.md 3.2).

        Raises the error tree: here for what the gateway refuses, while iterating for what goes
        wrong later.
        """
        with refusals_raised(), self._key_told_from_channel():
            response = self.send(_generate_request(model, "streamGenerateContent", body))
        return AnswerStream(response, self.origin, self.now())

    def _check(self, path: str) -> KeyCheck:
        document, response = self._get(path)
        return KeyCheck(
            tuple(catalogue.slugs(document)), path, from_headers(lower_headers(response))
        )

    def _get(self, path: str) -> tuple[Any, httpx.Response]:
        response = self.send(Request("GET", path))
        document = self.read(response)
        self.refuse_error_inside(document, response)
        return document, response

    def read(self, response: httpx.Response) -> Any:
        """Return the JSON of an answer of `send`. Raises NetworkError, ProtocolError."""
        with mapped(self.origin), _closing(response):
            response.read()
        return json_of(response, self.origin)

    def send(self, request: Request) -> httpx.Response:
        """Return a successful answer, its body unread. Raises Refused and the error tree.

        After a 401 the next form of the key is tried, one form at a time (C3); the one that
        works is kept. When none does, the first refusal is the one that counts.
        """
        forms = request.forms
        first = self._first_form.get(forms, forms[0])
        first_refusal: Refused | None = None
        for form in (first, *(form for form in forms if form != first)):
            try:
                response = self._send_with_retries(request, form)
            except Refused as refused:
                if refused.failure.http_status != 401:
                    raise
                first_refusal = first_refusal or refused
                continue
            if form is not first and forms == FALLBACK_ORDER:
                self._learned(form)
            self._first_form[forms] = form
            return response
        assert first_refusal is not None
        raise first_refusal

    def _send_with_retries(self, request: Request, form: AuthForm) -> httpx.Response:
        attempt, broke = 1, False
        while True:
            try:
                response = self._send_once(request, form)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                attempts = MAX_ATTEMPTS if request.repeatable else CONNECT_ATTEMPTS
                if request.once or attempt >= attempts or is_lasting(error):
                    failed = error_of(error, self.origin)
                    failed.arrived = broke
                    raise failed from None
                self._wait("No connection", float(2 ** (attempt - 1)))
            except httpx.TransportError as error:
                broke = True
                if attempt >= MAX_ATTEMPTS:
                    raise error_of(error, self.origin, repeatable=True) from None
                self._wait("The connection broke", float(2 ** (attempt - 1)))
            else:
                if response.is_success:
                    return response
                refused = self._refused(response)
                if request.once and refused.failure.http_status != 429:
                    raise refused
                wait_s = delay_s(refused.failure, attempt, self._jitter_s())
                if wait_s is None:
                    raise refused
                self._wait(refused.seen, wait_s)
            attempt += 1

    def _send_once(self, request: Request, form: AuthForm) -> httpx.Response:
        headers: dict[str, str] = {}
        if request.body is not None:
            headers["content-type"] = request.content_type
        if request.streamed:
            headers |= {"accept": "text/event-stream", "accept-encoding": "identity"}
        query = apply(form, self._key, headers, request.query)
        url = self.origin + request.path + (f"?{query}" if query else "")
        passing = BREAKS if request.repeatable else CONNECTING
        with mapped(self.origin, passing=passing):
            built = self._client.build_request(
                request.method, url, headers=headers, content=request.body,
                timeout=httpx.USE_CLIENT_DEFAULT if request.timeout_s is None
                else httpx.Timeout(request.timeout_s, connect=CONNECT_TIMEOUT_S),
            )  # fmt: skip
            response = self._client.send(built, stream=True)
            if request.repeatable and not request.streamed and response.is_success:
                with _closing(response):
                    response.read()
            return response

    def _refused(self, response: httpx.Response) -> Refused:
        if response.is_redirect:
            response.close()
            raise redirected(response, self.origin)
        failure = classify(
            response.status_code,
            _error_body(response),
            headers=lower_headers(response),
            path=response.request.url.path,
            now=self.now(),
        )
        return self._told(failure, response)

    def refuse_error_inside(self, document: Any, response: httpx.Response) -> None:
        """Raise the error that some upstreams send as a success (contract.md 4.2)."""
        parsed = find_error(document)
        if parsed is not None:
            path = response.request.url.path
            failure = classify_parsed(
                parsed, headers=lower_headers(response), path=path, now=self.now()
            )
            raise self._told(failure, response)

    def _told(self, failure: Failure, response: httpx.Response) -> Refused:
        fix = fix_of(failure.cause, self._key_variable)
        return Refused(replace(failure, fix=fix), identity_of(response))

    def _wait(self, why: str, wait_s: float) -> None:
        self._notify(f"{why}; trying again in {wait_s:.0f} s")
        self._pause(wait_s)

    @contextmanager
    def _key_told_from_channel(self) -> Iterator[None]:
        """A 400 API_KEY_INVALID means this key or the gateway's own: `/v1/models` tells (C15)."""
        try:
            yield
        except Refused as refused:
            if refused.failure.cause is not Cause.BAD_KEY_OR_CHANNEL:
                raise
            try:
                self.list_models()
            except errors.BytespikeError:
                raise refused from None
            raise errors.GatewayError(
                "Your key is good, but the gateway's own key for this model is not accepted.",
                fix="try another model (bytespike models), or later: ByteSpike has to mend this",
                detail=refused.seen,
            ) from None


def trust(origin: str, proxy: str | None) -> ssl.SSLContext:
    """Return whom to trust: the system's store, or SSL_CERT_FILE and SSL_CERT_DIR.

    Loading them takes a while, which plain http is spared: it trusts nobody.
    """
    if origin.startswith("https:") or (proxy or "").startswith("https:"):
        return ssl.create_default_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def through(proxy: str, trusted: ssl.SSLContext) -> httpx.Proxy:
    """Return the proxy for httpx; certificates count only where it is spoken to over TLS."""
    return httpx.Proxy(proxy, ssl_context=trusted if proxy.startswith("https:") else None)


def _generate_request(model: str, method: str, body: dict[str, Any]) -> Request:
    streamed = method == "streamGenerateContent"
    return Request(
        "POST",
        f"{API_PREFIX}/models/{quote(model, safe='')}:{method}",
        query="alt=sse" if streamed else "",
        body=json_bytes(body),
        streamed=streamed,
    )


def _error_body(response: httpx.Response) -> bytes:
    """Return the body of an error; a body that cannot be read does not hide the status."""
    try:
        with _closing(response):
            return response.read()
    except (httpx.HTTPError, httpx.StreamError):
        return b""


@contextmanager
def _closing(response: httpx.Response) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()
