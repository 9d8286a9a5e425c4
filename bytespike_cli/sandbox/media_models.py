"""What image and video models take, cost and need (contract.md 3.15 to 3.17, 6.3).

Where the pages are silent, or contradict each other on a limit (C32, C33), the wider one stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["video", "image"]


@dataclass(frozen=True, slots=True)
class MediaModel:
    """One family of slugs. Prices in USD a second of video, or a picture."""

    kind: Kind
    price_usd: float
    render_s: int
    """What the gateway gives as `estimated_seconds`; C40 has every figure from 10 to 180."""
    durations: range = range(0)
    """Lengths in seconds by the page of `api-reference`."""
    other_durations: tuple[int, ...] = ()
    """Lengths by the page of `models/`, if that says others."""
    resolutions: tuple[str, ...] = ()
    needs_duration: bool = False
    audio: bool = False


_VEO = MediaModel("video", 0.11, 45, range(1, 9), (5, 10), ("720p", "1080p"), needs_duration=True)
_VEO_FAST = MediaModel("video", 0.045, 20, range(1, 6), (5, 10), ("720p",), needs_duration=True)
_BANANA = MediaModel("image", 0.018, 8)

MEDIA: Mapping[str, MediaModel] = {
    "veo-3.1": _VEO,
    "veo-3.1-fast": _VEO_FAST,
    "veo-3-1": MediaModel("video", 0.11, 45, range(1, 9), (5, 10), ("720p", "1080p")),
    "veo3.1": MediaModel("video", 0.40, 45, range(1, 9), (5, 10), ("720p", "1080p"), audio=True),
    "veo3.1-fast": MediaModel("video", 0.20, 20, range(1, 6), (5, 10), ("720p",)),
    "veo3.1-lite": MediaModel("video", 0.05, 20, range(1, 9), (5, 10), ("720p", "1080p")),
    "sora-2": MediaModel("video", 0.10, 90, range(1, 16)),
    "sora2": MediaModel("video", 0.10, 90, range(5, 16, 5)),
    "sora-2-pro": MediaModel("video", 0.30, 130, range(1, 16)),
    "sora2-pro": MediaModel("video", 0.30, 130, range(5, 16, 5)),
    "seedance-1.5-pro": MediaModel("video", 0.06, 60, range(1, 13)),
    "nano-banana": _BANANA,
    "nano-banana-v2": MediaModel("image", 0.022, 10),
    "seedream-4": MediaModel("image", 0.03, 10),
    "seedream-4.5": MediaModel("image", 0.04, 10),
    "gpt-image-2": MediaModel("image", 0.08, 15),
    "gpt-image-2-official": MediaModel("image", 0.08, 15),
}

VEO_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "dotted": ("veo-3.1", "veo-3.1-fast"),
    "joined": ("veo3.1", "veo3.1-fast", "veo3.1-lite"),
    "dashed": ("veo-3-1",),
}
"""The three pages' names of Veo (C2), by the values of the dialect `veo-slugs`."""


def lengths(model: MediaModel, limits: str) -> tuple[int, ...]:
    """Return the lengths in seconds that a model makes; `limits`: the dialect `video-limits`."""
    wide = model.other_durations or tuple(model.durations)
    return {
        "either": tuple(sorted({*model.durations, *wide})),
        "reference": tuple(model.durations),
        "models": wide,
    }[limits]
