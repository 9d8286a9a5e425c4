"""What a person writes as a base URL, turned into an origin: scheme, host, port, nothing else."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from bytespike_cli.constants import DEFAULT_ORIGIN
from bytespike_cli.errors import ConfigurationError

VERSION_PATHS = frozenset({"", "/v1beta", "/v1"})
"""Paths that documentation tells people to append; clients append their own (clients.md 6)."""

DEFAULT_PORTS = {"http": 80, "https": 443}

PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_\-]{0,61}[a-z0-9_])?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_EXAMPLE = f"write it like {DEFAULT_ORIGIN}"


def normalise_origin(text: str) -> str:
    """Return the origin that `text` means, e.g. `https://llm.bytespike.ai`.

    Understands a trailing slash, `/v1beta` or `/v1` at the end, upper case, a default port, no
    scheme (https; http for this machine), IPv6 in brackets, and international names (as
    `xn--…`). Raises ConfigurationError with the reason for anything else; the text itself is not
    repeated, because people paste URLs with a key in them.
    """
    text = text.strip()
    if not text:
        raise _refused("it is empty")
    if re.search(r"[\s\\\x00-\x1f\x7f]", text):
        raise _refused("it contains a space, a backslash or a control character")
    if "?" in text:
        raise _refused("it has a query (?…), and a gateway's origin has none")
    if "#" in text:
        raise _refused("it has a fragment (#…), and a gateway's origin has none")
    named = _SCHEME.match(text)
    if named and named[1].lower() not in DEFAULT_PORTS:
        raise _refused(f"the scheme {named[1].lower()}:// is neither https:// nor http://")
    try:
        parts = urlsplit(text if named else "//" + text.removeprefix("//"))
        port = parts.port
    except ValueError:
        raise _refused("its host or port cannot be read") from None
    if "@" in parts.netloc:
        raise _refused("it has a user name or password in it")
    if port == 0:
        raise _refused("port 0 is not a port that one can connect to")
    if parts.path.rstrip("/").lower() not in VERSION_PATHS:
        raise _refused(
            "it has a path other than /v1beta, and a gateway's origin ends with its host"
        )
    host = _host(parts.hostname or "")
    assumed = "http" if _is_loopback(host) else "https"
    scheme = named[1].lower() if named else assumed
    if scheme == "http" and not _is_private(host):
        raise ConfigurationError(
            f"The base URL http://{_bracketed(host)} is refused: without TLS, your key would "
            "cross the internet readable by anyone on the way.",
            fix=f"use https://{_bracketed(host)}",
        )
    suffix = "" if port is None or port == DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{_bracketed(host)}{suffix}"


def _host(host: str) -> str:
    """Return a host as it stands in an origin, an IPv6 address without its brackets."""
    if not host:
        raise _refused("it names no host")
    if ":" in host:
        return _address(host).compressed
    if not host.isascii():
        host = _ascii(host)
    labels = host.lower().split(".")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        return _address(host).compressed
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused("its host is not a valid name")
    return host.lower()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if "%" in host:
        raise _refused("an IPv6 zone (%…) is not supported")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        raise _refused("its host is not a valid IP address") from None


def _ascii(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise _refused("its host is not a valid international name") from None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    """Return whether a host is out of the internet's reach, so that plain http may do."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(PRIVATE_SUFFIXES)
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refused(reason: str) -> ConfigurationError:
    return ConfigurationError(f"The base URL is refused: {reason}.", fix=_EXAMPLE)
