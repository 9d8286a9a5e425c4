"""Running the long-lived shim in the foreground, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bytespike_cli.constants import SHIM_PORT
from bytespike_cli.errors import ConfigurationError, NetworkError
from bytespike_cli.shim.ledger import SERVE_RUN, Ledger
from bytespike_cli.shim.listener import address, listen
from bytespike_cli.shim.server import ShimServer
from bytespike_cli.shim.service.control import Controlled
from bytespike_cli.shim.service.reload import Configuration
from bytespike_cli.shim.service.state import Place, ServiceState
from bytespike_cli.shim.service.switch import Switch

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment

STOP_WITHIN_S = 5.0
"""How long requests that are under way may still take once it is told to stop."""


def serve(
    env: Environment,
    *,
    port: int,
    resolve: Callable[[], Settings],
    ready: Callable[[dict[str, Any]], object],
    say: Callable[[str], object],
) -> None:
    """Serve until SIGINT, SIGTERM or `shim stop`; `ready` is told the status when it listens.

    `resolve` reads the settings anew, `say` is told in a sentence what happens later. Raises
    ConfigurationError when there is no key or a shim of the user's runs already, NetworkError when
    the port is taken.
    """
    state = ServiceState(env)
    token = state.token()
    lock = state.take()
    if lock is None:
        raise _runs_already(state.place())
    try:
        with _listening(port) as listener:
            configuration = Configuration(env, resolve, token)
            asyncio.run(_serve(env, state, listener, configuration, token, ready, say))
    finally:
        state.leave()
        os.close(lock)


async def _serve(
    env: Environment,
    state: ServiceState,
    listener: socket.socket,
    configuration: Configuration,
    token: str,
    ready: Callable[[dict[str, Any]], object],
    say: Callable[[str], object],
) -> None:
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    ledger = Ledger(env.paths.state, SERVE_RUN, loop.call_later)
    switch = Switch(
        configuration,
        say,
        lambda settings: replace(settings, note=lambda record: ledger.add(record.document)),
    )
    shim = Controlled(switch, token, address(listener), env.now(), over.set, ledger.flush)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Windows has no handlers in a loop: there Ctrl-C ends `asyncio.run` by itself.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, over.set)
    async with ShimServer(shim, listener, close_within_s=STOP_WITHIN_S) as server:
        state.enter(Place(os.getpid(), listener.getsockname()[1]))
        preparing = asyncio.create_task(server.prepare())
        ready(shim.status())
        await over.wait()
        preparing.cancel()
    ledger.flush()


def _listening(port: int) -> socket.socket:
    try:
        return listen(port)
    except OSError as refused:
        if refused.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise NetworkError(
            f"Port {port} is taken by another program."
            if refused.errno == errno.EADDRINUSE
            else f"Port {port} may not be listened on by this user.",
            fix=f"bytespike shim serve --port {SHIM_PORT + 1 if port == SHIM_PORT else SHIM_PORT}",
        ) from None


def _runs_already(place: Place | None) -> ConfigurationError:
    where = f", on port {place.port} (process {place.pid})" if place is not None else ""
    return ConfigurationError(
        f"A shim of yours runs already{where}.",
        fix="use it (bytespike shim status), or end it first: bytespike shim stop",
    )
