"""Credentials in requests: read every form, remove every form, write one form."""

import re
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import quote, unquote_plus

from bytespike_cli.constants import HEADER_API_KEY, HEADER_GOOG_API_KEY

_AUTHORIZATION = "authorization"
CREDENTIAL_HEADERS = frozenset({HEADER_GOOG_API_KEY, HEADER_API_KEY, _AUTHORIZATION})
"""In lower case."""
_QUERY_NAME = "key"
_CREDENTIAL_QUERY = frozenset({_QUERY_NAME, "access_token"})
_MAY_NAME_ONE = re.compile("key|token|%")


class AuthForm(StrEnum):
    """How a key travels to the gateway (contract.md 2.2)."""

    HEADER = "header"
    """`x-goog-api-key: KEY`: what every Google client sends; our default."""
    QUERY = "query"
    """`?key=KEY`, on `/v1beta` only. Ends up in the logs of proxies."""
    BEARER = "bearer"
    """`Authorization: Bearer KEY`."""
    API_KEY = "x-api-key"
    """`x-api-key: KEY`."""


FALLBACK_ORDER = (AuthForm.HEADER, AuthForm.QUERY, AuthForm.BEARER, AuthForm.API_KEY)
"""Forms to try on a 401, one at a time (contract.md C3)."""


def presented(headers: Iterable[tuple[str, str]], query: Iterable[tuple[str, str]]) -> list[str]:
    """Return every credential of a request, in the order in which the gateway looks at them.

    `query` has decoded names and values. The order is `x-goog-api-key`, `Authorization: Bearer`,
    `x-api-key`, `?key=` (contract.md 2.2). Header names in any case.
    """
    googles: list[str] = []
    bearers: list[str] = []
    others: list[str] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered not in CREDENTIAL_HEADERS:
            continue
        if lowered == HEADER_GOOG_API_KEY:
            googles.append(value.strip())
        elif lowered == HEADER_API_KEY:
            others.append(value.strip())
        else:
            scheme, _, secret = value.strip().partition(" ")
            if scheme.lower() == "bearer":
                bearers.append(secret.strip())
    in_query = [value for name, value in query if name == _QUERY_NAME]
    return [secret for secret in (*googles, *bearers, *others, *in_query) if secret]


def may_name_credential(query_string: str) -> bool:
    """Return whether a raw query string may have a credential; False is certain."""
    return _MAY_NAME_ONE.search(query_string) is not None


def without_credentials_query(query_string: str) -> str:
    """Return a raw query string without `key` and `access_token`; the rest byte for byte."""
    if not may_name_credential(query_string):
        return query_string
    return "&".join(
        pair
        for pair in query_string.split("&")
        if unquote_plus(pair.partition("=")[0]) not in _CREDENTIAL_QUERY
    )


def apply(form: AuthForm, key: str, headers: dict[str, str], query_string: str) -> str:
    """Put `key` on a request in one form, and take every other credential off it.

    Changes `headers` in place; returns the query string to use (percent-encoded).
    """
    for name in [name for name in headers if name.lower() in CREDENTIAL_HEADERS]:
        del headers[name]
    query = without_credentials_query(query_string)
    if form is AuthForm.QUERY:
        pair = f"{_QUERY_NAME}={quote(key, safe='')}"
        return f"{query}&{pair}" if query else pair
    if form is AuthForm.HEADER:
        headers[HEADER_GOOG_API_KEY] = key
    elif form is AuthForm.API_KEY:
        headers[HEADER_API_KEY] = key
    else:
        headers["Authorization"] = f"Bearer {key}"
    return query
