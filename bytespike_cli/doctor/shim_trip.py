"""A round trip through a shim of our own: loopback, session token, and the shim's own upstream.

It asks for the models, which costs nothing; the same server that a launch starts is started.
"""

from __future__ import annotations

import asyncio
import http.client
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.constants import HEADER_GOOG_API_KEY, LOOPBACK

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

SHIM_S = 4.0


@dataclass(frozen=True, slots=True)
class Trip:
    """How the shim answered; `seen` is what it said. Status 0: not at all."""

    status: int
    seen: str
    elapsed_s: float


def round_trip(case: Case) -> Trip:
    """Ask a shim for the models. Raises ConfigurationError; a shim that fails is a Trip too."""
    token = secrets.token_urlsafe(24)
    clock = case.env.monotonic
    start = clock()
    try:
        status, body = asyncio.run(_ask(case, token))
    except (OSError, TimeoutError, http.client.HTTPException) as failed:
        return Trip(0, f"{type(failed).__name__}: {failed}", clock() - start)
    words = " ".join(body[:400].decode("utf-8", "replace").split())
    return Trip(status, f"GET /v1beta/models: HTTP {status}: {words[:160]}", clock() - start)


async def _ask(case: Case, token: str) -> tuple[int, bytes]:
    from bytespike_cli.config.proxies import proxy_for
    from bytespike_cli.shim.listener import listen
    from bytespike_cli.shim.server import ShimServer
    from bytespike_cli.shim.settings import ShimSettings

    credential = case.credential
    settings = ShimSettings(
        origin=credential.origin,
        secret=credential.secret,
        token=token,
        now=case.env.now,
        key_name=credential.name,
        group=credential.group,
        proxy=proxy_for(credential.origin, case.env.variables),
    )
    listener = listen()
    port = listener.getsockname()[1]
    async with ShimServer(settings, listener):
        asking = asyncio.to_thread(_get, port, token, case.within(SHIM_S))
        return await asyncio.wait_for(asking, case.within(SHIM_S))


def _get(port: int, token: str, timeout_s: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=timeout_s)
    try:
        connection.request("GET", "/v1beta/models", headers={HEADER_GOOG_API_KEY: token})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
