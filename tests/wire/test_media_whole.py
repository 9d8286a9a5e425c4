import pytest

from bytespike_cli.sandbox import media
from bytespike_cli.wire.media_whole import is_whole

CLIP = media.video(4, "16:9", {}).removesuffix(media.free_box(b"{}"))
TONE = media.audio({}).removesuffix(media.free_box(b"{}"))
PICTURE = media.picture(64, 64, {"prompt": "fog"})
JPEG = b"\xff\xd8\xff" + bytes(40) + b"\xff\xd9"


def whole(mime: str, content: bytes) -> bool:
    return is_whole(mime, len(content), lambda at, count: content[at : at + count])


@pytest.mark.parametrize(
    ("mime", "content"),
    [
        ("video/mp4", CLIP),
        ("audio/m4a", TONE),
        ("image/png", PICTURE),
        ("image/jpeg", JPEG),
    ],
)
def test_every_cut_is_seen(mime: str, content: bytes) -> None:
    assert whole(mime, content)
    assert not any(whole(mime, content[:cut]) for cut in range(0, len(content) - 2, 7))


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x00\x00\x04ftyp",
        b"\x00\x00\x00\x01ftyp\x00\x00\x00\x00\x00\x00\x00\x01",
        b"\x00\x00\x00\x08ftyp",
        b"\xff" * 64,
    ],
)
def test_nonsense_for_boxes(content: bytes) -> None:
    assert not whole("video/mp4", content)


def test_large_and_open_boxes() -> None:
    index = b"\x00\x00\x00\x08moov"
    assert whole("video/mp4", b"\x00\x00\x00\x01free" + (24).to_bytes(8, "big") + bytes(8) + index)
    assert whole("video/mp4", index + b"\x00\x00\x00\x00mdat" + bytes(99))


def test_other_types_are_taken_as_they_are() -> None:
    assert whole("video/webm", b"anything")
