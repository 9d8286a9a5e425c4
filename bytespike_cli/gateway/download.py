"""Fetching a result: from another host, without the key, and from where it was cut."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from bytespike_cli import __version__, errors
from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.gateway.client import (
    CONNECT_TIMEOUT_S,
    through,
    trust,
)
from bytespike_cli.gateway.failures import error_of, is_lasting, reading_environment
from bytespike_cli.wire.retry import MAX_ATTEMPTS, MAX_WAIT_S

SILENCE_S = 60.0
MAX_REDIRECTS = 5
GONE = (401, 403, 404, 410)
"""What a CDN says of a URL that has expired, or of a file that is there no more."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_UNSATISFIED = re.compile(r"bytes \*/(\d+)")


class ExpiredError(errors.TaskError):
    """The URL of a result does not work any more."""


class Sink(Protocol):
    """Where the bytes go. `size` bytes are there already, of the version that `etag` names."""

    size: int
    etag: str

    def restart(self, etag: str) -> None:
        """Throw away what is there: a new version begins."""

    def write(self, data: bytes) -> None:
        """Take the next bytes."""


def fetch(
    url: str,
    sink: Sink,
    *,
    variables: Mapping[str, str],
    on_progress: Callable[[int, int | None], None] = lambda _done, _total: None,
    pause: Callable[[float], None] = time.sleep,
    transport: httpx.BaseTransport | None = None,
) -> None:
    """Fetch a URL into a sink, whole. `on_progress` is given the bytes so far and in all.

    A connection that is cut is taken up where it broke, as long as every attempt brings something;
    a server without ranges sends it all again. Raises ExpiredError, NetworkError, GatewayError,
    ProtocolError, and whatever the sink raises.
    """
    host = _checked_host(url)
    with _client(url, variables, transport) as client:
        failures = 0
        while True:
            before = sink.size
            try:
                if _attempt(client, url, sink, on_progress):
                    return
                cut: errors.BytespikeError = errors.NetworkError(
                    f"The download from {host} was cut.", detail=f"{sink.size} bytes have come"
                )
                wait_s: float | None = 1.0
            except httpx.TransportError as broken:
                cut = error_of(broken, host, repeatable=True)
                wait_s = None if is_lasting(broken) else 1.0
            except _Refusal as refusal:
                cut, wait_s = refusal.error, refusal.wait_s
            failures = 1 if sink.size > before else failures + 1
            if wait_s is None or failures >= MAX_ATTEMPTS:
                raise cut from None
            pause(max(wait_s, float(2 ** (failures - 1))))


class _Refusal(Exception):
    """The server refused, and perhaps not for good. Its words are XML of no interest."""

    def __init__(self, response: httpx.Response, host: str) -> None:
        super().__init__(response.status_code)
        self._status = response.status_code
        self._asked = response.headers.get("retry-after", "")
        detail = f"HTTP {self._status} from {host}"
        self.error: errors.BytespikeError
        if self._status in GONE:
            self.error = ExpiredError("The address of the result has expired.", detail=detail)
        elif self._passes:
            self.error = errors.GatewayError(f"{host} does not give the file.", detail=detail)
        else:
            self.error = errors.ProtocolError(f"{host} does not give the file.", detail=detail)

    @property
    def _passes(self) -> bool:
        return self._status == 429 or self._status >= 500

    @property
    def wait_s(self) -> float | None:
        """Seconds to wait before another attempt, None for none."""
        asked_s = float(self._asked[:9]) if self._asked.isdecimal() else 1.0
        return asked_s if self._passes and asked_s <= MAX_WAIT_S else None


def _attempt(
    client: httpx.Client, url: str, sink: Sink, on_progress: Callable[[int, int | None], None]
) -> bool:
    """Fetch what is missing; return whether all of it is there."""
    headers = {"accept-encoding": "identity"}
    if sink.size:
        headers["range"] = f"bytes={sink.size}-"
        if sink.etag:
            headers["if-range"] = sink.etag
    with _following(client, url, headers) as response:
        status = response.status_code
        if status == 416 and (past := _UNSATISFIED.fullmatch(_range(response))):
            if int(past[1]) == sink.size:
                return True
            sink.restart("")
            return False
        if status not in (200, 206):
            raise _Refusal(response, _host(url))
        total = _begin(response, sink)
        on_progress(sink.size, total)
        try:
            for data in response.iter_bytes():
                sink.write(data)
                on_progress(sink.size, total)
        except httpx.TransportError:
            if sink.size != total:
                raise
        return total is None or sink.size == total


def _begin(response: httpx.Response, sink: Sink) -> int | None:
    """Make the sink ready for an answer; return how many bytes there will be, if that is known."""
    length = response.headers.get("content-length", "")
    known = length.isdecimal() and "content-encoding" not in response.headers
    if response.status_code == 206:
        found = _CONTENT_RANGE.fullmatch(_range(response))
        if found is None or int(found[1]) != sink.size:
            sink.restart("")
            raise httpx.RemoteProtocolError("another range than was asked for")
        return int(found[2])
    etag = response.headers.get("etag", "")
    sink.restart("" if etag.startswith("W/") else etag)
    return int(length) if known else None


@contextmanager
def _following(client: httpx.Client, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """Ask, and follow redirects, which carry no key; never from https to http."""
    for _ in range(MAX_REDIRECTS + 1):
        with client.stream("GET", url, headers=headers) as response:
            target = response.next_request.url if response.next_request is not None else None
            if target is None:
                yield response
                return
            if response.url.scheme == "https" and target.scheme != "https":
                break
            url = str(target)
    raise errors.ProtocolError(
        f"{_host(url)} leads on and on instead of giving the file.", fix="try again later"
    )


@contextmanager
def _client(
    url: str, variables: Mapping[str, str], transport: httpx.BaseTransport | None
) -> Iterator[httpx.Client]:
    host = _host(url)
    proxy = proxy_for(host, variables)
    with reading_environment(host):
        trusted = trust(host, proxy)
        client = httpx.Client(
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_TIMEOUT_S),
            headers={"user-agent": f"bytespike/{__version__}"},
            trust_env=False,
            verify=trusted,
            proxy=through(proxy, trusted) if proxy else None,
            transport=transport,
        )
    with client:
        yield client


def _checked_host(url: str) -> str:
    try:
        parsed = httpx.URL(url)
        if parsed.scheme in ("http", "https") and parsed.host:
            return _host(url)
    except (httpx.InvalidURL, ValueError):
        pass
    raise errors.ProtocolError("The address of the result is none that can be fetched.")


def _range(response: httpx.Response) -> str:
    return str(response.headers.get("content-range", "")).strip()


def _host(url: str) -> str:
    """Return scheme and host of a URL: the rest is a signature that nobody needs to read."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
