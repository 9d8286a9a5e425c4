"""The shim's connections: bounded in number and in idleness, malformed ones told in our words.

aiohttp serves each connection; this knows all of them. One that has sent no whole request for a
while is closed, however busily it sends pieces of one (slow loris), and when there are too many,
the one that has been idle longest makes room: clients open new ones without a word.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bytespike_cli.shim.replies import refusal
from bytespike_cli.shim.settings import Limits

MALFORMED = "The request is not well-formed HTTP; nothing was sent to the gateway{why}."
_SPARE_FILES = 64
"""Descriptors for everything but connections."""

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Connection(web.RequestHandler):
    """One connection; what the parser refuses is answered in Google's envelope."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to a request that is not HTTP, and close after it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun already")
        # The parser quotes the request after a colon: it may quote a key.
        why = (message or "").partition(":")[0].strip() if status < 500 else ""
        answer = refusal(status, MALFORMED.format(why=f" ({why})" if why else ""))
        answer.force_close()
        return answer


class Connections(web.Server):
    """Every connection of one shim, the idle ones in the order in which they fell idle."""

    def __init__(self, answer: Answer, *, limits: Limits, **settings: Any) -> None:
        # An abandoned stream is stopped upstream at once: it costs money.
        super().__init__(self._answered, handler_cancellation=True)
        self._settings = {"lingering_time": limits.linger_s, **settings}
        self._answer = answer
        self._idle_timeout_s = limits.idle_timeout_s
        self._most = min(limits.connections, _files() // 2)  # each request has two
        self._idle: dict[web.RequestHandler, float] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def __call__(self) -> web.RequestHandler:
        """Return the protocol of one more connection."""
        return Connection(self, loop=asyncio.get_running_loop(), **self._settings)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """Take a connection in; where there are too many, the one that is idle longest leaves."""
        super().connection_made(handler, transport)
        self._fell_idle(handler)
        if len(self.connections) > self._most:
            self._close(next(iter(self._idle)))

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """Forget a connection."""
        self._idle.pop(handler, None)
        super().connection_lost(handler, exc)

    def pre_shutdown(self) -> None:
        """Begin to close every connection."""
        if self._sweep is not None:
            self._sweep.cancel()
        super().pre_shutdown()

    async def _answered(self, request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        self._idle.pop(connection, None)
        try:
            return await self._answer(request)
        finally:
            if connection.transport is not None:
                self._fell_idle(connection)

    def _fell_idle(self, connection: web.RequestHandler) -> None:
        until = asyncio.get_running_loop().time() + self._idle_timeout_s
        self._idle[connection] = until
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_at(until, self._close_idle)

    def _close_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._sweep = None
        for connection, until in list(self._idle.items()):
            if until > now:
                self._sweep = asyncio.get_running_loop().call_at(until, self._close_idle)
                break
            self._close(connection)

    def _close(self, connection: web.RequestHandler) -> None:
        self._idle.pop(connection, None)
        connection.force_close()


def _files() -> int:
    """Return how many files this process may open, after raising that as far as it may."""
    try:
        import resource
    except ImportError:  # Windows has no such limit for sockets
        return 2**16
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 2**16
    if soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return max(soft - _SPARE_FILES, _SPARE_FILES)
