"""Fetching the results of a task, or of an answer with images, into files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.direct.part import Part
from bytespike_cli.direct.target import Target, publish
from bytespike_cli.errors import ProtocolError
from bytespike_cli.wire.images import decode
from bytespike_cli.wire.media_type import fits, sniff
from bytespike_cli.wire.media_whole import is_whole
from bytespike_cli.wire.task_state import Media

if TYPE_CHECKING:
    from collections.abc import Mapping

OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Saving:
    """How results are saved. `name` is that of the parts; `prompt` makes names where none is given.

    `etag` is the version of a first part that was left behind, `on_version` is told a new one.
    """

    target: Target
    prompt: str
    kind: str
    name: str
    variables: Mapping[str, str]
    pause: Callable[[float], None] = time.sleep
    force: bool = False
    etag: str = ""
    on_version: Callable[[str], None] = lambda _: None
    on_progress: OnProgress = lambda _done, _total: None


def save(media: Sequence[Media], saving: Saving) -> list[Path]:
    """Save results, each whole and verified, or not at all; return their paths.

    Raises ExpiredError, NetworkError and the like for what cannot be fetched, ProtocolError for
    what is not what it should be, OutputError for a place that takes nothing.
    """
    kinds = [item.kind or saving.kind for item in media]
    paths: list[Path] = []
    for number, item in enumerate(media):
        kind = kinds[number]
        part = Part(
            saving.target.folder,
            f".{saving.name}.{number}.part",
            etag=saving.etag if number == 0 else "",
            on_version=saving.on_version if number == 0 else lambda _: None,
        )
        try:
            _fill(part, item, saving)
            finished = part.finish()
            head = part.head()
            if not part.size or not fits(kind, head):
                part.discard()
                raise _no_media(kind, head, part.size)
            if not is_whole(sniff(head) or "", part.size, part.read):
                part.discard()
                raise ProtocolError(
                    "The file that came is not whole.",
                    fix="fetch it again",
                    detail=f"{part.size} bytes",
                )
            path = saving.target.path(
                saving.prompt,
                sniff(head) or "",
                number=kinds[: number + 1].count(kind),
                count=kinds.count(kind),
                beside=kind != kinds[0],
            )
            paths.append(publish(finished, path, force=saving.force))
        finally:
            part.close()
            if not part.size:
                with suppress(OSError):
                    part.path.unlink(missing_ok=True)
    return paths


def _fill(part: Part, item: Media, saving: Saving) -> None:
    inline = item.base64 or (item.url if item.url.startswith("data:") else "")
    if inline:
        content = decode(inline)
        if content is None:
            raise ProtocolError("The result is not base64.", fix="try again, or another model")
        part.restart("")
        part.write(content)
        return
    from bytespike_cli.gateway.download import fetch

    fetch(
        item.url,
        part,
        variables=saving.variables,
        on_progress=saving.on_progress,
        pause=saving.pause,
    )


def _no_media(kind: str, head: bytes, size: int) -> ProtocolError:
    seen = head.decode("utf-8", "replace")
    shown = "".join(c if c.isprintable() else "." for c in seen)
    return ProtocolError(
        f"What came is no {kind or 'picture, video or sound'}.",
        detail=f"{size} bytes: {shown}…" if size else "0 bytes",
    )
