"""The shim as an aiohttp application, for a host of its own: copies behind a load balancer.

    python -m aiohttp.web -H 127.0.0.1 -P 8801 bytespike_cli.shim.app:create_app
    gunicorn -k aiohttp.GunicornWebWorker --keep-alive 75 'bytespike_cli.shim.app:create_app()'

Settings come from the environment; no copy has a state that another would need (docs/team.md).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

from aiohttp import web

from bytespike_cli.config.credential import select_credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.constants import VAR_SHIM_HOSTS, VAR_SHIM_TOKEN
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import remember, scrub
from bytespike_cli.shim.configured import configured, shared
from bytespike_cli.shim.engine import Engine
from bytespike_cli.shim.guard import LOOPBACK_NAMES
from bytespike_cli.shim.ledger import Ledger
from bytespike_cli.shim.record import LEFT
from bytespike_cli.shim.settings import ShimSettings

HEALTH_PATH = "/.bytespike/health"
"""Answered to anybody, for load balancers: it says that this copy lives, and nothing else."""
SHORTEST_TOKEN = 24
LOOK_S = 0.05
"""How often it is looked whether the client is still there: not every host tells."""

HOSTS_LOGS = ("aiohttp.access", "aiohttp.server", "gunicorn.access", "gunicorn.error")
"""Where hosts write each request line, with a token that travels as `?key=`, and quote what is not
HTTP."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(_arguments: Sequence[str] = ()) -> web.Application:
    """Return the application of this process. Raises ConfigurationError for bad settings."""
    return application(Environment.from_process())


def application(env: Environment) -> web.Application:
    """Return the application with the settings of an Environment."""
    settings = _settings(env)
    for name in HOSTS_LOGS:
        logging.getLogger(name).addFilter(_scrubbed)
    ledger = Ledger(env.paths.state, f"app-{os.getpid()}", _later)
    engine = Engine(replace(settings, note=lambda record: ledger.add(record.document)))

    async def run(_app: web.Application) -> AsyncIterator[None]:
        await engine.open()
        preparing = asyncio.create_task(engine.prepare())
        yield
        preparing.cancel()
        await engine.close()
        ledger.flush()

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:  # noqa: ARG001
        if request.path == HEALTH_PATH:
            return web.Response(text="ok\n")
        return await _while_wanted(request, engine)

    # No routes: what a path means is decided where it is in every other form of the shim.
    app = web.Application(middlewares=[answer])
    app.cleanup_ctx.append(run)
    return app


def _scrubbed(record: logging.LogRecord) -> bool:
    record.msg, record.args = scrub(record.getMessage()), None
    if record.exc_info:
        record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        record.exc_info = None
    return True


async def _while_wanted(request: web.Request, engine: Engine) -> web.StreamResponse:
    """Answer a request, and stop when the client has left: an abandoned stream costs money."""
    answering = asyncio.create_task(engine(request))
    try:
        while not answering.done():
            await asyncio.wait({answering}, timeout=LOOK_S)
            if request.transport is None and not answering.done():
                raise ConnectionResetError
        return answering.result()
    except ConnectionError:
        return web.Response(status=LEFT)  # read by nobody; what is raised, a host would log
    finally:
        answering.cancel()


def _settings(env: Environment) -> ShimSettings:
    settings = resolve_settings(env)
    credential = select_credential(env, settings)
    first, *others = _tokens(env, credential.secret)
    hosts = frozenset(_listed(env, VAR_SHIM_HOSTS)) | LOOPBACK_NAMES
    return replace(
        shared(configured(env, settings, credential, token=first)),
        other_tokens=tuple(others),
        repetitions=False,
        hosts=frozenset(host.lower() for host in hosts),
    )


def _tokens(env: Environment, secret: str) -> list[str]:
    tokens = _listed(env, VAR_SHIM_TOKEN)
    fix = f"export {VAR_SHIM_TOKEN}=$(openssl rand -hex 32)"
    if not tokens:
        raise ConfigurationError(f"{VAR_SHIM_TOKEN} is not set: {fix}", fix=fix)
    if any(len(token) < SHORTEST_TOKEN for token in tokens):
        raise ConfigurationError(
            f"A token in {VAR_SHIM_TOKEN} is shorter than {SHORTEST_TOKEN} characters, and can be "
            f"guessed: {fix}",
            fix=fix,
        )
    if secret in tokens:
        raise ConfigurationError(
            f"{VAR_SHIM_TOKEN} is the real key, which no client should have: {fix}", fix=fix
        )
    for token in tokens:
        remember(token)
    return tokens


def _listed(env: Environment, name: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", env.variables.get(name, "")) if word]


def _later(delay_s: float, call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(delay_s, call)
