"""The companion of a launch: the shim, from the fork to a moment after the client's end.

Imported only in the companion, so that the heavy imports happen while the client boots.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.config.reach import other_key, other_keys
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.shim.server import ShimServer
from bytespike_cli.shim.settings import ShimSettings

if TYPE_CHECKING:
    from bytespike_cli.launch.run import Shim


def serve_beside(shim: Shim, client_end: Callable[[], Awaitable[object]]) -> None:
    """Serve a launch until its client has ended, then call what it wants done afterwards."""
    settings = shim_settings(shim)

    async def serve() -> None:
        async with ShimServer(settings, shim.listener) as server:
            preparing = asyncio.create_task(server.prepare())
            await client_end()
            preparing.cancel()

    try:
        asyncio.run(serve())
    finally:
        if shim.afterwards is not None:
            with contextlib.suppress(OSError, ConfigurationError):
                shim.afterwards()


def shim_settings(shim: Shim) -> ShimSettings:
    """Return the settings of the shim for one launch."""
    credential = shim.credential
    cached = catalogue.load(shim.env, credential)
    return ShimSettings(
        origin=credential.origin,
        secret=credential.secret,
        token=shim.token,
        now=shim.env.now,
        key_name=credential.name,
        group=credential.group,
        models=cached.models if cached else None,
        models_fetched_at=cached.fetched_at if cached else 0.0,
        aliases=shim.settings.aliases,
        fallback=shim.settings.model_fallback == "nearest",
        chosen_by=shim.chosen_by,
        typed_models=shim.typed_models,
        typed_where=shim.typed_where,
        other_key=lambda model: other_key(shim.env, model, but=credential.secret),
        other_keys=other_keys(shim.env, shim.settings, credential),
        ends_turns=shim.ends_turns,
        proxy=proxy_for(credential.origin, shim.env.variables),
        save_models=lambda models: catalogue.save(shim.env, credential, models),
    )
