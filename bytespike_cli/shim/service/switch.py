"""Requests to the long-lived shim: each is answered under the configuration of its moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from aiohttp import web

from bytespike_cli.errors import BytespikeError
from bytespike_cli.shim.engine import Engine
from bytespike_cli.shim.record import current
from bytespike_cli.shim.refusals import FAILED_DEPENDENCY
from bytespike_cli.shim.replies import refusal
from bytespike_cli.shim.settings import Limits, ShimSettings
from bytespike_cli.wire.causes import Cause

TRY_AGAIN_S = 2.0
"""How soon a configuration that could not be used, or whose key was refused, is read again, be its
files unchanged: the key may be in a keyring, or come from a command."""
_DOUBT_THE_KEY = frozenset({Cause.BAD_KEY, Cause.EXPIRED_KEY})
NO_CONFIGURATION = "bytespike's configuration cannot be used: {cause} Fix: {fix}"


class Loading(Protocol):
    """What `reload.Configuration` does."""

    def load(self) -> ShimSettings:
        """Return the settings of now. Raises BytespikeError."""

    def signature(self) -> object:
        """Return what changes when the settings may have."""


class Switch:
    """Answers with the engine of the configuration of now; older ones end with their requests.

    `say` is told, in one sentence, when the configuration has changed, or cannot be used: then
    every request is refused with the cause and the fix until it can. The old key is not used on,
    for it may have been removed.
    """

    def __init__(
        self,
        loading: Loading,
        say: Callable[[str], object],
        adjust: Callable[[ShimSettings], ShimSettings] = lambda settings: settings,
    ) -> None:
        self._loading = loading
        self._say = say
        self._adjust = adjust
        self._signature: object = None
        self._engine: Engine | None = None
        self._problem: BytespikeError | None = None
        self._doubted = False
        self._tried_at = 0.0
        self._older: set[Engine] = set()
        self._lock = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def limits(self) -> Limits:
        """The bounds of its clients."""
        return Limits()

    @property
    def engine(self) -> Engine | None:
        """The engine of now; None when the configuration cannot be used."""
        return self._engine

    @property
    def problem(self) -> BytespikeError | None:
        """Why the configuration cannot be used."""
        return self._problem

    @property
    def busy(self) -> int:
        """How many requests are answered now."""
        engines = [*self._older, *([self._engine] if self._engine else ())]
        return sum(engine.busy for engine in engines)

    async def open(self) -> None:
        """Read the configuration. Raises BytespikeError when it cannot be used."""
        await self._load()
        if self._problem is not None:
            raise self._problem

    async def close(self) -> None:
        """Close every engine."""
        engines = [*self._older, *([self._engine] if self._engine else ())]
        await asyncio.gather(*self._closing, *(engine.close() for engine in engines))

    async def prepare(self) -> None:
        """Learn the catalogue."""
        if self._engine is not None:
            await self._engine.prepare()

    async def refresh(self) -> None:
        """Read the configuration again if a file of it has changed."""
        async with self._lock:
            if self._is_outdated():
                await self._load()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if self._is_outdated():
            await self.refresh()
        engine = self._engine
        if engine is None:
            assert self._problem is not None
            words = NO_CONFIGURATION.format(cause=self._problem.cause, fix=self._problem.fix)
            return refusal(FAILED_DEPENDENCY, words)
        try:
            return await engine(request)
        finally:
            if engine is self._engine and current().cause in _DOUBT_THE_KEY:
                self._doubted = True
            if engine in self._older and not engine.busy:
                self._end(engine)

    def _is_outdated(self) -> bool:
        if self._loading.signature() != self._signature:
            return True
        doubted = self._problem is not None or self._doubted
        return doubted and asyncio.get_running_loop().time() - self._tried_at >= TRY_AGAIN_S

    async def _load(self) -> None:
        before, self._signature = self._signature, self._loading.signature()
        self._doubted = False
        self._tried_at = asyncio.get_running_loop().time()
        first = self._engine is None and self._problem is None
        try:
            # In a thread: a keyring or a command may take its time, and streams go on.
            settings = self._adjust(await asyncio.to_thread(self._loading.load))
        except BytespikeError as problem:
            news = self._problem is None or problem.cause != self._problem.cause
            if news and not first:
                self._say(NO_CONFIGURATION.format(cause=problem.cause, fix=problem.fix))
            self._retire(None)
            self._problem = problem
            return
        old = self._engine.settings if self._engine is not None else None
        if before == self._signature and old is not None and old.secret == settings.secret:
            return
        engine = Engine(settings)
        await engine.open()
        self._retire(engine)
        self._problem = None
        if not first:
            self._say(f"The configuration has changed: {settings.origin}, {settings.key_words}.")

    def _retire(self, successor: Engine | None) -> None:
        older, self._engine = self._engine, successor
        if older is not None:
            self._older.add(older)
            if not older.busy:
                self._end(older)

    def _end(self, engine: Engine) -> None:
        self._older.discard(engine)
        task = asyncio.get_running_loop().create_task(engine.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
