"""The sandbox's own paths, outside the contract: requests, reset and faults under /sandbox/.

They carry no key and are not in the journal; they answer programs of this machine only, and no
page of a browser, which could reach them under a name of its own.
"""

import json
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.state import SandboxState

PREFIX = "/sandbox/"
MAX_ADVANCE_S = 10 * 365 * 86_400


async def control(request: web.Request, state: SandboxState) -> web.Response:
    """Answer a request under `/sandbox/`.

    GET requests: the journal. GET tasks: every task, and what it has cost. POST reset: as it was
    started. POST faults with `{"faults": ["cut:2@1"]}`: replace the faults. POST advance with
    `{"seconds": 60}`: set the clock of tasks forward.
    """
    if "origin" in request.headers or not _is_loopback(request.headers.get("host", "")):
        return web.json_response({"error": "this is for programs of this machine"}, status=403)
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "requests":
            return web.json_response({"requests": [record.public() for record in state.journal]})
        case "GET", "tasks":
            return web.json_response({"tasks": [task.public() for task in state.tasks]})
        case "POST", "advance":
            return await _advance(request, state)
        case "POST", "reset":
            state.reset()
            return web.json_response({"reset": True})
        case "POST", "faults":
            return await _set_faults(request, state)
    return web.json_response({"error": "the sandbox has no such path"}, status=404)


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


async def _advance(request: web.Request, state: SandboxState) -> web.Response:
    try:
        seconds = float((await request.json())["seconds"])
        if not 0 <= seconds < MAX_ADVANCE_S:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        return web.json_response({"error": 'send {"seconds": N}'}, status=400)
    state.advance(seconds)
    return web.json_response({"advanced": seconds})


async def _set_faults(request: web.Request, state: SandboxState) -> web.Response:
    try:
        texts = (await request.json())["faults"]
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise TypeError
        state.set_faults(texts)
    except (json.JSONDecodeError, KeyError, TypeError):
        return web.json_response({"error": 'send {"faults": ["name", …]}'}, status=400)
    except UsageError as error:
        return web.json_response({"error": error.cause, "fix": error.fix}, status=400)
    return web.json_response({"faults": texts})
