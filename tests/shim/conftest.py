"""A shim on loopback, in a thread, in front of any gateway."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.engine import Engine
from bytespike_cli.shim.listener import address, listen
from bytespike_cli.shim.record import Record
from bytespike_cli.shim.server import ShimServer
from bytespike_cli.shim.settings import ShimSettings

TOKEN = "bytespike-session-for-tests"


class RunningShim:
    """A shim that serves until `stop`; `client` presents the token."""

    def __init__(self, settings: ShimSettings) -> None:
        self._records: list[Record] = []
        self._answers = 0
        self._noted = threading.Condition()
        self.settings = replace(settings, note=self._note)
        self._listener = listen()
        self.address = address(self._listener)
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait()
        self.client = httpx.Client(
            base_url=self.address,
            headers={"x-goog-api-key": settings.token},
            timeout=20,
            trust_env=False,
            event_hooks={"response": [self._answered]},
        )

    @property
    def records(self) -> list[Record]:
        """The records of requests, once every one that `client` has an answer to has its own."""
        self.wait_for_records(self._answers)
        return self._records

    def stop(self) -> None:
        if self._loop.is_closed():
            return
        self.client.close()
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def wait_for_records(self, count: int) -> None:
        """Return once that many requests are over."""
        with self._noted:
            assert self._noted.wait_for(lambda: len(self._records) >= count, timeout=20)

    def _answered(self, _response: httpx.Response) -> None:
        self._answers += 1

    def _note(self, record: Record) -> None:
        with self._noted:
            self._records.append(record)
            self._noted.notify_all()

    def _run(self) -> None:
        async def serve() -> None:
            self.engine = Engine(self.settings)
            async with ShimServer(self.engine, self._listener):
                self._ready.set()
                await self._over.wait()

        # As asyncio.run ends a loop: what is still being accepted, or closed, has its turn.
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())


MakeShim = Callable[..., RunningShim]


@pytest.fixture
def make_shim() -> Iterator[MakeShim]:
    """Start shims: `make_shim(sandbox.origin, fallback=False)`."""
    with ExitStack() as stack:

        def make(origin: str, **settings: Any) -> RunningShim:
            shim = RunningShim(
                ShimSettings(
                    **{
                        "origin": origin,
                        "secret": GEMINI_KEY,
                        "token": TOKEN,
                        "now": time.time,
                        "key_name": "work",
                        "group": "gemini-default",
                        **settings,
                    }
                )
            )
            stack.callback(shim.stop)
            return shim

        yield make
