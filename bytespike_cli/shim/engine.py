"""What answers requests under one set of settings: made anew when the configuration changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from bytespike_cli.shim.handler import Handler
from bytespike_cli.shim.keys import Keys
from bytespike_cli.shim.settings import Limits, ShimSettings


class Answering(Protocol):
    """What a server needs: something to open, to ask, and to close."""

    @property
    def limits(self) -> Limits:
        """The bounds of its clients."""

    async def open(self) -> None:
        """Begin."""

    async def close(self) -> None:
        """End; what is still under way is cut."""

    async def prepare(self) -> None:
        """Do ahead what a first request would wait for."""

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""


class Engine:
    """One handler with its connections to the gateway and its catalogue."""

    def __init__(self, settings: ShimSettings) -> None:
        self.settings = settings
        self.busy = 0
        """How many requests it answers now."""
        self._keys = Keys(settings)
        self._handler = Handler(settings, self._keys)

    @property
    def limits(self) -> Limits:
        """The bounds of its clients."""
        return self.settings.limits

    @property
    def models(self) -> Sequence[str]:
        """The slugs that are known now."""
        return self._keys.own.catalogue.known

    async def open(self) -> None:
        """Make the connection pool; nothing is connected yet."""
        await self._keys.open()

    async def close(self) -> None:
        """Close every connection to the gateway."""
        await self._keys.close()

    async def prepare(self) -> None:
        """Learn the catalogue, which also opens the first connection to the gateway."""
        await self._keys.own.catalogue.models()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.busy += 1
        try:
            return await self._handler(request)
        finally:
            self.busy -= 1
