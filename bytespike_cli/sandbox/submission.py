"""Reads what is submitted: bodies of tasks, videos and images become orders, or are refused."""

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

from bytespike_cli.sandbox.assets import Asset
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.media import ASPECTS
from bytespike_cli.sandbox.media_models import MEDIA, MediaModel, lengths
from bytespike_cli.sandbox.tasks import Order, Surface

ENVELOPE = ("model", "out_task_id", "callback_url", "stream")
"""The documented fields of a submit beside `params` (contract.md 3.10)."""
DEFAULT_SECONDS = 5
VIDEO_SIZES = {"1280x720": "720p", "1920x1080": "1080p"}
"""Of /v1/videos (contract.md 3.15)."""
MAX_PICTURES = 4
"""C32: two by one page, four by another."""
IMAGE_FIELDS = ("image_init", "source_image")

_SIZE = re.compile(r"(\d{2,4})x(\d{2,4})")
_ASPECT = re.compile(r"(\d{1,2}):(\d{1,2})")
_DATA_URL = re.compile(r"data:(image/[a-z+.-]+);base64,(.*)", re.DOTALL)
_LINK = re.compile(r"https?://[^/\s]+/\S*")


def invalid(message: str, param: str | None = None) -> Refused:
    """Return the refusal of a field (400 `invalid_param`)."""
    return Refused(FAILURES["invalid-param"], message, param=param)


def params_of(body: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a submit's parameters; `where`: the dialect `task-params` (C7). Raises Refused."""
    beside = {name: value for name, value in body.items() if name not in (*ENVELOPE, "params")}
    if where == "either":
        if "params" in body and beside:
            raise invalid(f"params and {next(iter(beside))} say the same twice", "params")
        where = "nested" if "params" in body else "flat"
    if where == "flat":
        if "params" in body:
            raise invalid("missing required field: prompt", "prompt")
        return beside
    if "params" not in body:
        raise invalid("missing required field: params", "params")
    if beside:
        raise invalid(f"unknown field: {next(iter(beside))}", next(iter(beside)))
    params = body["params"]
    if not isinstance(params, dict):
        raise invalid("params must be an object", "params")
    return params


def text_field(body: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    """Return a field that must be a text, and not empty, if it is there. Raises Refused."""
    value = body.get(name)
    if value is None and not required:
        return None
    if value is None:
        raise invalid(f"missing required field: {name}", name)
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"{name} must be a text that is not empty", name)
    return value


def video_order(
    slug: str,
    params: Mapping[str, Any],
    *,
    limits: str,
    surface: Surface = "tasks",
    out_id: str | None = None,
) -> Order:
    """Return the order of a video. Raises Refused for parameters that its page does not allow."""
    model = MEDIA[slug]
    text_field(params, "prompt", required=True)
    seconds = _seconds(model, params, lengths(model, limits))
    resolution = _one_of(params, "resolution", model.resolutions)
    if surface == "videos" or "size" in params:
        size = _one_of(params, "size", tuple(VIDEO_SIZES)) or "1280x720"
        if VIDEO_SIZES[size] not in (model.resolutions or VIDEO_SIZES.values()):
            raise invalid(f"{slug} does not make {size}", "size")
        resolution = resolution or VIDEO_SIZES[size]
    aspect = _one_of(params, "aspect_ratio", ASPECTS) or "16:9"
    _is(params, "seed", int)
    sound = _is(params, "audio", bool) or False
    if sound and not model.audio:
        raise invalid(f"{slug} makes no audio", "audio")
    _check_images(params)
    made_for = {"model": slug, **_without_pictures(params)}
    shown = made_for | {"resolution": resolution or (model.resolutions or ("720p",))[-1]}
    assets = [Asset("video", slug, shown, seconds, aspect)]
    if sound:
        assets.append(Asset("audio", slug, made_for))
    estimate = round(model.price_usd * seconds, 4)
    return Order(slug, dict(params), tuple(assets), estimate, out_id, surface)


def image_order(slug: str, params: Mapping[str, Any], out_id: str | None = None) -> Order:
    """Return the order of pictures. Raises Refused for parameters that no page allows."""
    model = MEDIA[slug]
    text_field(params, "prompt", required=True)
    count = _is(params, "n", int)
    count = 1 if count is None else count
    if not 1 <= count <= MAX_PICTURES:
        raise invalid(f"n must be from 1 to {MAX_PICTURES}", "n")
    _is(params, "seed", int)
    _one_of(params, "quality", ("standard", "hd"))
    _one_of(params, "response_format", ("url", "b64_json"))
    _check_images(params)
    size = _picture_size(params)
    made_for = {"model": slug, **_without_pictures(params)}
    assets = tuple(
        Asset("image", slug, made_for | {"number": number}, size=size) for number in range(count)
    )
    return Order(slug, dict(params), assets, round(model.price_usd * count, 4), out_id)


def _seconds(model: MediaModel, params: Mapping[str, Any], allowed: tuple[int, ...]) -> int:
    seconds = _is(params, "duration_seconds", int)
    if seconds is None:
        if model.needs_duration:
            raise invalid("missing required field: duration_seconds", "duration_seconds")
        return DEFAULT_SECONDS if DEFAULT_SECONDS in allowed else allowed[0]
    if seconds not in allowed:
        words = ", ".join(map(str, allowed))
        raise invalid(f"duration_seconds must be one of: {words}", "duration_seconds")
    return int(seconds)


def _picture_size(params: Mapping[str, Any]) -> tuple[int, int]:
    size, aspect = text_field(params, "size"), text_field(params, "aspect_ratio")
    if size is not None:
        found = _SIZE.fullmatch(size)
        if found is None or not all(64 <= int(side) <= 4096 for side in found.groups()):
            raise invalid("size must be WIDTHxHEIGHT, each from 64 to 4096", "size")
        return int(found[1]), int(found[2])
    if aspect is None:
        return 1024, 1024
    found = _ASPECT.fullmatch(aspect)
    if found is None or "0" in found.groups():
        raise invalid("aspect_ratio must be WIDTH:HEIGHT", "aspect_ratio")
    wide, high = int(found[1]), int(found[2])
    return 1024 * wide // max(wide, high), 1024 * high // max(wide, high)


def _one_of(params: Mapping[str, Any], name: str, allowed: Collection[str]) -> str | None:
    value = text_field(params, name)
    if value is not None and allowed and value not in allowed:
        raise invalid(f"{name} must be one of: {', '.join(allowed)}", name)
    return value


def _is(params: Mapping[str, Any], name: str, kind: type) -> Any:
    value = params.get(name)
    if value is not None and type(value) is not kind:
        raise invalid(f"{name} must be {'an integer' if kind is int else 'true or false'}", name)
    return value


def _check_images(params: Mapping[str, Any]) -> None:
    for name in IMAGE_FIELDS:
        value = text_field(params, name)
        if value is None or _LINK.fullmatch(value):
            continue
        found = _DATA_URL.fullmatch(value)
        try:
            if found is None or not base64.b64decode(found[2], validate=True):
                raise ValueError
        except (ValueError, binascii.Error):
            raise invalid(f"{name} must be an https: or data:image/…;base64 URL", name) from None


def _without_pictures(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters for a file to tell, with the hash of a picture in its place."""
    return {
        name: hashlib.sha256(value.encode()).hexdigest()[:16] if name in IMAGE_FIELDS else value
        for name, value in params.items()
    }
