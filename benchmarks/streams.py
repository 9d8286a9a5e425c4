"""What the shim adds to parallel streams: the delay of every event, with and without it.

    python benchmarks/streams.py [--events 60] [--spacing-ms 15]

The upstream writes the time into every event as it sends it, the client subtracts that from the
time of arrival; upstream, shim and client are processes of their own, on one machine and one clock.
"""

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from aiohttp import web

from bytespike_cli.shim.listener import address, listen
from bytespike_cli.shim.server import ShimServer
from bytespike_cli.shim.settings import ShimSettings

PATH = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
TOKEN = "bytespike-session-of-the-benchmark"
PARALLEL = (1, 16, 32, 64)


def upstream(ready: Connection, events: int, spacing_s: float) -> None:
    """Serve streams whose events carry the nanosecond at which they were written."""

    async def stream(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await answer.prepare(request)
        for number in range(events):
            part = {"parts": [{"text": str(time.monotonic_ns())}]}
            chunk: dict[str, object] = {"content": part}
            if number == events - 1:
                chunk["finishReason"] = "STOP"
            await answer.write(b"data: %s\n\n" % json.dumps({"candidates": [chunk]}).encode())
            await asyncio.sleep(spacing_s)
        return answer

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/v1beta/models/{call}", stream)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listener = listen()
        await web.SockSite(runner, listener).start()
        ready.send(address(listener))
        await asyncio.Event().wait()

    asyncio.run(serve())


def shim(ready: Connection, origin: str) -> None:
    """Serve a shim in front of an origin."""

    async def serve() -> None:
        listener = listen()
        settings = ShimSettings(
            origin=origin,
            secret="the-real-key",
            token=TOKEN,
            now=time.time,
            models=("gemini-3-flash",),
            models_fetched_at=time.time(),
        )
        async with ShimServer(settings, listener):
            ready.send(address(listener))
            await asyncio.Event().wait()

    asyncio.run(serve())


def start(target: Callable[..., None], *arguments: object) -> str:
    """Start a server in a process of its own; return its address."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    origin: str = ours.recv()
    return origin


async def read(origin: str) -> list[float]:
    """Read one stream; return the delay of each event in milliseconds."""
    host, port = origin.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    body = b'{"contents":[{"role":"user","parts":[{"text":"go"}]}]}'
    writer.write(
        f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nx-goog-api-key: {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n".encode()
        + body
    )
    delays = []
    while line := await reader.readline():
        now = time.monotonic_ns()
        if line.startswith(b"data: "):
            chunk = json.loads(line[6:])
            sent = int(chunk["candidates"][0]["content"]["parts"][0]["text"])
            delays.append((now - sent) / 1e6)
    writer.close()
    return delays


async def measure(origin: str, parallel: int, events: int) -> list[float]:
    """Read streams side by side; return all delays, sorted. Fails when an event is missing."""
    streams = await asyncio.gather(*(read(origin) for _ in range(parallel)))
    assert [len(delays) for delays in streams] == [events] * parallel
    return sorted(delay for delays in streams for delay in delays)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=60)
    parser.add_argument("--spacing-ms", type=float, default=15)
    given = parser.parse_args()
    direct = start(upstream, given.events, given.spacing_ms / 1000)
    through = start(shim, direct)
    print(
        f"delay of an event in ms; {given.events} events a stream, {given.spacing_ms:g} ms apart\n"
    )
    print(f"{'streams':>8}{'':>10}{'median':>9}{'p99':>9}{'worst':>9}")
    for parallel in PARALLEL:
        medians = []
        for name, origin in (("direct", direct), ("shim", through)):
            delays = asyncio.run(measure(origin, parallel, given.events))
            medians.append(statistics.median(delays))
            p99 = delays[int(len(delays) * 0.99)]
            print(f"{parallel:8}{name:>10}{medians[-1]:9.2f}{p99:9.2f}{delays[-1]:9.2f}")
        added, ratio = medians[1] - medians[0], medians[1] / medians[0]
        print(f"{'':8}{'added':>10}{added:9.2f}   ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
