"""The shim under load, and at its end."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import MakeSandbox
from tests.shim.conftest import TOKEN, MakeShim

SSE = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"


def prompt(text: str) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def test_32_parallel_streams_each_arrive_whole_and_in_order(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(word_delay_ms=5)
    shim = make_shim(sandbox.origin)

    async def stream(client: httpx.AsyncClient, number: int) -> str:
        words = " ".join(f"{number}.{i}" for i in range(40))
        text = ""
        async with client.stream("POST", shim.address + SSE, json=prompt(words)) as answer:
            async for line in answer.aiter_lines():
                if line:
                    chunk = json.loads(line.removeprefix("data: "))
                    text += chunk["candidates"][0]["content"]["parts"][0]["text"]
        assert words in text
        return text

    async def all_streams() -> list[str]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(
            headers={"x-goog-api-key": TOKEN}, timeout=60, limits=limits, trust_env=False
        ) as client:
            return await asyncio.gather(*(stream(client, number) for number in range(32)))

    assert len(asyncio.run(all_streams())) == 32
    streams = [r for r in sandbox.state.journal if "stream" in r.path]
    assert len(streams) == 32
    assert all(record.events_sent == record.events_planned for record in streams)


@pytest.fixture
def flood() -> Iterator[tuple[str, list[int]]]:
    """A gateway that sends 64 MiB of events as fast as it is read; counts what it could send."""
    sent = [0]
    event = b'data: {"candidates":[{"content":{"parts":[{"text":"%s"}]}}]}\n\n' % (b"x" * 60_000)
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()
    origin: list[str] = []

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        )
        try:
            for _ in range(64 * 1024 * 1024 // len(event)):
                writer.write(event)
                await writer.drain()
                sent[0] += len(event)
        except ConnectionError:
            pass
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(reply, "127.0.0.1", 0) as server:
            origin.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait()
    yield origin[0], sent
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.run_until_complete(asyncio.sleep(0))
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_a_client_that_does_not_read_holds_the_gateway_back(
    make_shim: MakeShim, flood: tuple[str, list[int]]
) -> None:
    """Back-pressure: what lies between is a few socket buffers, not the stream."""
    origin, sent = flood
    shim = make_shim(origin, models=("gemini-3-flash",), models_fetched_at=9e9)
    with shim.client.stream("POST", SSE, json=prompt("flood")) as answer:
        pieces = answer.iter_raw()
        next(pieces)
        settled = -1
        while settled != sent[0]:
            settled = sent[0]
            threading.Event().wait(0.3)
        assert settled < 32 * 1024 * 1024
        received = sum(len(piece) for piece in pieces)
    assert received > 60 * 1024 * 1024


def test_it_ends_at_once_with_streams_under_way(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["stall:2"])
    shim = make_shim(sandbox.origin)
    stopped = threading.Event()

    def read() -> None:
        with (
            pytest.raises(httpx.HTTPError),
            httpx.stream(
                "POST",
                shim.address + SSE,
                json=prompt("say hi"),
                headers={"x-goog-api-key": TOKEN},
                trust_env=False,
            ) as answer,
        ):
            for _ in answer.iter_raw():
                pass
        stopped.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert sandbox.state.journal.wait_for(
        lambda journal: any(record.events_sent == 2 for record in journal)
    )
    shim.stop()
    assert stopped.wait(10)
    reader.join()
