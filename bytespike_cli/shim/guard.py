"""Who may talk to the shim: programs of this user that were given the token, and nobody else.

Loopback is not a wall: any web page can make a browser send requests there (DNS rebinding,
cross-site forms), and any other user of the machine can connect. So a request needs the token, a
Host that names loopback, and no Origin header (browsers add one, Gemini clients do not).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.constants import HEADER_GOOG_API_KEY
from bytespike_cli.wire.auth import presented

if TYPE_CHECKING:
    from multidict import CIMultiDict, CIMultiDictProxy

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused, as an HTTP status and one sentence."""

    http_status: int
    sentence: str


FOREIGN_HOST = Refusal(
    403,
    "This shim answers only under its own names (loopback, unless it was set up for a team); the "
    "request names another host.",
)
FROM_BROWSER = Refusal(403, "This shim does not answer web pages (the request has an Origin).")
NO_TOKEN = Refusal(
    401,
    "This is bytespike's shim: present the token that bytespike put into GEMINI_API_KEY, or that "
    "your team gave you, not a ByteSpike or Google key.",
)


def refuse(
    headers: CIMultiDict[str] | CIMultiDictProxy[str],
    query: Iterable[tuple[str, str]],
    *,
    token: str,
    other_tokens: Sequence[str] = (),
    hosts: frozenset[str] = LOOPBACK_NAMES,
) -> Refusal | None:
    """Return why a request may not pass, or None when it may; `query` has decoded pairs.

    Each of the tokens is as good as the other; `hosts` are the names that its Host may have.
    """
    named = headers.getall("host", ())
    if len(named) != 1 or _name_of(named[0]) not in hosts:
        return FOREIGN_HOST
    if "origin" in headers:
        return FROM_BROWSER
    tokens = (token, *other_tokens)
    # Where nearly all have it; every other place is looked at only when it is not there.
    if _is_one_of(tokens, headers.getall(HEADER_GOOG_API_KEY, ())):
        return None
    return None if _is_one_of(tokens, presented(headers.items(), query)) else NO_TOKEN


def _is_one_of(tokens: Sequence[str], credentials: Iterable[str]) -> bool:
    for credential in credentials:
        given = credential.strip().encode("utf-8", "surrogateescape")
        for token in tokens:
            if hmac.compare_digest(given, token.encode()):
                return True
    return False


def _name_of(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdigit() else host.lower()
