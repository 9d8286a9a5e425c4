"""The key's catalogue in the shim: cached by the last run, learned anew, kept fresh."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from bytespike_cli.constants import ACCOUNT_PATH, API_PREFIX, AVAILABLE_MODELS_PATH, MODELS_PATH
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import OF_THE_KEY, Refused, Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire.catalogue import by_slug
from bytespike_cli.wire.causes import Cause

FRESH_FOR_S = 3600.0
ASK_AGAIN_S = 30.0
"""How long a gateway that gave no catalogue is left in peace."""
_LISTS = (MODELS_PATH, AVAILABLE_MODELS_PATH, ACCOUNT_PATH, f"{API_PREFIX}/models")
"""Where a gateway may list a key's models, the documented one first (contract.md 3.3 to 3.6)."""
_NO_LIST = frozenset({Cause.NOT_FOUND, Cause.MANAGEMENT_UNAVAILABLE})
"""Refusals that say no more than that there is no such list for keys."""
LEARN_WITHIN_S = 5.0
"""How long a first request waits for the catalogue before ids are translated blindly."""

TOO_SLOW = "{origin} did not list its models in time."


class Catalogue:
    """The slugs that the key reaches, or None while nobody could say."""

    def __init__(self, settings: ShimSettings, upstream: Upstream) -> None:
        self._settings = settings
        self._upstream = upstream
        self._models = settings.models
        self.entries: Mapping[str, Mapping[str, Any]] = {}
        """What the gateway said of each slug, in this process: the cache keeps the slugs alone."""
        self._fetched_at = settings.models_fetched_at
        self._failed_at = float("-inf")
        self._failure: Refused | Unreachable | None = None
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def known(self) -> Sequence[str]:
        """The slugs that are known now, without asking."""
        return self._models or ()

    @property
    def failure(self) -> Refused | Unreachable | None:
        """Why nobody could say: the gateway's first answer, or its silence; a list that is not
        there is no failure."""
        return self._failure if self._models is None else None

    async def models(self) -> Sequence[str] | None:
        """Return the slugs; ask the gateway when there are none yet, refresh old ones behind."""
        if self._models is None:
            await self._learn()
        elif self._settings.now() - self._fetched_at > FRESH_FOR_S:
            self.refresh()
        return self._models

    def refresh(self) -> None:
        """Ask the gateway again, without waiting: the catalogue is old, or was seen to be wrong."""
        if not self._tasks:
            task = asyncio.create_task(self._learn(again=True))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop a refresh that is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _learn(self, *, again: bool = False) -> None:
        async with self._lock:
            failed_lately = self._settings.now() - self._failed_at < ASK_AGAIN_S
            if failed_lately or (self._models is not None and not again):
                return
            try:
                async with asyncio.timeout(LEARN_WITHIN_S):
                    models = await self._ask_all()
            except TimeoutError:
                models = None
                self._failure = Unreachable(TOO_SLOW.format(origin=self._settings.origin))
            if models is None:
                self._failed_at = self._settings.now()
                return
            self._fetched_at = self._settings.now()
            self._models = tuple(models)
            if self._settings.save_models is not None:
                self._settings.save_models(self._models)

    async def _ask_all(self) -> list[str] | None:
        """Return the first list that names a model, [] when some list named none.

        A gateway that cannot be reached, or refuses the key, is asked for no second list.
        """
        empty: list[str] | None = None
        self._failure = None
        for path in _LISTS:
            try:
                models = await self._ask(path)
            except Unreachable as silence:
                self._failure = self._failure or silence
                break
            except Refused as refused:
                if refused.failure.cause not in _NO_LIST:
                    self._failure = self._failure or refused
                if refused.failure.cause in OF_THE_KEY:
                    break
                continue
            if models:
                return models
            empty = empty if models is None else models
        return empty

    async def _ask(self, path: str) -> list[str] | None:
        """Return the slugs of one listing, None for an answer that is no such list (3.4, 3.5)."""
        request = UpstreamRequest("GET", path, "", {"accept": "application/json"})
        try:
            async with self._upstream.send(request) as response:
                found = by_slug(json.loads(await response.read()))
        except (aiohttp.ClientError, ValueError):
            return None
        self.entries = found
        return list(found)
