"""Parameters of a video, as each surface names them (contract.md 3.15, 3.16).

Nothing is checked here: the pages disagree about lengths, sizes and prices (C33), and the gateway
refuses without a charge.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bytespike_cli.wire.media_slug import Surface

DURATION_S = 5
"""Length when none is asked for: required on the tasks surface, and allowed by every page (C33)."""

_HEIGHT = re.compile(r"(\d{3,4})p", re.IGNORECASE)
_ASPECT = re.compile(r"(\d+):(\d+)")
_USUAL_HEIGHT = 720
_USUAL_ASPECT = (16, 9)


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """What a user asks for. `image` is a URL or a `data:` URI; `extra` goes along as it is."""

    prompt: str
    duration_s: int | None = None
    resolution: str = ""
    aspect_ratio: str = ""
    image: str = field(default="", repr=False)
    seed: int | None = None
    audio: bool | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def params(self, surface: Surface) -> dict[str, Any]:
        """Return the parameters for one surface, `model` and ids not among them."""
        params: dict[str, Any] = {
            "prompt": self.prompt,
            "duration_seconds": DURATION_S if self.duration_s is None else self.duration_s,
        }
        if surface is Surface.VIDEOS:
            params |= {"size": self._size(), "source_image": self.image}
        else:
            params |= {
                "resolution": self.resolution,
                "aspect_ratio": self.aspect_ratio,
                "image_init": self.image,
            }
        params |= {"seed": self.seed, "audio": self.audio}
        given = {name: value for name, value in params.items() if value not in ("", None)}
        return {**given, **self.extra}

    def _size(self) -> str:
        """Return the `size` of /v1/videos: `1080p` and `9:16` are `1080x1920`."""
        if not self.resolution and not self.aspect_ratio:
            return ""
        height = _HEIGHT.fullmatch(self.resolution)
        aspect = _ASPECT.fullmatch(self.aspect_ratio)
        if (self.resolution and not height) or (self.aspect_ratio and not aspect):
            return self.resolution
        short = int(height[1]) if height else _USUAL_HEIGHT
        wide, high = (int(aspect[1]), int(aspect[2])) if aspect else _USUAL_ASPECT
        if not wide or not high:
            return self.resolution
        long = round(short * max(wide, high) / min(wide, high))
        return f"{long}x{short}" if wide >= high else f"{short}x{long}"
