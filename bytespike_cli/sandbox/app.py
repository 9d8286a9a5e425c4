"""The sandbox as an aiohttp application: routes, and what happens around every request."""

import asyncio
import re
import socket
import struct
from collections.abc import Awaitable, Callable

from aiohttp import web

from bytespike_cli.constants import ACCOUNT_PATH, AVAILABLE_MODELS_PATH, MODELS_PATH
from bytespike_cli.sandbox import control, downloads, gemini, image_api, reads, task_api, watch
from bytespike_cli.sandbox.auth import carried_forms
from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.config import MAX_BODY_BYTES, SandboxConfig
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.intercept import intercept
from bytespike_cli.sandbox.state import SandboxState

STATE = web.AppKey("state", SandboxState)

Handler = Callable[..., Awaitable[web.StreamResponse]]

_MODEL = r"/v1beta/models/(?P<slug>[^/:]+)"

ROUTES: tuple[tuple[str, re.Pattern[str], str, Handler], ...] = tuple(
    (method, re.compile(path), surface, handler)
    for method, path, surface, handler in (
        ("POST", _MODEL + ":generateContent", "generate", gemini.generate),
        ("POST", _MODEL + ":streamGenerateContent", "stream", gemini.stream),
        ("POST", _MODEL + ":countTokens", "generate", gemini.count_tokens),
        ("GET", "/v1beta/models", "models", gemini.list_models),
        ("GET", _MODEL, "models", gemini.show_model),
        ("POST", "/v1/tasks/submit", "submit", task_api.submit),
        ("POST", "/v1/tasks/query", "query", task_api.query),
        ("GET", "/v1/tasks/query", "query", task_api.query),
        ("POST", "/v1/tasks/cancel", "cancel", task_api.cancel),
        ("POST", r"/v1/tasks/cancel/(?P<task>[^/]+)", "cancel", task_api.cancel),
        ("GET", r"/v1/tasks/stream/(?P<task>[^/]+)", "watch", watch.watch),
        ("POST", "/v1/videos/generations", "submit", task_api.submit_video),
        ("GET", r"/v1/videos/tasks/(?P<task>[^/]+)", "query", task_api.query_video),
        ("POST", "/v1/images/generations", "image", image_api.generate_images),
        ("POST", "/v1/images/edits", "image", image_api.edit_images),
        ("GET", r"(?P<path>/cdn/.+)", "download", downloads.download),
        ("HEAD", r"(?P<path>/cdn/.+)", "download", downloads.download),
        ("GET", re.escape(MODELS_PATH), "models", reads.models),
        ("GET", re.escape(AVAILABLE_MODELS_PATH), "account", reads.available),
        ("GET", re.escape(ACCOUNT_PATH), "account", reads.account),
    )
)
"""Method, path, surface for faults, handler. Everything else is a 404 (contract.md 4.3)."""


class Dropped(ConnectionResetError):
    """The sandbox itself has dropped the connection."""


def create_app(config: SandboxConfig) -> web.Application:
    """Build the application; its state is at `app[STATE]`.

    Raises UsageError for dialects or faults that do not exist. Run it with `handler_cancellation`,
    or it will not notice clients that leave.
    """
    state = SandboxState(config)
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app[STATE] = state

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.startswith(control.PREFIX):
            return await control.control(request, state)
        return await _journalled(request, state)

    app.router.add_route("*", "/{path:.*}", answer)
    return app


async def _journalled(request: web.Request, state: SandboxState) -> web.StreamResponse:
    headers = {name.lower(): value for name, value in request.headers.items()}
    record = state.journal.open(request.method, request.path, dict(request.query), headers)
    record.auth_forms = carried_forms(request.headers, request.query)
    handler, surface, arguments = _route(request)
    call = Call(request, state, record, surface, state.faults.strike(surface))
    state.tasks.refresh()
    try:
        response = await _answer(call, handler, arguments)
        record.status = response.status
        return response
    except Dropped:
        return web.Response()  # to nobody
    except ConnectionResetError:
        record.aborted = True
        return web.Response()  # to nobody: raised, aiohttp would log it as a failure of ours
    except asyncio.CancelledError:
        record.aborted = True
        raise
    finally:
        state.journal.close(record)


async def _answer(call: Call, handler: Handler, arguments: dict[str, str]) -> web.StreamResponse:
    if await _lost(call):
        raise Dropped
    stranger = call.strike("instead")
    if stranger is not None:
        return intercept(stranger.name)
    try:
        response = await handler(call, *arguments.values())
    except Refused as refused:
        return call.refuse(refused)
    except web.HTTPRequestEntityTooLarge:
        return call.refuse(Refused(FAILURES["too-large"]))
    fault = call.strike("lost")
    if fault is not None and not response.prepared:
        if fault.name == "answer-524":
            return call.refuse(Refused(FAILURES["cdn-524"]))
        if call.request.transport is not None:
            call.request.transport.close()
        raise Dropped
    return response


def _route(request: web.Request) -> tuple[Handler, str, dict[str, str]]:
    for method, path, surface, handler in ROUTES:
        found = path.fullmatch(request.path)
        if found and method == request.method:
            return handler, surface, found.groupdict()
    return _nowhere, "other", {}


async def _nowhere(call: Call) -> web.StreamResponse:
    raise call.nowhere(f"no such route: {call.request.method} {call.request.path}")


async def _lost(call: Call) -> bool:
    """Do what a fault of the stage `connection` does; return whether the connection is gone."""
    fault = call.strike("connection")
    transport = call.request.transport
    match fault.name if fault else "":
        case "hang":
            await asyncio.Event().wait()
        case "slow" if fault:
            await asyncio.sleep(fault.argument / 1000)
        case "close" if transport:
            transport.close()
            return True
        case "reset" if transport:
            linger_none = struct.pack("ii", 1, 0)
            plug = transport.get_extra_info("socket")
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_none)
            transport.abort()
            return True
    return False
