"""The load: requests on kept connections, and what an answer's events were delayed by.

Runs in a process of its own, on nothing but sockets: what it adds is small, and the same for all.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

BODY = b'{"contents":[{"role":"user","parts":[{"text":"go"}]}]}'
BRIEF = BODY.replace(b"go", b"be brief")
"""Asks for a stream that is over at once; see upstream.py."""
MARK = b'"text":"'
"""Before the time in an event, or its start; see upstream.py."""


@dataclass(frozen=True)
class Route:
    """Where requests go, and what they carry."""

    origin: str
    unary: str
    stream: str
    headers: Mapping[str, str]

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.origin.removeprefix("http://").partition(":")
        return host, int(port)

    def request(self, path: str, body: bytes) -> bytes:
        """Return one whole request."""
        headers = {
            "Host": self.origin.removeprefix("http://"),
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **self.headers,
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


@dataclass
class Sample:
    """What one round of requests took, in milliseconds; `delays` are those of events."""

    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    seconds: float = 0.0


async def body_of(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield the pieces of one answer's body. Raises RuntimeError for a status that is not 200."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    fields = dict(line.split(b":", 1) for line in lines[1:] if b":" in line)
    if b" 200" not in lines[0]:
        rest = await reader.read(600)
        raise RuntimeError(f"{lines[0].decode()} {rest.decode(errors='replace')}")
    if b"content-length" in fields:
        yield await reader.readexactly(int(fields[b"content-length"]))
        return
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)


async def _worker(route: Route, path: str, body: bytes, count: int, sample: Sample) -> None:
    reader, writer = await asyncio.open_connection(*route.address, limit=1 << 20)
    request = route.request(path, body)
    for _ in range(count):
        begin = time.perf_counter()
        writer.write(request)
        first = 0.0
        async for piece in body_of(reader):
            now = time.monotonic_ns()
            first = first or (time.perf_counter() - begin) * 1e3
            if path == route.stream:
                sent = (part.split(b'"', 1)[0] for part in piece.split(MARK)[1:])
                sample.delays += [(now - int(at)) / 1e6 for at in sent if at.isdigit()]
        sample.latencies.append((time.perf_counter() - begin) * 1e3)
        sample.firsts.append(first)
    writer.close()


def _run(route: Route, path: str, body: bytes, parallel: int, count: int, pipe: object) -> None:
    async def all_workers() -> Sample:
        sample = Sample()
        begin = time.perf_counter()
        workers = (_worker(route, path, body, count, sample) for _ in range(parallel))
        await asyncio.gather(*workers)
        sample.seconds = time.perf_counter() - begin
        return sample

    try:
        result: object = asyncio.run(all_workers())
    except Exception as error:  # noqa: BLE001 - told to the caller
        result = f"{type(error).__name__}: {error}"
    pipe.send(result)  # type: ignore[attr-defined]


def measure(route: Route, path: str, parallel: int, count: int, body: bytes = BODY) -> Sample:
    """Send `count` requests on each of `parallel` connections. Raises RuntimeError."""
    ours, theirs = multiprocessing.Pipe()
    arguments = (route, path, body, parallel, count, theirs)
    process = multiprocessing.Process(target=_run, args=arguments)
    process.start()
    result = ours.recv()
    process.join()
    if isinstance(result, str):
        raise RuntimeError(result)
    sample: Sample = result
    return sample
