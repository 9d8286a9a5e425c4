"""Single requests to look at: nothing sent twice, nothing repaired, everything noted.

For the doctor, which wants to see what the gateway does, where `Gateway` gets an answer out of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from bytespike_cli import __version__
from bytespike_cli.gateway.client import through, trust
from bytespike_cli.gateway.failures import (
    SEEN_CHARACTERS,
    lower_headers,
    mapped,
    reading_environment,
)
from bytespike_cli.redact import remember
from bytespike_cli.wire.auth import AuthForm, apply
from bytespike_cli.wire.classify import Failure, classify, classify_parsed
from bytespike_cli.wire.json_stream import StreamTooLarge
from bytespike_cli.wire.parsed_error import find_error
from bytespike_cli.wire.quota import Quota, from_headers
from bytespike_cli.wire.stream_repair import StreamRepair

KEPT_BYTES = 1024 * 1024
"""How much of an answer is kept; catalogues are far smaller."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its whole answer. Headers have names in lower case."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed_s: float = 0.0

    @property
    def document(self) -> Any:
        """The JSON of the body, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def content_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def quota(self) -> Quota:
        """What the quota headers say."""
        return from_headers(self.headers)

    def failure(self, now: float) -> Failure | None:
        """Return what the answer means when it is an error, also one inside a 200."""
        if not 200 <= self.status < 300:
            return classify(self.status, self.body, headers=self.headers, path=self.path, now=now)
        parsed = find_error(self.document)
        if parsed is None:
            return None
        return classify_parsed(parsed, headers=self.headers, path=self.path, now=now)

    @property
    def seen(self) -> str:
        """The answer in one line: the request, the status, the first words of an odd body."""
        line = f"{self.method} {self.path}: HTTP {self.status}"
        if 300 <= self.status < 400:
            return f"{line} to {self.headers.get('location', 'nowhere')}"
        words = " ".join(self.body[: 4 * SEEN_CHARACTERS].decode("utf-8", "replace").split())
        kind = self.content_type or "no content type"
        return f"{line}, {kind}: {words[:SEEN_CHARACTERS]}" if words else f"{line}, {kind}, empty"


@dataclass(slots=True)
class StreamTrace:
    """A stream as it arrived. Times are in seconds since the request was sent."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers_at_s: float = 0.0
    arrivals_s: list[float] = field(default_factory=list)
    """When each read from the network came."""
    body: bytes = field(default=b"", repr=False)
    """The beginning of the body, or all of an error's."""
    repair: StreamRepair = field(default_factory=StreamRepair, repr=False)
    """What the shim would make of it: events, end, the rules that apply."""
    documents: list[dict[str, Any]] = field(default_factory=list, repr=False)
    broken: str = ""
    """How the connection ended when it was not properly closed: an exception and its words."""
    stalled: bool = False
    """The silence was longer than the time limit."""

    @property
    def spread_s(self) -> float:
        """From the first piece of the body to the last."""
        return self.arrivals_s[-1] - self.arrivals_s[0] if self.arrivals_s else 0.0


class Prober:
    """Asks one gateway with one key. Threads may share it; close it when all is known."""

    def __init__(
        self,
        origin: str,
        key: str,
        *,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        remember(key)
        self.origin = origin
        self.proxy = proxy
        self._key = key
        self._clock = clock
        with reading_environment(origin):
            trusted = trust(origin, proxy)
            self._client = httpx.Client(
                headers={"user-agent": f"bytespike/{__version__} doctor"},
                trust_env=False,
                verify=trusted,
                proxy=through(proxy, trusted) if proxy else None,
                transport=transport,
            )

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        form: AuthForm | None,
        body: dict[str, Any] | None = None,
        query: str = "",
        timeout_s: float,
    ) -> Exchange:
        """Send one request, with the key in one form or (None) without it; return the answer.

        `timeout_s` is the longest silence. Raises NetworkError and its like when there is none.
        """
        request = self._request(method, path, form, body, query, timeout_s)
        start = self._clock()
        with mapped(self.origin):
            response = self._client.send(request)
        elapsed_s = self._clock() - start
        return Exchange(
            method,
            urlsplit(path).path,
            response.status_code,
            lower_headers(response),
            response.content[:KEPT_BYTES],
            elapsed_s,
        )

    def stream(
        self, path: str, *, form: AuthForm, body: dict[str, Any], timeout_s: float
    ) -> StreamTrace:
        """Ask for a stream and note how it arrives, to its end, however it ends.

        Raises NetworkError and its like only when there is no answer at all.
        """
        request = self._request("POST", path, form, body, "alt=sse", timeout_s)
        request.headers["accept"] = "text/event-stream"
        request.headers["accept-encoding"] = "identity"
        trace = StreamTrace()
        start = self._clock()
        with mapped(self.origin):
            response = self._client.send(request, stream=True)
        trace.status, trace.headers = response.status_code, lower_headers(response)
        trace.headers_at_s = self._clock() - start
        clean = True
        try:
            for data in response.iter_bytes():
                trace.arrivals_s.append(self._clock() - start)
                trace.body = (trace.body + data)[:KEPT_BYTES]
                if response.is_success:
                    _keep(trace, trace.repair.feed(data))
        except (httpx.HTTPError, httpx.StreamError, StreamTooLarge) as error:
            clean = False
            trace.broken = f"{type(error).__name__}: {error}".removesuffix(": ")
            trace.stalled = isinstance(error, httpx.TimeoutException)
        finally:
            response.close()
        if response.is_success:
            _keep(trace, trace.repair.finish(clean=clean))
        return trace

    def _request(
        self,
        method: str,
        path: str,
        form: AuthForm | None,
        body: dict[str, Any] | None,
        query: str,
        timeout_s: float,
    ) -> httpx.Request:
        headers: dict[str, str] = {}
        if form is not None:
            query = apply(form, self._key, headers, query)
        url = self.origin + path + (f"?{query}" if query else "")
        with mapped(self.origin):
            return self._client.build_request(
                method, url, headers=headers, json=body, timeout=timeout_s
            )


def _keep(trace: StreamTrace, events: list[bytes]) -> None:
    for event in events:
        document = json.loads(event.partition(b":")[2])
        if isinstance(document, dict):
            trace.documents.append(document)
