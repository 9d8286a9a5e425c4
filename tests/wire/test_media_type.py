import pytest

from bytespike_cli.wire.media_type import HEAD_BYTES, SIGNATURES, extension, fits, sniff

MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


@pytest.mark.parametrize(("at", "magic", "mime"), SIGNATURES)
def test_the_head_is_enough(at: int, magic: bytes, mime: str) -> None:
    assert at + len(magic) <= HEAD_BYTES
    assert sniff(bytes(at) + magic + bytes(8)) == mime


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"error":{}}', b"ftyp", bytes(64)])
def test_anything_else_is_no_media(content: bytes) -> None:
    assert sniff(content) is None
    assert not any(fits(kind, content) for kind in ("video", "image", "audio", ""))


@pytest.mark.parametrize(
    ("kind", "content", "fitting"),
    [
        ("video", MP4, True),
        ("video", PNG, False),
        ("image", PNG, True),
        ("image", MP4, False),
        ("", PNG, True),
        ("", b"%PDF-1.7", False),
        ("audio", MP4, True),
        ("audio", b"\x00\x00\x00\x20ftypM4A ", True),
        ("audio", PNG, False),
    ],
)
def test_kinds(kind: str, content: bytes, fitting: bool) -> None:
    assert fits(kind, content) is fitting


def test_extensions() -> None:
    assert (extension("video/mp4"), extension("image/jpeg")) == ("mp4", "jpg")
    assert extension("application/x-unheard-of") == "bin"
