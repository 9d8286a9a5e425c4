import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.direct import attachments
from bytespike_cli.direct.attachments import Attachment, check_total, load, mime_of, of_bytes
from bytespike_cli.errors import UsageError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(16)
JPEG = b"\xff\xd8\xff\xe0" + bytes(16)


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.png", PNG, "image/png"),
        ("a.PNG", PNG, "image/png"),
        ("a.png", JPEG, "image/jpeg"),
        ("a", JPEG, "image/jpeg"),
        ("a.jpg", b"not looked at", "image/jpeg"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("scan", b"%PDF-1.7\n\xff", "application/pdf"),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ("a", b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        ("a", b"ID3\x04\0\0\0", "audio/mp3"),
        ("a.m4a", b"\0\0\0\x20ftypmp42", "audio/m4a"),
        ("a", b"\0\0\0\x20ftypisom\0\0", "video/mp4"),
        ("a", b"\0\0\0\x20ftypheic\0\0", "image/heic"),
        ("a.opus", b"OggS\0", "audio/ogg"),
        ("a.webm", b"\x1a\x45\xdf\xa3\xff", "video/webm"),
        ("NOTES.md", b"# Notes\n", "text/plain"),
        ("main.rs", "fn main() { /* ü */ }".encode(), "text/plain"),
        ("BMW.txt", b"BMW is a car maker", "text/plain"),
        ("no-name", b"\xef\xbb\xbftext", "text/plain"),
        ("a.bin", b"\x00\x01\x02\xff", None),
        ("a.docx", b"PK\x03\x04\x00\x00\xff", None),
    ],
)
def test_type(name: str, content: bytes, mime: str | None) -> None:
    assert mime_of(name, content) == mime


def test_data_travels_inline(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    attachment = load(path)
    assert (attachment.name, attachment.size_bytes) == ("a.png", len(PNG))
    assert attachment.part == {
        "inlineData": {"mimeType": "image/png", "data": base64.b64encode(PNG).decode()}
    }


def test_text_travels_under_its_name() -> None:
    assert of_bytes("notes.md", b"\xef\xbb\xbf# Hi\n").part == {"text": "File notes.md:\n\n# Hi\n"}


def test_what_cannot_be_sent_says_why(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "a.bin").write_bytes(b"\x00\xff")
    for name, words in [
        ("absent.png", "no such file"),
        (".", "is a folder"),
        ("empty.png", "is empty"),
        ("a.bin", "no type that a model reads"),
        ("a\0b", "null"),
    ]:
        with pytest.raises(UsageError) as caught:
            load(tmp_path / name, name)
        assert name in caught.value.cause
        assert words in caught.value.cause
        assert caught.value.fix


def test_a_large_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as stream:
        stream.truncate(300_000_000)
    with pytest.raises(UsageError, match=r"film\.mp4 is too large: 300\.0 MB; .* 14\.9 MB"):
        load(path)


def test_files_must_fit_together() -> None:
    half = Attachment("a.mp4", "video/mp4", "", attachments.MAX_TOTAL_BYTES // 2)
    check_total([half, half])
    with pytest.raises(UsageError, match="together are too large"):
        check_total([half, half, half])
    assert attachments.MAX_TOTAL_BYTES * 4 / 3 < attachments.MAX_REQUEST_BYTES


def test_no_data_in_a_repr() -> None:
    assert "SECRET" not in repr(of_bytes("a.txt", b"SECRET"))


@given(st.text(max_size=12), st.binary(max_size=40))
def test_any_bytes_have_a_type_or_none(name: str, content: bytes) -> None:
    mime = mime_of(name, content)
    assert mime is None or "/" in mime
    if mime == "text/plain":
        content.decode()
