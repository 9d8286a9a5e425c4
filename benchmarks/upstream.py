"""A gateway that costs next to nothing: bytes on a socket, no HTTP library.

Answers a call with a fixed document, a stream with events that each carry the nanosecond at which
they were written (with two at once where the body asks to be brief), and lists one model.
"""

from __future__ import annotations

import asyncio
import json
import time
from multiprocessing.connection import Connection

MODEL = "gemini-3-flash"
UNARY = f"/v1beta/models/{MODEL}:generateContent"
STREAM = f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse"

_USAGE = {"promptTokenCount": 1, "candidatesTokenCount": 5, "totalTokenCount": 6}


def _document(text: str, *, last: bool) -> bytes:
    candidate: dict[str, object] = {"content": {"role": "model", "parts": [{"text": text}]}}
    document: dict[str, object] = {"candidates": [candidate], "modelVersion": MODEL}
    if last:
        candidate["finishReason"] = "STOP"
        document["usageMetadata"] = _USAGE
    return json.dumps(document, separators=(",", ":")).encode()


def _answer(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


_ANSWER = _answer(_document("Hi! This is the upstream of a benchmark. " * 20, last=True))
_MODELS = _answer(json.dumps({"object": "list", "data": [{"id": MODEL}]}).encode())
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class _Gateway(asyncio.Protocol):
    def __init__(self, events: int, spacing_s: float, padding: int) -> None:
        self._events = events
        self._spacing_s = spacing_s
        self._padding = " " * padding
        self._writable = asyncio.Event()
        self._writable.set()
        self._received = b""
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, rest = self._received.partition(b"\r\n\r\n")
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            if b"transfer-encoding: chunked" in head.lower():
                end = rest.find(b"0\r\n\r\n")
                if end < 0:
                    return
                length = end + 5
            if len(rest) < length:
                return
            self._received = rest[length:]
            self._respond(head.split(b"\r\n", 1)[0], brief=b"be brief" in rest[:length])

    def _respond(self, line: bytes, *, brief: bool) -> None:
        if line.startswith(b"GET"):
            self._transport.write(_MODELS)
        elif b":streamGenerateContent" in line:
            events, spacing_s = (2, 0.0) if brief else (self._events, self._spacing_s)
            task = asyncio.get_running_loop().create_task(self._stream(events, spacing_s))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            self._transport.write(_ANSWER)

    async def _stream(self, events: int, spacing_s: float) -> None:
        self._transport.write(_HEAD)
        for number in range(1, events + 1):
            document = _document(f"{time.monotonic_ns()}{self._padding}", last=number == events)
            event = b"data: " + document + b"\n\n"
            self._transport.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            await self._writable.wait()
            await asyncio.sleep(spacing_s)
        self._transport.write(b"0\r\n\r\n")


def serve(ready: Connection, events: int, spacing_s: float, padding: int = 0) -> None:
    """Serve until the process is ended; the origin is sent to `ready`.

    `padding`: so many bytes follow the time in each event.
    """

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: _Gateway(events, spacing_s, padding), "127.0.0.1", 0, backlog=512
        )
        ready.send(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await asyncio.Event().wait()

    asyncio.run(run())
