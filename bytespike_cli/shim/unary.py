"""Answers that are no stream: carried through as they are."""

from __future__ import annotations

import json

import aiohttp
from aiohttp import web

from bytespike_cli.shim.headers import lower_case
from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire.answer import UsageFinder
from bytespike_cli.wire.envelope import classify, find_error, parse_error

_HIDDEN_ERROR_BYTES = 256 * 1024
EMPTY = "The gateway's answer is empty. Send the request again."
_HEAD_BYTES = 512
"""As much of a successful answer as is searched for an error in its place (contract.md 4.2)."""


async def relay_unary(
    request: web.BaseRequest,
    response: aiohttp.ClientResponse,
    headers: dict[str, str],
    *,
    gemini: bool = False,
) -> web.StreamResponse:
    """Carry an answer through as it is, but for an error in the place of a success.

    `gemini`: of a method of a model, in whose answers every shape of an error is looked for.
    Raises Refused for that, Unreachable for an answer of such a method that is empty, and for one
    that was cut before its first byte.
    """
    refuse_page(response)
    note_encoding(response)
    head = await _piece(response)
    if gemini and not head:
        raise Unreachable(EMPTY, connected=True)
    if _may_be_error(head, gemini=gemini):
        raise await _hidden_refusal(head, response)
    current().first_byte()
    usage = UsageFinder()
    usage.feed(head)
    current().usage = lambda: usage.found
    length = None if "content-encoding" in response.headers else response.content_length
    if length == len(head):
        return web.Response(status=response.status, headers=headers, body=head)
    answer = web.StreamResponse(status=response.status, headers=headers)
    answer.content_length = length
    await answer.prepare(request)
    while head:
        await answer.write(head)
        try:
            head = await _piece(response)
            usage.feed(head)
        except Unreachable:
            # The status is out: only a connection that breaks still says that this is not all.
            if request.transport is not None:
                request.transport.abort()
            current().cause = "cut"
            return answer
    await answer.write_eof()
    return answer


def _may_be_error(head: bytes, *, gemini: bool) -> bool:
    """Return whether an answer that begins so is an error in the place of a success."""
    start = head[:_HEAD_BYTES].lstrip()
    if start.startswith(b'{"error"'):
        return True
    if not gemini or b'"candidates"' in start or len(head) > _HIDDEN_ERROR_BYTES:
        return False
    try:
        return find_error(json.loads(head)) is not None
    except (ValueError, RecursionError):
        return False  # not all of it is here, or it is no JSON


def note_encoding(response: aiohttp.ClientResponse) -> None:
    """Note that an answer came compressed: aiohttp decodes it."""
    if response.headers.get("content-encoding", "identity") != "identity":
        applied("decoded")


def refuse_page(response: aiohttp.ClientResponse) -> None:
    """Raise Refused for a web page in the place of an answer: a portal, or a wrong base URL."""
    named = response.headers.get("content-type", "").lower()
    if "html" in named and response.content_type == "text/html":
        applied("hidden-error")
        headers = lower_case(response)
        page = b"<html>"
        raise Refused(classify(502, page, headers=headers, path=response.url.path), headers)


async def _piece(response: aiohttp.ClientResponse) -> bytes:
    """Return what has arrived of a body, b"" at its end. Raises Unreachable when it was cut."""
    try:
        return await response.content.readany()
    except (aiohttp.ClientError, TimeoutError):
        raise Unreachable("The gateway's answer was cut before its end.", connected=True) from None


async def _hidden_refusal(head: bytes, response: aiohttp.ClientResponse) -> Refused:
    """Return the error that came with a 200, which the gateway promises not to send (4.2)."""
    applied("hidden-error")
    body = head
    while len(body) < _HIDDEN_ERROR_BYTES and (piece := await _piece(response)):
        body += piece
    headers = lower_case(response)
    status = parse_error(body).http_code or 502
    return Refused(classify(status, body, headers=headers, path=response.url.path), headers)
