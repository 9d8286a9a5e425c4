"""Result files: what they hold, and their signed addresses that expire (contract.md 1, 3.11)."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from bytespike_cli.sandbox.media import M4A_TYPE, MP4_TYPE, PNG_TYPE, audio, picture, video

PREFIX = "/cdn/"
LIFE_S = {"24h": 86_400, "60s": 60, "0s": 0}
"""By the values of the dialect `asset-life`."""
TYPES = {"video": MP4_TYPE, "audio": M4A_TYPE, "image": PNG_TYPE}
_ENDINGS = {"video": "mp4", "audio": "m4a", "image": "png"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that can be made at any time: the same bytes each time."""

    kind: Literal["video", "audio", "image"]
    model: str
    made_for: Mapping[str, Any] = field(repr=False)
    seconds: int = 0
    aspect: str = "16:9"
    size: tuple[int, int] = (0, 0)
    """Width and height of a picture."""

    def content(self) -> bytes:
        """Make the file."""
        match self.kind:
            case "video":
                return video(self.seconds, self.aspect, self.made_for)
            case "audio":
                return audio(self.made_for)
            case "image":
                return picture(*self.size, self.made_for)


class Assets:
    """The files that have an address. `life` is the value of the dialect `asset-life`, asked
    whenever a file is published."""

    def __init__(self, now: Callable[[], float], life: Callable[[], str]) -> None:
        self._now = now
        self._life = life
        self._assets: dict[str, Asset] = {}

    def publish(self, asset: Asset, owner: str) -> str:
        """Return a new address of a file: a path with a signature. `owner` goes into its name."""
        name = f"{owner.rpartition('_')[2]}-{len(self._assets):04d}.{_ENDINGS[asset.kind]}"
        date = datetime.fromtimestamp(self._now(), UTC).date()
        folder = "img" if asset.kind == "image" else f"multimodal/{asset.model}/{date}"
        path = f"{PREFIX}{folder}/{name}"
        self._assets[path] = asset
        expires = str(int(self._now()) + LIFE_S[self._life()])
        return f"{path}?{urlencode({'expires': expires, 'signature': _sign(path, expires)})}"

    def find(self, path: str) -> Asset | None:
        """Return the file of a path."""
        return self._assets.get(path)

    def is_signed(self, path: str, query: Mapping[str, str]) -> bool:
        """Return whether the signature is ours for that path and time."""
        return query.get("signature") == _sign(path, query.get("expires", ""))

    def is_past(self, query: Mapping[str, str]) -> bool:
        """Return whether a signed address has expired."""
        return self._now() >= int(query["expires"])


def _sign(path: str, expires: str) -> str:
    return hashlib.sha256(f"sandbox {path} {expires}".encode()).hexdigest()[:32]
