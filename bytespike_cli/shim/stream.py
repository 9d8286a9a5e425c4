"""Streams through the shim: repaired, flushed per network read, ended honestly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import aiohttp
from aiohttp import web

from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.replies import envelope, scrubbed
from bytespike_cli.shim.unary import note_encoding, refuse_page
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire.envelope import as_array_element, classify_parsed, midstream_error
from bytespike_cli.wire.json_stream import JsonArrayWriter
from bytespike_cli.wire.sse import StreamTooLarge
from bytespike_cli.wire.stream_repair import StreamEnd, StreamRepair

SSE_TYPE = "text/event-stream"
_SEPARATE_S = 0.25
"""How long an error waits behind the last event: gemini-cli sees it only in a read of its own
(clients.md 7.7), and a client that draws, or that shares a busy machine, does not read at once."""
_READ_WITHIN_S = 0.5
"""How long the error may be read before the connection is cut, which throws away what was not."""

EMPTY = "The gateway ended the stream before any answer. Send the request again."
CUT = (
    "The gateway's stream was cut before its end: what you see is incomplete. "
    "Send the request again; broken streams are not billed."
)


class _Started(web.StreamResponse):
    """An answer whose headers leave with its first event, in one packet: aiohttp's own switch."""

    _send_headers_immediately = False


class Downstream:
    """The client's end of a stream: as SSE, or as a JSON array when it did not ask for SSE."""

    def __init__(self, request: web.BaseRequest, headers: Mapping[str, str], *, sse: bool) -> None:
        self._request = request
        self._writer = None if sse else JsonArrayWriter()
        self._response = _Started(headers=dict(headers))
        self._response.headers["content-type"] = SSE_TYPE if sse else "application/json"
        self._response.headers["cache-control"] = "no-cache"
        self.started = False

    async def write(self, events: Iterable[bytes]) -> None:
        """Send events at once; waits while the client does not read (back-pressure)."""
        payload = b"".join(
            events
            if self._writer is None
            else (self._writer.write(_payload(event)) for event in events)
        )
        if not payload:
            return
        if not self.started:
            self.started = True
            current().first_byte()
            if self._writer is not None:
                applied("array")
            await self._response.prepare(self._request)
        await self._response.write(payload)

    async def end(self) -> web.StreamResponse:
        """End the stream as complete."""
        if self._writer is not None:
            await self._response.write(self._writer.close())
        await self._response.write_eof()
        return self._response

    async def fail(self, error: bytes) -> web.StreamResponse:
        """End the turn once: the error as a read of its own, then the connection is cut.

        Its line is ended: without that, Python's SDKs and LiteLLM tell their users of a broken
        connection instead of the error. Who is still there then has passed over it, as the AI SDK
        does, and is told by an event.
        """
        await asyncio.sleep(_SEPARATE_S)
        if self._writer is not None:
            await self._response.write(self._writer.write(as_array_element(error)))
        else:
            await self._response.write(error + b"\n\n")
            await asyncio.sleep(_READ_WITHIN_S)  # ends at once when the client leaves
            await self._response.write(b"data: " + error + b"\n\n")
        await asyncio.sleep(_READ_WITHIN_S)
        if self._request.transport is not None:
            self._request.transport.abort()
        return self._response


async def relay(
    request: web.BaseRequest,
    response: aiohttp.ClientResponse,
    *,
    headers: Mapping[str, str],
    sse: bool,
    path: str,
) -> web.StreamResponse:
    """Carry a stream from the gateway to the client, repaired on the way.

    Nothing is sent before the first event is here, so that an error in its place still becomes an
    HTTP status: then Refused or Unreachable is raised. An error, or a cut, after that ends the
    client's turn once.
    """
    refuse_page(response)
    repair = StreamRepair()
    note_encoding(response)
    downstream = Downstream(request, headers, sse=sse)
    clean = True
    while repair.error is None:
        try:
            chunk = await response.content.readany()
            events = repair.feed(chunk)
        except (aiohttp.ClientError, TimeoutError, StreamTooLarge):
            clean = False
            break
        if not chunk:
            break
        await downstream.write(events)
    await downstream.write(repair.finish(clean=clean))
    record = current()
    record.apply(*repair.rules)
    record.usage = lambda: repair.usage
    if repair.error is not None:
        failure = classify_parsed(repair.error, path=path)
        if not downstream.started:
            raise Refused(failure, {name.lower(): value for name, value in headers.items()})
        record.cause = failure.cause
        return await downstream.fail(scrubbed(midstream_error(failure)))
    if not downstream.started:
        raise Unreachable(EMPTY, connected=True)
    if repair.end is StreamEnd.CUT:
        record.cause = "cut"
        record.apply("cut")
        return await downstream.fail(envelope(403, CUT))
    return await downstream.end()


def _payload(event: bytes) -> bytes:
    return event.removeprefix(b"data: ").rstrip()
