"""Files that are real: their boxes and chunks are read here, players read them in tests/clients."""

import json
import struct
import zlib
from collections.abc import Iterator

import pytest

from bytespike_cli.sandbox.media import ASPECTS, audio, free_box, picture, video


def boxes(content: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    end = len(content) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", content, start)
        yield kind, content[start + 8 : start + size]
        start += size


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("seconds", [1, 4, 7, 8, 10, 15])
def test_a_video_of_every_length_and_shape(aspect: str, seconds: int) -> None:
    found = dict(boxes(video(seconds, aspect, {"task": "a"})))
    assert set(found) == {b"ftyp", b"moov", b"mdat", b"free"}
    clock, length = struct.unpack_from(">II", dict(boxes(found[b"moov"]))[b"mvhd"], 12)
    assert length / clock == seconds
    assert json.loads(found[b"free"]) == {"task": "a"}


def test_the_shapes_differ_and_the_same_order_gives_the_same_file() -> None:
    assert len({video(5, aspect, {})[:2000] for aspect in ASPECTS}) == 3
    assert video(5, "16:9", {"task": "a"}) == video(5, "16:9", {"task": "a"})
    assert video(5, "16:9", {"task": "a"}) != video(5, "16:9", {"task": "b"})


def test_sound() -> None:
    found = dict(boxes(audio({"task": "a"})))
    assert found[b"ftyp"].startswith(b"M4A ")
    assert json.loads(found[b"free"]) == {"task": "a"}


def test_a_picture() -> None:
    content = picture(48, 33, {"prompt": "a crane"})
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    chunks = {}
    at = 8
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + data) == int.from_bytes(content[at + 8 + size : at + 12 + size])
        chunks[kind] = data
        at += 12 + size
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (48, 33)
    assert len(zlib.decompress(chunks[b"IDAT"])) == 33 * 49
    assert json.loads(chunks[b"tEXt"].removeprefix(b"Comment\0")) == {"prompt": "a crane"}
    assert picture(48, 33, {"prompt": "a swan"}) != content


def test_a_box_that_is_skipped() -> None:
    assert list(boxes(free_box(b"abc"))) == [(b"free", b"abc")]
