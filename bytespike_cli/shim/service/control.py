"""What the long-lived shim answers about itself, to who has its token."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bytespike_cli import __version__
from bytespike_cli.shim import guard
from bytespike_cli.shim.engine import Answering
from bytespike_cli.shim.replies import absent, document, refusal
from bytespike_cli.shim.service.ask import STATUS_PATH, STOP_PATH
from bytespike_cli.shim.service.switch import Switch
from bytespike_cli.shim.settings import Limits

_CONTROL = "/.bytespike/"


@dataclass(slots=True)
class Controlled(Answering):
    """A switch, with what is asked about it answered beside it."""

    switch: Switch
    token: str = field(repr=False)
    address: str
    since: float
    """When it began, in seconds since the epoch."""
    stop: Callable[[], object]
    flush: Callable[[], object]
    """Writes down which requests there were; done for who asks, who may read of them next."""
    requests: int = 0
    """How many requests were answered."""

    @property
    def limits(self) -> Limits:
        """The bounds of its clients."""
        return self.switch.limits

    async def open(self) -> None:
        """Begin."""
        await self.switch.open()

    async def close(self) -> None:
        """End."""
        await self.switch.close()

    async def prepare(self) -> None:
        """Learn the catalogue."""
        await self.switch.prepare()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        if not request.raw_path.startswith(_CONTROL):
            try:
                return await self.switch(request)
            finally:
                self.requests += 1
        refused = guard.refuse(request.headers, request.query.items(), token=self.token)
        if refused is not None:
            return refusal(refused.http_status, refused.sentence)
        if (request.method, request.path) == ("GET", STATUS_PATH):
            await self.switch.refresh()
            self.flush()
            return document(self.status())
        if (request.method, request.path) == ("POST", STOP_PATH):
            answer = document(self.status())
            self.stop()
            return answer
        return absent(request.path)

    def status(self) -> dict[str, Any]:
        """Return what `shim status --json` prints."""
        engine, problem = self.switch.engine, self.switch.problem
        settings = engine.settings if engine is not None else None
        return {
            "running": True,
            "version": __version__,
            "address": self.address,
            "port": int(self.address.rpartition(":")[2]),
            "pid": os.getpid(),
            "since": self.since,
            "requests": self.requests,
            "in_flight": self.switch.busy,
            "origin": settings.origin if settings else None,
            "key": settings.key_name if settings else None,
            "group": settings.group if settings else None,
            "models": list(engine.models) if engine else [],
            "problem": None if problem is None else {"cause": problem.cause, "fix": problem.fix},
        }
