"""The shim's server: on a socket that exists already, until somebody says that it is over."""

from __future__ import annotations

import logging
import socket

from aiohttp import web

from bytespike_cli.shim.connections import Connections
from bytespike_cli.shim.engine import Answering, Engine
from bytespike_cli.shim.listener import BACKLOG
from bytespike_cli.shim.settings import ShimSettings

CLOSE_WITHIN_S = 0.2
"""How long requests that are still under way may take once it is over."""


class ShimServer:
    """A running shim, as an async context manager."""

    def __init__(
        self,
        answering: ShimSettings | Answering,
        listener: socket.socket,
        *,
        close_within_s: float = CLOSE_WITHIN_S,
    ) -> None:
        self._listener = listener
        self._answering = Engine(answering) if isinstance(answering, ShimSettings) else answering
        self._runner = web.ServerRunner(
            Connections(
                self._answering,
                limits=self._answering.limits,
                access_log=None,
                logger=_silent(),
            ),
            shutdown_timeout=close_within_s,
        )

    async def __aenter__(self) -> ShimServer:
        await self._answering.open()
        await self._runner.setup()
        site = web.SockSite(self._runner, self._listener, backlog=BACKLOG)
        await site.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
        await self._answering.close()

    async def prepare(self) -> None:
        """Learn the catalogue, which also opens the first connection to the gateway."""
        await self._answering.prepare()


def _silent() -> logging.Logger:
    """Return a logger that writes nowhere: the terminal is the client's."""
    logger = logging.getLogger("bytespike.shim")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger
