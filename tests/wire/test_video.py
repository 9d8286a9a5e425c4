from typing import Any

import pytest

from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.video import VideoRequest

FULL = VideoRequest(
    "fog", duration_s=6, resolution="1080p", aspect_ratio="9:16", image="https://x/i.png",
    seed=4, audio=True,
)  # fmt: skip


def test_tasks() -> None:
    assert FULL.params(Surface.TASKS) == {
        "prompt": "fog",
        "duration_seconds": 6,
        "resolution": "1080p",
        "aspect_ratio": "9:16",
        "image_init": "https://x/i.png",
        "seed": 4,
        "audio": True,
    }


def test_videos() -> None:
    assert FULL.params(Surface.VIDEOS) == {
        "prompt": "fog",
        "duration_seconds": 6,
        "size": "1080x1920",
        "source_image": "https://x/i.png",
        "seed": 4,
        "audio": True,
    }


@pytest.mark.parametrize("surface", [Surface.TASKS, Surface.VIDEOS])
def test_what_is_not_asked_for_is_not_sent(surface: Surface) -> None:
    assert VideoRequest("fog").params(surface) == {"prompt": "fog", "duration_seconds": 5}


@pytest.mark.parametrize("surface", [Surface.TASKS, Surface.VIDEOS])
def test_anything_else_goes_along_and_wins(surface: Surface) -> None:
    extra: dict[str, Any] = {"style": "noir", "duration_seconds": 8, "deep": {"a": [1]}}
    params = VideoRequest("fog", seed=0, audio=False, extra=extra).params(surface)
    assert params == {"prompt": "fog", "seed": 0, "audio": False, **extra}


@pytest.mark.parametrize(
    ("resolution", "aspect_ratio", "size"),
    [
        ("720p", "", "1280x720"),
        ("1080p", "", "1920x1080"),
        ("1080P", "16:9", "1920x1080"),
        ("", "9:16", "720x1280"),
        ("720p", "1:1", "720x720"),
        ("1280x720", "", "1280x720"),
        ("4k", "9:16", "4k"),
        ("720p", "wide", "720p"),
        ("720p", "0:9", "720p"),
    ],
)
def test_sizes(resolution: str, aspect_ratio: str, size: str) -> None:
    request = VideoRequest("fog", resolution=resolution, aspect_ratio=aspect_ratio)
    assert request.params(Surface.VIDEOS)["size"] == size
