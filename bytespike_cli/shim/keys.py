"""The keys of one shim: its own, and others of the user's for models that only they reach.

Design section 7, step 6. A secret is opened when a request needs it, and stays in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.reach import OtherKey
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.shim.catalogue import Catalogue
from bytespike_cli.shim.choice import Choice, ModelChoice
from bytespike_cli.shim.refusals import Refusals
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Upstream

if TYPE_CHECKING:
    from bytespike_cli.shim.task_calls import TaskCalls


class KeyUse:
    """One key, with all it takes to ask the gateway with it."""

    def __init__(self, settings: ShimSettings) -> None:
        self.settings = settings
        self.upstream = Upstream(settings)
        self.catalogue = Catalogue(settings, self.upstream)
        self.choice = ModelChoice(settings)
        self.refusals = Refusals(settings)

    @cached_property
    def tasks(self) -> TaskCalls:
        """Its tasks; what they take is imported for the first one."""
        from bytespike_cli.shim.task_calls import TaskCalls

        return TaskCalls(self.settings, self.upstream)

    async def close(self) -> None:
        """Close its connections."""
        await self.catalogue.close()
        await self.upstream.close()


class Keys:
    """Which key serves which model. `open` before use, `close` after."""

    def __init__(self, settings: ShimSettings) -> None:
        self._settings = settings
        self.own = KeyUse(settings)
        self._opened: dict[str, KeyUse | None] = {}
        """Other keys by name; None for one whose secret cannot be had."""
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Make the connection pool of the shim's own key. Raises nothing."""
        await self.own.upstream.open()

    async def close(self) -> None:
        """Close every connection."""
        for use in (self.own, *self._opened.values()):
            if use is not None:
                await use.close()

    async def choose(self, asked: str) -> tuple[Choice, KeyUse]:
        """Return what serves a model id, and with which key; the shim's own key comes first."""
        choice = self.own.choice.of(asked, await self.own.catalogue.models())
        if choice.served is not None:
            return choice, self.own
        return await self.instead(asked) or (choice, self.own)

    async def instead(self, asked: str) -> tuple[Choice, KeyUse] | None:
        """Return what serves a model id with another key, or None.

        A key that has the model itself goes before one that has only the nearest.
        """
        for fallback in dict.fromkeys((False, self._settings.fallback)):
            for other in self._settings.other_keys:
                models = await self._models(other)
                if models is None or not self.own.choice.serves(asked, models, fallback=fallback):
                    continue
                use = await self._open(other)
                if use is not None:
                    return use.choice.of(asked, models), use
        return None

    async def named(self, name: str) -> KeyUse:
        """Return the key of a name, for what was begun with it; the own one where there is none."""
        if name != self._settings.key_name:
            for other in self._settings.other_keys:
                if other.name == name and (use := await self._open(other)) is not None:
                    return use
        return self.own

    async def reached(self) -> list[str]:
        """Return every slug that is known to be reached, the own key's first.

        Raises Refused or Unreachable where none is known because the gateway did not say.
        """
        models = list(await self.own.catalogue.models() or ())
        for other in self._settings.other_keys:
            use = self._opened.get(other.name)
            models += (await use.catalogue.models() if use else other.models) or ()
        if not models and self.own.catalogue.failure is not None:
            raise self.own.catalogue.failure
        return list(dict.fromkeys(models))

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """Return what the gateway said of the models, the own key's list first."""
        opened = [use for use in self._opened.values() if use is not None]
        found: dict[str, Mapping[str, Any]] = {}
        for use in reversed([self.own, *opened]):
            found.update(use.catalogue.entries)
        return found

    async def _models(self, other: OtherKey) -> Sequence[str] | None:
        """Return the catalogue of another key; its secret is opened for that if nobody minds."""
        use = self._opened.get(other.name)
        if use is None and other.models is None and other.opens_quietly:
            use = await self._open(other)
        return await use.catalogue.models() if use is not None else other.models

    async def _open(self, other: OtherKey) -> KeyUse | None:
        async with self._opening:
            if other.name not in self._opened:
                self._opened[other.name] = await self._use(other)
            return self._opened[other.name]

    async def _use(self, other: OtherKey) -> KeyUse | None:
        try:
            secret = await asyncio.to_thread(other.open_secret)
        except ConfigurationError:
            return None  # `bytespike models which ID` says why
        use = KeyUse(
            replace(
                self._settings,
                secret=secret,
                key_name=other.name,
                group=other.group,
                models=other.models,
                models_fetched_at=other.models_fetched_at,
                save_models=other.save_models,
                other_keys=(),
                other_key=None,
            )
        )
        await use.upstream.open()
        return use
