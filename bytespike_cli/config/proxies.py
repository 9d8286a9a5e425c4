"""The user's proxy for an origin, from the usual variables."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import remember

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
"""Never asked through a proxy: it would answer for its own loopback, and see the key."""


def proxy_for(origin: str, variables: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy for `origin`, or None for a direct connection.

    HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in either case, the lower one first as in
    curl. Capital HTTP_PROXY does not count where REQUEST_METHOD is set: in CGI a stranger sets it.
    Raises ConfigurationError for a proxy that cannot be used.
    """
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if host in LOOPBACK_NAMES or _is_exempt(
        host, variables.get("no_proxy") or variables.get("NO_PROXY") or ""
    ):
        return None
    scheme = f"{parts.scheme}_proxy"
    in_cgi = parts.scheme == "http" and "REQUEST_METHOD" in variables
    for name in (scheme, *(() if in_cgi else (scheme.upper(),)), "all_proxy", "ALL_PROXY"):
        if variables.get(name):
            return _usable(variables[name].strip(), name)
    return None


def _usable(proxy: str, variable: str) -> str:
    """Return the URL of a proxy. Raises ConfigurationError, which does not show its password."""
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as refused:
        raise _unusable(variable, f"is not a URL ({str(refused).lower()})") from None
    if parts.password:
        remember(parts.password)
    if parts.scheme.startswith("socks"):
        raise _unusable(variable, f"names a SOCKS proxy ({parts.scheme}://), which is not spoken")
    if parts.scheme not in ("http", "https"):
        raise _unusable(variable, f"begins with {parts.scheme}://, which is no kind of proxy")
    if not host or any(c.isspace() or not c.isprintable() for c in url):
        raise _unusable(variable, "does not name a host")
    return url


def _unusable(variable: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The proxy in {variable} cannot be used: it {why}.",
        fix=f"export {variable}=http://HOST:PORT, or leave it out for this host: export NO_PROXY=…",
    )


def _is_exempt(host: str, no_proxy: str) -> bool:
    for entry in (part.strip().lower() for part in no_proxy.split(",")):
        name = entry.removeprefix("*").removeprefix(".").split(":")[0] or entry
        if entry == "*" or (name and (host == name or host.endswith("." + name))):
            return True
    return False
