"""Whether a file has its end: what a connection that broke unseen takes away."""

from collections.abc import Callable

Read = Callable[[int, int], bytes]
"""Returns so many bytes from an offset."""

_ISO_MEDIA = frozenset({"video/mp4", "video/mov", "video/3gpp", "audio/m4a"})
_MAX_BOXES = 100_000
_PNG_END = b"IEND\xaeB`\x82"


def is_whole(mime: str, size: int, read: Read) -> bool:
    """Return whether a file of that size ends where its own structure says.

    Checked are the boxes of MP4 and its kin, the last chunk of PNG and the end marker of JPEG
    (after which some writers leave zeros); a type without a check passes.
    """
    if mime in _ISO_MEDIA:
        return _boxes_fit(size, read)
    if mime == "image/png":
        return size >= 12 and read(size - 8, 8) == _PNG_END
    if mime == "image/jpeg":
        return b"\xff\xd9" in read(max(0, size - 64), 64)
    return True


def _boxes_fit(size: int, read: Read) -> bool:
    at = 0
    has_index = False
    for _ in range(_MAX_BOXES):
        if at == size:
            return has_index
        head = read(at, 16)
        if len(head) < 8:
            return False
        length = int.from_bytes(head[:4], "big")
        has_index = has_index or head[4:8] in (b"moov", b"moof")
        if length == 0:
            return has_index
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or at + length > size:
            return False
        at += length
    return False
