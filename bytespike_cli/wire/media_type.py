"""What a file is, by its first bytes: a server's word for it is often wrong."""

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"%PDF-", "application/pdf"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/avi"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mp3"),
    (0, b"\xff\xfb", "audio/mp3"),
    (8, b"AIFF", "audio/aiff"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"FLV\x01", "video/x-flv"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A ", "audio/m4a"),
    (4, b"ftypqt  ", "video/mov"),
    (4, b"ftyp3gp", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"BM", "image/bmp"),
)
"""Offset, bytes, type; the first that fits decides."""

HEAD_BYTES = 16
"""How many of the first bytes decide."""

_EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tiff",
    "audio/wav": "wav",
    "audio/mp3": "mp3",
    "audio/m4a": "m4a",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "video/mp4": "mp4",
    "video/mov": "mov",
    "video/webm": "webm",
}
_KINDS_IN_ONE_CONTAINER = {("audio", "video/mp4"), ("audio", "video/webm"), ("video", "audio/m4a")}
"""Containers whose signature does not tell sound from pictures."""


def sniff(content: bytes) -> str | None:
    """Return the type that the first bytes of a file tell, or None for what is none of them."""
    return next((mime for at, magic, mime in SIGNATURES if content.startswith(magic, at)), None)


def extension(mime: str) -> str:
    """Return the usual extension of a type, without the dot; "bin" for one that has none here."""
    return _EXTENSIONS.get(mime, "bin")


def fits(kind: str, content: bytes) -> bool:
    """Return whether bytes are of a kind (`video`, `image`, `audio`); "" is any of the three.

    A page of HTML and an error in JSON are of none.
    """
    mime = sniff(content)
    if mime is None:
        return False
    found = mime.partition("/")[0]
    if not kind:
        return found in ("video", "image", "audio")
    return found == kind or (kind, mime) in _KINDS_IN_ONE_CONTAINER
