"""Bodies that are submitted."""

from typing import Any

import pytest

from bytespike_cli.sandbox.errors import Refused
from bytespike_cli.sandbox.submission import image_order, params_of, text_field, video_order

FOG = {"prompt": "fog over a lake", "duration_seconds": 6}
DATA_URL = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize(
    ("where", "body", "expected"),
    [
        ("nested", {"model": "m", "out_task_id": "a", "params": FOG}, FOG),
        ("flat", {"model": "m", "stream": False, **FOG}, FOG),
        ("either", {"model": "m", **FOG}, FOG),
        ("either", {"model": "m", "params": FOG}, FOG),
    ],
)
def test_where_the_parameters_are(where: str, body: Any, expected: Any) -> None:
    assert params_of(body, where) == expected


@pytest.mark.parametrize(
    ("where", "body", "words", "param"),
    [
        ("nested", {"model": "m", **FOG}, "missing required field: params", "params"),
        ("nested", {"params": FOG, **FOG}, "unknown field: prompt", "prompt"),
        ("nested", {"params": []}, "params must be an object", "params"),
        ("flat", {"params": FOG}, "missing required field: prompt", "prompt"),
        ("flat", {"params": FOG, **FOG}, "missing required field: prompt", "prompt"),
        ("either", {"params": FOG, **FOG}, "say the same twice", "params"),
    ],
)
def test_where_they_are_not(where: str, body: Any, words: str, param: str) -> None:
    with pytest.raises(Refused, match=words) as raised:
        params_of(body, where)
    assert (raised.value.failure.status, raised.value.param) == (400, param)


def test_a_text_field() -> None:
    assert text_field({}, "a") is None
    assert text_field({"a": "b"}, "a", required=True) == "b"
    for body in ({}, {"a": ""}, {"a": " "}, {"a": 1}):
        with pytest.raises(Refused):
            text_field(body, "a", required=True)


def test_a_video() -> None:
    order = video_order("veo-3.1", FOG | {"aspect_ratio": "9:16"}, limits="either", out_id="a")
    (asset,) = order.assets
    assert (asset.kind, asset.seconds, asset.aspect) == ("video", 6, "9:16")
    assert asset.made_for["resolution"] == "1080p"
    assert (order.estimate_usd, order.out_id, order.surface) == (0.66, "a", "tasks")


def test_a_video_of_the_other_surface() -> None:
    params = FOG | {"size": "1280x720", "audio": True, "source_image": DATA_URL}
    order = video_order("veo3.1", params, limits="either", surface="videos")
    assert [asset.kind for asset in order.assets] == ["video", "audio"]
    assert order.assets[0].made_for["resolution"] == "720p"
    assert len(order.assets[0].made_for["source_image"]) == 16


def test_what_is_not_required_has_a_default() -> None:
    assert video_order("veo-3-1", {"prompt": "a"}, limits="either").assets[0].seconds == 5
    with pytest.raises(Refused, match="missing required field: duration_seconds"):
        video_order("veo-3.1", {"prompt": "a"}, limits="either")


@pytest.mark.parametrize(
    ("slug", "changes", "words"),
    [
        ("veo-3.1", {"prompt": None}, "missing required field: prompt"),
        ("veo-3.1", {"duration_seconds": 9}, "one of: 1, 2, 3, 4, 5, 6, 7, 8, 10"),
        ("veo-3.1", {"duration_seconds": "6"}, "must be an integer"),
        ("veo-3.1", {"duration_seconds": True}, "must be an integer"),
        ("veo-3.1", {"resolution": "4k"}, "one of: 720p, 1080p"),
        ("veo-3.1-fast", {"duration_seconds": 5, "resolution": "1080p"}, "one of: 720p"),
        ("veo-3.1", {"aspect_ratio": "4:3"}, "aspect_ratio must be one of"),
        ("veo-3.1", {"seed": 1.5}, "seed must be an integer"),
        ("veo-3.1", {"audio": True}, "makes no audio"),
        ("veo-3.1", {"audio": "yes"}, "true or false"),
        ("veo-3.1", {"image_init": "cat.png"}, "https: or data:image"),
        ("veo-3.1", {"image_init": "data:image/png;base64,*"}, "https: or data:image"),
        ("veo-3.1", {"image_init": "data:text/plain;base64,aGk="}, "https: or data:image"),
        ("veo3.1-fast", {"duration_seconds": 5, "size": "1920x1080"}, "does not make"),
        ("veo3.1", {"size": "640x480"}, "size must be one of"),
    ],
)
def test_videos_that_no_page_allows(slug: str, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words) as raised:
        video_order(slug, FOG | changes, limits="either")
    assert raised.value.failure.code == "invalid_param"
    assert raised.value.param in changes


def test_pictures() -> None:
    order = image_order("nano-banana", {"prompt": "a crane", "n": 2, "size": "512x256"}, "a")
    assert [asset.size for asset in order.assets] == [(512, 256)] * 2
    assert order.estimate_usd == 0.036
    assert image_order("nano-banana", {"prompt": "a"}).assets[0].size == (1024, 1024)
    wide = image_order("nano-banana", {"prompt": "a", "aspect_ratio": "16:9"})
    assert wide.assets[0].size == (1024, 576)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": ""},
        {"n": 0},
        {"n": 5},
        {"n": "1"},
        {"size": "big"},
        {"size": "9999x10"},
        {"aspect_ratio": "wide"},
        {"aspect_ratio": "0:1"},
        {"quality": "best"},
        {"response_format": "jpeg"},
        {"source_image": "cat.png"},
    ],
)
def test_pictures_that_no_page_allows(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as raised:
        image_order("nano-banana", {"prompt": "a crane"} | changes)
    assert raised.value.param in changes
