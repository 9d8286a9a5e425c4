"""Which headers pass through the shim, in each direction."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_KEY, HEADER_SERVED_MODEL
from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.record import applied
from bytespike_cli.wire.auth import CREDENTIAL_HEADERS

_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "expect",
    }
)  # fmt: skip
_FORWARDED = frozenset(
    {
        "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port",
        "x-forwarded-proto", "x-real-ip",
    }
)  # fmt: skip
"""What a load balancer before us adds: our people's addresses are not the gateway's business."""
_NOT_UPSTREAM = (
    _HOP_BY_HOP
    | _FORWARDED
    | CREDENTIAL_HEADERS
    | {"accept-encoding", "content-encoding", "cookie"}
)
"""aiohttp has decoded the body; the rest is between the client and us."""
_NOT_DOWNSTREAM = _HOP_BY_HOP | {
    "content-encoding",
    "set-cookie",
    "alt-svc",
    "date",
    "server",
    "location",
}
"""A redirect is never passed on: a client would follow it with the prompt and the token."""
_NOT_SAID = frozenset(
    {"", "application/x-www-form-urlencoded", "application/octet-stream", "text/plain"}
)
"""Types that say nothing of a body: they are what libraries put there unasked."""


def upstream_headers(request: web.BaseRequest) -> dict[str, str]:
    """Return a client's headers for the gateway: without credentials, asking for plain bodies."""
    given = request.headers.items()
    headers = {name: value for name, value in given if name.lower() not in _NOT_UPSTREAM}
    headers["accept-encoding"] = "identity"
    return headers


def json_headers(request: web.BaseRequest) -> dict[str, str]:
    """Return them for a method of a model, whose body is JSON, be it said or not.

    `curl -d` calls it a form, `fetch` plain text, other clients say nothing, and the gateway may
    refuse all of them.
    """
    headers = upstream_headers(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() in _NOT_SAID:
        applied("content-type")
        headers = {name: text for name, text in headers.items() if name.lower() != "content-type"}
        headers["content-type"] = "application/json"
    return headers


def downstream_headers(headers: Mapping[str, str], choice: Choice | None = None) -> dict[str, str]:
    """Return the gateway's headers for the client, with the model that served."""
    kept = {name: value for name, value in headers.items() if name.lower() not in _NOT_DOWNSTREAM}
    if choice is not None:
        kept[HEADER_SERVED_MODEL] = choice.header
        kept[HEADER_SERVED_KEY] = choice.key
    return kept


def lower_case(response: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers of an answer with their names in lower case."""
    return {name.lower(): value for name, value in response.headers.items()}
