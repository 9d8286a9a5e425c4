"""Sends a stream: paced, flushed per event, with the faults that strike in its course."""

import asyncio
import zlib

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.faults import Fault
from bytespike_cli.sandbox.generate import Reply, chunk_count, chunks
from bytespike_cli.sandbox.ledger import Account
from bytespike_cli.sandbox.stream import Framer, encode, mid_error

WRITE_GAP_S = 0.002
"""Between the writes of one event, so that they arrive apart."""
GARBLED = b'{"candidates":[{"content":{"rol'


class Cut(Exception):
    """The connection is to be dropped in mid-stream."""


class Sender:
    """Writes to the client and counts. `hold`: keep everything back until `release`."""

    def __init__(self, call: Call, response: web.StreamResponse, *, hold: bool) -> None:
        self._record = call.record
        self._response = response
        self._held: list[bytes] | None = [] if hold else None
        self._zip = zlib.compressobj(wbits=31) if call.wants_gzip else None

    async def send(self, writes: list[bytes], *, events: int = 0) -> None:
        """Send the writes of some events, each at once."""
        for number, piece in enumerate(writes):
            if self._held is not None:
                self._held.append(piece)
                continue
            if number:
                await asyncio.sleep(WRITE_GAP_S)
            await self._write(piece)
        self._record.events_sent += events

    async def release(self) -> None:
        """Send what was held back."""
        if self._held:
            await self._write(b"".join(self._held))

    async def end(self) -> None:
        """End the body cleanly."""
        if self._zip is not None:
            await self._response.write(self._zip.flush())
        await self._response.write_eof()

    async def _write(self, piece: bytes) -> None:
        self._record.bytes_sent += len(piece)
        if self._zip is not None:
            piece = self._zip.compress(piece) + self._zip.flush(zlib.Z_SYNC_FLUSH)
        await self._response.write(piece)


async def deliver(call: Call, account: Account, reply: Reply, *, array: bool) -> web.StreamResponse:
    """Stream a reply and bill it (contract.md 3.2).

    Whole: billed. Broken by the gateway: not. Left by the client: what was sent is billed, nothing
    if that is nothing. The quota headers go before the first event: values before the call.
    """
    dialects, record = call.state.dialects, call.record
    framer = Framer(dialects["framing"], dialects["done"], array=array)
    headers = call.headers() | {"content-type": framer.content_type}
    if call.wants_gzip:
        headers["content-encoding"] = "gzip"
    response = web.StreamResponse(headers=headers)
    record.status = 200
    record.events_planned = chunk_count(reply, dialects["finish-reason"])
    fault = call.strike("stream") or call.strike("body")
    sender = Sender(call, response, hold=fault is not None and fault.name == "buffered")
    try:
        await response.prepare(call.request)
        whole = await _events(call, sender, framer, reply, fault)
        if whole:
            await sender.send(framer.end())
        await sender.release()
        if whole and (fault is None or fault.name == "buffered"):
            record.billed = account.bill(reply.model, reply.tokens_in, reply.tokens_out)
        # Settled before the client can see the end: it may look at the journal at once.
        call.state.journal.close(record)
        await sender.end()
    except Cut:
        call.state.journal.close(record)
        if call.request.transport is not None:
            call.request.transport.close()
    except (asyncio.CancelledError, ConnectionResetError):
        if not record.finished and record.events_sent:
            record.billed = account.bill(reply.model, reply.tokens_in, record.events_sent)
        raise
    return response


async def _events(
    call: Call, sender: Sender, framer: Framer, reply: Reply, fault: Fault | None
) -> bool:
    """Send the events of a reply; return whether the stream is to end as a whole one does."""
    delay_s = call.state.config.word_delay_ms / 1000
    planned = call.record.events_planned
    waiting: list[bytes] = []
    held = 0
    for number, document in enumerate(chunks(reply, call.state.dialects["finish-reason"])):
        if fault is not None and number == fault.argument and fault.name != "buffered":
            await sender.send(waiting, events=held)
            waiting, held = [], 0
            if not await _strike(sender, framer, fault):
                return False
        waiting += framer.event(encode(document), last=number + 1 == planned)
        held += 1
        if held == framer.events_a_write or number + 1 == planned:
            writes = [b"".join(waiting)] if framer.events_a_write > 1 else waiting
            await sender.send(writes, events=held)
            waiting, held = [], 0
            call.state.journal.touch()
        await asyncio.sleep(delay_s)
    return True


async def _strike(sender: Sender, framer: Framer, fault: Fault) -> bool:
    """Do what a fault does in mid-stream; return whether the stream goes on."""
    match fault.name:
        case "cut":
            raise Cut
        case "stall":
            await asyncio.Event().wait()
        case "garbled":
            await sender.send(framer.event(GARBLED))
            return True
        case "early-end":
            return False
        case _:
            await sender.send(mid_error(fault.name.removeprefix("mid-error-"), framer))
    return False
