"""The companion of a launch: the shim, from the fork to a moment after the client's end.

Imported only in the companion, so that the heavy imports happen while the client boots.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bytespike_cli.errors import ConfigurationError
from bytespike_cli.shim.configured import configured
from bytespike_cli.shim.ledger import Ledger, launch_run
from bytespike_cli.shim.server import ShimServer
from bytespike_cli.shim.settings import ShimSettings

if TYPE_CHECKING:
    from bytespike_cli.launch.run import Shim


def serve_beside(shim: Shim, client_end: Callable[[], Awaitable[object]]) -> None:
    """Serve a launch until its client has ended, then call what it wants done afterwards."""
    settings = shim_settings(shim)

    async def serve() -> None:
        run = launch_run(shim.env.now(), os.getpid())
        ledger = Ledger(shim.env.paths.state, run, asyncio.get_running_loop().call_later)
        noting = replace(settings, note=lambda record: ledger.add(record.document))
        async with ShimServer(noting, shim.listener) as server:
            preparing = asyncio.create_task(server.prepare())
            await client_end()
            preparing.cancel()
        ledger.flush()

    try:
        asyncio.run(serve())
    finally:
        if shim.afterwards is not None:
            with contextlib.suppress(OSError, ConfigurationError):
                shim.afterwards()


def shim_settings(shim: Shim) -> ShimSettings:
    """Return the settings of the shim for one launch."""
    return replace(
        configured(shim.env, shim.settings, shim.credential, token=shim.token),
        chosen_by=shim.chosen_by,
        typed_models=shim.typed_models,
        typed_where=shim.typed_where,
        ends_turns=shim.ends_turns,
    )
