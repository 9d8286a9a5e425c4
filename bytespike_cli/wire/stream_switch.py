"""The other ways to ask for a stream that ByteSpike's pages name (contract.md C12).

Google's way is the method `streamGenerateContent` with `alt=sse`, and the only one that is sure to
work upstream. The overview page says `?stream=true` instead, the streaming page `"stream": true` in
the body; Google refuses such a body. Whoever asks so gets a stream, as SSE.
"""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from bytespike_cli.wire.json_bytes import json_bytes

UNARY, STREAM = "generateContent", "streamGenerateContent"
_NAME = "stream"
_IN_BODY = b'"stream"'
_ALT = frozenset({"alt", "$alt"})
_TRUE = frozenset({"", "1", "true", "yes", "on"})


def switched(method: str, query: str, body: bytes) -> tuple[str, str, bytes]:
    """Return method, query and body in Google's way; they are returned as they are if they are.

    A `stream` that is false is taken away, for a gateway need not know it.
    """
    if method not in (UNARY, STREAM):
        return method, query, body
    wanted = False
    if _NAME in query:
        query, wanted = _without_switch(query)
    if _IN_BODY in body:
        body, in_body = _without_field(body)
        wanted = wanted or in_body
    if wanted:
        return STREAM, with_sse(query), body
    return method, query, body


@lru_cache(maxsize=64)
def wants_sse(query: str) -> bool:
    """Return whether a raw query string asks for SSE; without, Google streams a JSON array."""
    return "sse" in query and any(
        name in _ALT and value.partition(";")[0] == "sse" for name, value in _pairs(query)
    )


def with_sse(query: str) -> str:
    """Return a raw query string that asks for SSE, whatever it asked for; the rest as it is."""
    if query == "alt=sse":
        return query
    kept = [pair for pair in query.split("&") if pair and _name_of(pair) not in _ALT]
    return "&".join([*kept, "alt=sse"])


def _without_switch(query: str) -> tuple[str, bool]:
    values = [value for name, value in _pairs(query) if name == _NAME]
    kept = [pair for pair in query.split("&") if _name_of(pair) != _NAME]
    return "&".join(kept), any(value.lower() in _TRUE for value in values)


def _without_field(body: bytes) -> tuple[bytes, bool]:
    try:
        content: Any = json.loads(body)
    except ValueError:
        return body, False
    if not isinstance(content, dict) or not isinstance(content.get(_NAME), bool):
        return body, False
    wanted: bool = content.pop(_NAME)
    return json_bytes(content), wanted


def _pairs(query: str) -> list[tuple[str, str]]:
    split = (pair.partition("=") for pair in query.split("&"))
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in split]


def _name_of(pair: str) -> str:
    return unquote_plus(pair.partition("=")[0])
