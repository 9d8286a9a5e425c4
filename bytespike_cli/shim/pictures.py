"""Pictures for Google's SDKs where the gateway has them at /v1/images (contract.md 3.17)."""

from __future__ import annotations

import json
from secrets import token_hex
from typing import Any

import aiohttp
from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_MODEL
from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.keys import KeyUse
from bytespike_cli.shim.record import applied
from bytespike_cli.shim.replies import JSON_TYPE, document, refusal
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire import images
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.google_image import (
    NotPossible,
    content_answer,
    predict_answer,
    read_content_request,
    read_predict_request,
)
from bytespike_cli.wire.images import ImageRequest, decode
from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.media_slug import Kind, kind_of
from bytespike_cli.wire.media_type import fits, sniff
from bytespike_cli.wire.task_state import Media
from bytespike_cli.wire.tasks import is_absent

MAX_PICTURE_BYTES = 64 * 1024 * 1024
NO_PICTURES = "'{model}' makes no pictures."
NOTHING_DRAWN = "The gateway's answer has no picture in it."
BROKEN = "The gateway's file host answered with something that is no picture."


def is_elsewhere(choice: Choice, answer: Refused) -> bool:
    """Return whether a refused generateContent is to be tried at /v1/images: free, and made for it.

    Which of the two a gateway has for its image models, no page says.
    """
    if choice.served is None or kind_of(choice.served) is not Kind.IMAGE:
        return False
    return is_absent(answer.failure) or answer.failure.cause is Cause.INVALID_REQUEST


async def answer_content(
    body: bytes, choice: Choice, key: KeyUse, *, streams: bool, sse: bool
) -> web.Response:
    """Answer generateContent, or its stream, by /v1/images. Raises Refused and Unreachable."""
    assert choice.served is not None
    try:
        wanted = read_content_request(_json(body))
    except NotPossible as reason:
        return refusal(400, str(reason))
    pictures, words = await _draw(wanted, choice.served, key)
    content = content_answer(pictures, words, choice.served)
    if not streams:
        return document(content, **{HEADER_SERVED_MODEL: choice.header})
    encoded = json_bytes(content)
    return web.Response(
        body=b"data: " + encoded + b"\r\n\r\n" if sse else b"[" + encoded + b"]",
        headers={
            "content-type": "text/event-stream" if sse else JSON_TYPE,
            HEADER_SERVED_MODEL: choice.header,
        },
    )


async def predict(body: bytes, choice: Choice, key: KeyUse) -> web.Response:
    """Answer `:predict` by /v1/images. Raises Refused and Unreachable."""
    assert choice.served is not None
    if kind_of(choice.served) is not Kind.IMAGE:
        return refusal(400, NO_PICTURES.format(model=choice.served))
    try:
        wanted = read_predict_request(_json(body))
    except NotPossible as reason:
        return refusal(400, str(reason))
    pictures, _ = await _draw(wanted, choice.served, key)
    return document(predict_answer(pictures), **{HEADER_SERVED_MODEL: choice.header})


async def _draw(
    wanted: ImageRequest, slug: str, key: KeyUse
) -> tuple[list[tuple[str, bytes]], str]:
    """Return pictures with their types, and the words that came along."""
    applied("pictures")
    content: object = None
    first: Refused | None = None
    for call in images.ways(slug, wanted, token_hex(16)):
        try:
            content = await key.tasks.document(call)
        except Refused as refused:
            first = first or refused
            if not wanted.image or not images.is_other_edit(refused.failure):
                raise first from None
        else:
            break
    else:
        assert first is not None
        raise first
    answer = images.read_answer(content)
    if answer is None or not answer.media:
        raise Unreachable(NOTHING_DRAWN, connected=True)
    return [await _picture(media, key) for media in answer.media], answer.words


async def _picture(media: Media, key: KeyUse) -> tuple[str, bytes]:
    content = decode(media.base64) if media.base64 else await _fetched(media.url, key)
    if content is None or not fits("image", content):
        raise Unreachable(BROKEN, connected=True)
    return sniff(content) or "image/png", content


async def _fetched(url: str, key: KeyUse) -> bytes:
    async with key.upstream.fetch(url, {}) as response:
        if response.status != 200:
            raise Unreachable(f"The gateway's file host answered {response.status}.")
        pieces: list[bytes] = []
        size = 0
        try:
            async for piece in response.content.iter_any():
                size += len(piece)
                if size > MAX_PICTURE_BYTES:
                    raise Unreachable(BROKEN, connected=True)
                pieces.append(piece)
        except (aiohttp.ClientError, TimeoutError):
            sentence = "The gateway's picture was cut before its end."
            raise Unreachable(sentence, connected=True) from None
        return b"".join(pieces)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise NotPossible("The body is not JSON.") from None
