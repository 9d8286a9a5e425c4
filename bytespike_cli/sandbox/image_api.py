"""The surface /v1/images, and pictures of generateContent (contract.md 3.17)."""

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.ledger import Account
from bytespike_cli.sandbox.media import PNG_TYPE
from bytespike_cli.sandbox.media_models import MEDIA
from bytespike_cli.sandbox.seed import USD
from bytespike_cli.sandbox.submission import image_order, invalid, text_field
from bytespike_cli.sandbox.tasks import SPEED, Order

_NUMBERS = ("n", "seed")
_FORM = ("model", "prompt", "n", "size", "quality", "response_format", "seed", "aspect_ratio")


async def generate_images(call: Call) -> web.StreamResponse:
    """POST /v1/images/generations."""
    _need(call)
    call.authenticate()
    return await _answer(call, await call.json_object())


async def edit_images(call: Call) -> web.StreamResponse:
    """POST /v1/images/edits, as the dialect `image-edits` takes it."""
    _need(call)
    how = call.state.dialects["image-edits"]
    if how == "absent":
        raise call.nowhere()
    call.authenticate()
    body = await (_form(call) if how == "multipart" else call.json_object())
    if "image" in body:
        body["source_image"] = body.pop("image")
    if text_field(body, "source_image") is None:
        raise invalid("missing required field: image", "image")
    return await _answer(call, body)


def _need(call: Call) -> None:
    if call.state.dialects["image-models"] == "inline":
        raise call.nowhere()


async def _answer(call: Call, body: Mapping[str, Any]) -> web.StreamResponse:
    slug = text_field(body, "model", required=True)
    assert slug is not None
    call.record.model = slug
    call.check_model(slug)
    if not makes_pictures(slug):
        raise invalid(f"{slug} makes no pictures", "model")
    order = image_order(slug, {name: value for name, value in body.items() if name != "model"})
    call.check_purse(order.estimate_usd)
    call.answer_fault()
    await draw(call, order)
    now = int(call.state.now())
    form = call.state.dialects["image-answer"]
    if form == "asked":
        form = "b64" if body.get("response_format") == "b64_json" else "url"
    data = []
    for asset in order.assets:
        if form == "b64":
            row = {"b64_json": base64.b64encode(asset.content()).decode()}
        else:
            row = {"url": call.asset_origin + call.state.assets.publish(asset, f"img_{now}")}
        data.append(row | {"revised_prompt": f"{body['prompt']}, as the sandbox draws it"})
    return call.reply_json({"created": now, "data": data})


async def draw(call: Call, order: Order) -> None:
    """Take the time and the money for pictures that are answered at once."""
    pace = call.state.config.pace
    if pace != "step":
        await asyncio.sleep(MEDIA[order.model].render_s / SPEED[pace])
    account: Account | None = call.account
    assert account is not None
    call.record.billed = account.charge(round(order.estimate_usd * USD))


async def _form(call: Call) -> dict[str, Any]:
    """Return the fields of a form, its picture as a data URL. Raises Refused."""
    if call.request.content_type != "multipart/form-data":
        raise invalid("content-type must be multipart/form-data")
    body: dict[str, Any] = {}
    async for part in await call.request.multipart():
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read())
        call.record.body_bytes += len(content)
        name = part.name or ""
        if name in ("image", "image[]"):
            kind = part.headers.get("content-type", "")
            if not kind.startswith("image/") or not content:
                raise invalid("image must be a picture", "image")
            body["image"] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        elif name in _FORM:
            text = content.decode(errors="replace")
            body[name] = int(text) if name in _NUMBERS and text.isdecimal() else text
        else:
            raise invalid(f"unknown field: {name}", name)
    return body


def makes_pictures(slug: str) -> bool:
    """Return whether a slug is of an image model."""
    return slug in MEDIA and MEDIA[slug].kind == "image"


def inline_picture(slug: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a picture as a part of an answer of generateContent (google).

    `body` is the request's, checked; its `imageConfig.aspectRatio` counts.
    """
    wanted = body.get("generationConfig", {}).get("imageConfig", {})
    aspect = wanted.get("aspectRatio", "1:1")
    prompt = json.dumps(body["contents"], ensure_ascii=False)
    order = image_order(slug, {"prompt": prompt, "aspect_ratio": aspect})
    content = order.assets[0].content()
    return {
        "inlineData": {"mimeType": PNG_TYPE, "data": base64.b64encode(content).decode()},
    }
