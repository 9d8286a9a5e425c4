"""Reaching a host step by step: name, connection, TLS, with what went wrong at which step."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from bytespike_cli.config.origin_url import DEFAULT_PORTS

_OIDS = {b"\x06\x03\x55\x04\x0a": "O", b"\x06\x03\x55\x04\x03": "CN"}
_TEXT_TAGS = (0x0C, 0x13, 0x16)


@dataclass(frozen=True, slots=True)
class Address:
    """Host and port of a URL."""

    host: str
    port: int
    tls: bool


def address_of(url: str) -> Address:
    """Return where a URL leads."""
    parts = urlsplit(url)
    scheme = parts.scheme or "https"
    port = parts.port or DEFAULT_PORTS.get(scheme, 443)
    return Address(parts.hostname or "", port, scheme == "https")


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def connect(target: Address, proxy: str | None, timeout_s: float) -> socket.socket:
    """Return a connection to a host, through the proxy if there is one. Raises OSError.

    Without TLS a proxy is given whole requests and no tunnel is asked for: it is the end then.
    """
    if proxy is None:
        return socket.create_connection((target.host, target.port), timeout_s)
    via, parts = address_of(proxy), urlsplit(proxy)
    if not target.tls:
        return socket.create_connection((via.host, via.port), timeout_s)
    maker = http.client.HTTPSConnection if via.tls else http.client.HTTPConnection
    tunnel = maker(via.host, via.port, timeout=timeout_s)
    headers = {}
    if parts.username:
        import base64

        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    tunnel.set_tunnel(target.host, target.port, headers)
    tunnel.connect()
    plug: socket.socket = tunnel.sock
    return plug


@contextmanager
def secured(
    target: Address, proxy: str | None, timeout_s: float, *, verified: bool = True
) -> Iterator[ssl.SSLSocket]:
    """Give a connection with TLS on it. Raises ssl.SSLError and OSError."""
    context = ssl.create_default_context()
    if not verified:
        # To look at a certificate that is not trusted; no key ever crosses this connection.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    with (
        connect(target, proxy, timeout_s) as plug,
        context.wrap_socket(plug, server_hostname=target.host) as tls,
    ):
        yield tls


def signer(target: Address, proxy: str | None, timeout_s: float) -> str:
    """Return who signed the certificate of a host that is not trusted. Raises OSError."""
    with secured(target, proxy, timeout_s, verified=False) as tls:
        return issuer_of(tls.getpeercert(binary_form=True) or b"")


def issuer_of(certificate: bytes) -> str:
    """Return who signed a certificate (DER), as far as its issuer is readable: `O, CN`."""
    # The issuer stands before the validity (a sequence of two times), the subject behind it.
    head = re.split(rb"\x30.[\x17\x18][\x0d\x0f]\d", certificate, maxsplit=1, flags=re.DOTALL)[0]
    names = []
    for oid in _OIDS:
        at = head.find(oid)
        if at >= 0 and head[at + 5] in _TEXT_TAGS:
            length = head[at + 6]
            names.append(head[at + 7 : at + 7 + length].decode("utf-8", "replace"))
    return ", ".join(dict.fromkeys(names))


def date_of(target: Address, proxy: str | None, timeout_s: float) -> str:
    """Return the Date header of a host whose certificate is not trusted; no key is sent.

    Raises OSError and http.client.HTTPException.
    """
    with secured(target, proxy, timeout_s, verified=False) as tls:
        tls.sendall(f"HEAD / HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n".encode())
        answer = http.client.HTTPResponse(tls)
        answer.begin()
        return answer.getheader("date") or ""
