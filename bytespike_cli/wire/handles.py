"""Names for tasks and their files that a Gemini client can carry, and that need no memory of ours.

Google's clients ask for `models/{model}/operations/{id}` and `files/{id}`, and their SDKs take
nothing but `[a-z0-9]+` for the id of a file (clients.md 3). So the id is the gateway's own, packed:
whoever is asked for it later, another shim or the same after a restart, finds the task by it alone.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass

from bytespike_cli.wire.media_slug import Surface

_OPERATION = re.compile(r"(?:/v1(?:beta|alpha)?)+(?:/models/[^/]+)?/operations/([a-z0-9]+)")
_FILE = re.compile(r"(?:/v1(?:beta|alpha)?)+/files/([a-z0-9]+)(:download)?")
_SURFACES = {"t": Surface.TASKS, "v": Surface.VIDEOS}
_LETTERS = {surface: letter for letter, surface in _SURFACES.items()}
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Handle:
    """A task of a key, or one of its files (`index`).

    `key` is the name of the key that submitted it, `out_task_id` our id, where no other is known.
    """

    surface: Surface
    key: str = ""
    task_id: str = ""
    out_task_id: str = ""
    index: int = 0

    @property
    def text(self) -> str:
        """The handle as an id: lower-case letters and digits."""
        letter = _LETTERS[self.surface]
        parts = (letter, self.key, self.task_id, self.out_task_id, str(self.index))
        packed = "\n".join(parts).encode()
        sealed = packed + zlib.crc32(packed).to_bytes(4)
        return base64.b32encode(sealed).decode().rstrip("=").lower()


def read_handle(text: str) -> Handle | None:
    """Return the handle of an id, or None for an id that is not one of ours."""
    if len(text) > _LONGEST:
        return None
    try:
        sealed = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
        packed, seal = sealed[:-4], sealed[-4:]
        letter, key, task_id, out_task_id, index = packed.decode().split("\n")
    except (binascii.Error, ValueError):
        return None
    if zlib.crc32(packed).to_bytes(4) != seal or letter not in _SURFACES or not index.isdecimal():
        return None
    return Handle(_SURFACES[letter], key, task_id, out_task_id, int(index))


def operation_in(raw_path: str) -> str | None:
    """Return the id of the operation that a path asks for, or None."""
    found = _OPERATION.fullmatch(raw_path)
    return found[1] if found else None


def file_in(raw_path: str) -> tuple[str, bool] | None:
    """Return the id of the file that a path asks for, and whether for its bytes; or None."""
    found = _FILE.fullmatch(raw_path)
    return (found[1], bool(found[2])) if found else None
