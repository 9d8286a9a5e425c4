"""Real results: a playable video, its sound, and pictures, small and the same for the same task.

The clips were made once, and lengthened here by their clock alone (no frame is added):

    for shape in 16x9:160x90 9x16:90x160 1x1:96x96; do
      ffmpeg -f lavfi -i "testsrc2=size=${shape##*:}:rate=8:duration=1" -an -c:v libx264 \\
        -profile:v baseline -preset veryslow -crf 45 -g 8 -pix_fmt yuv420p -map_metadata -1 \\
        -fflags +bitexact -flags:v +bitexact -bsf:v filter_units=remove_types=6 \\
        -video_track_timescale 25200 -movie_timescale 25200 -movflags +faststart \\
        clips/${shape%%:*}.mp4
    done
    ffmpeg -f lavfi -i sine=frequency=440:sample_rate=8000:duration=1 -c:a aac -b:a 8k \\
      -map_metadata -1 -fflags +bitexact -flags:a +bitexact clips/tone.m4a
"""

import json
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

MP4_TYPE = "video/mp4"
M4A_TYPE = "audio/mp4"
PNG_TYPE = "image/png"
ASPECTS = ("16:9", "9:16", "1:1")

_CLOCK = 25200
"""Ticks a second in the clips; what does not divide it is a thousandth off."""
_STRIPE = 16


def video(seconds: int, aspect: str, made_for: Mapping[str, Any]) -> bytes:
    """Return an MP4 of that length; `made_for` is written into a box that players skip."""
    clip = bytearray(_clip(aspect.replace(":", "x") + ".mp4"))
    for box in (b"mvhd", b"mdhd"):
        # Version and flags, creation, modification: twelve bytes, then the clock.
        struct.pack_into(">I", clip, clip.index(box) + 16, _CLOCK // seconds)
    return bytes(clip) + free_box(_note(made_for))


def audio(made_for: Mapping[str, Any]) -> bytes:
    """Return an M4A: a tone."""
    return _clip("tone.m4a") + free_box(_note(made_for))


def free_box(content: bytes) -> bytes:
    """Return a box of an MP4 that every player skips."""
    return struct.pack(">I", len(content) + 8) + b"free" + content


def picture(width: int, height: int, made_for: Mapping[str, Any]) -> bytes:
    """Return a PNG of that size, striped in colours of `made_for`, which it carries as text."""
    note = _note(made_for)
    colours = b"".join(zlib.crc32(note + bytes([number])).to_bytes(4)[:3] for number in range(4))
    rows = [b"\0" + bytes([stripe]) * width for stripe in range(4)]
    lines = b"".join(rows[line // _STRIPE % 4] for line in range(height))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + zlib.crc32(kind + content).to_bytes(4)
        for kind, content in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", colours),
            (b"tEXt", b"Comment\0" + note),
            (b"IDAT", zlib.compress(lines, 6)),
            (b"IEND", b""),
        )
    )


def _note(made_for: Mapping[str, Any]) -> bytes:
    return json.dumps(made_for, sort_keys=True).encode()


@cache
def _clip(name: str) -> bytes:
    return (resources.files("bytespike_cli.sandbox") / "clips" / name).read_bytes()
