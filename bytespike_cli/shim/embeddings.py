"""Embeddings in the other form, where the gateway lacks the one that a client asks in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import aiohttp
from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_KEY, HEADER_SERVED_MODEL
from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.headers import json_headers
from bytespike_cli.shim.keys import KeyUse
from bytespike_cli.shim.record import applied
from bytespike_cli.shim.replies import document
from bytespike_cli.shim.upstream import Unreachable, UpstreamRequest
from bytespike_cli.wire.embeddings import (
    ONE,
    OTHER,
    answer_of_many,
    answer_of_one,
    many_as_ones,
    one_as_many,
)
from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.paths import ApiPath

NOT_ONE = "The gateway's answer has no embedding in it."


async def in_the_other_form(
    request: web.BaseRequest, path: ApiPath, body: dict[str, Any], choice: Choice, key: KeyUse
) -> web.Response | None:
    """Ask in the form that the client did not; None for a body that has no other form.

    Raises Refused and Unreachable.
    """
    assert choice.served is not None
    one = path.method == ONE
    bodies = [one_as_many(body, choice.served)] if one else many_as_ones(body)
    if bodies is None:
        return None
    target = replace(path, method=OTHER[path.method]).with_model(choice.served)
    answers = [await _ask(request, target, content, key) for content in bodies]
    answer = answer_of_one(answers[0]) if one else answer_of_many(answers)
    if answer is None:
        raise Unreachable(NOT_ONE, connected=True)
    applied("embeddings")
    return document(answer, **{HEADER_SERVED_MODEL: choice.header, HEADER_SERVED_KEY: choice.key})


async def _ask(request: web.BaseRequest, path: str, body: dict[str, Any], key: KeyUse) -> Any:
    content = json_bytes(body)
    sent = UpstreamRequest("POST", path, "", json_headers(request), content)
    try:
        async with key.upstream.send(sent) as response:
            return json.loads(await response.read())
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise Unreachable(NOT_ONE, connected=True) from None
