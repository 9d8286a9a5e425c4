"""Files that go with a prompt: what they are, and the part of the request that they become.

Images, PDF, audio and video travel as `inlineData`. Text travels as a text part under its name,
which every model behind the gateway understands, also those that Google did not make.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from bytespike_cli.errors import UsageError
from bytespike_cli.wire.media_type import sniff

MAX_REQUEST_BYTES = 20_000_000
"""Google's limit for a request with data inside (ai.google.dev/gemini-api/docs/files); the
gateway's own is not documented (contract.md 1.1)."""
MAX_TOTAL_BYTES = MAX_REQUEST_BYTES * 3 // 4 - 100_000
"""Of files: base64 makes four bytes of three, and the prompt needs room."""

TEXT = "text/plain"

MIME_BY_EXTENSION = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "heic": "image/heic",
    "heif": "image/heif",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "wav": "audio/wav",
    "mp3": "audio/mp3",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/m4a",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mpeg": "video/mpeg",
    "mpg": "video/mpg",
    "mov": "video/mov",
    "avi": "video/avi",
    "flv": "video/x-flv",
    "webm": "video/webm",
    "wmv": "video/wmv",
    "3gp": "video/3gpp",
}
"""As Google names them (ai.google.dev/gemini-api/docs: image, audio, video, document)."""

UNMISTAKABLE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "audio/wav"}
)
"""Types whose signature is believed over the name: a `.png` that is a JPEG is common."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as a request carries it. `data`: base64, or the text itself where `is_text`."""

    name: str
    mime: str
    data: str = field(repr=False)
    size_bytes: int

    @property
    def is_text(self) -> bool:
        """True for what travels as text under its name."""
        return self.mime == TEXT

    @property
    def part(self) -> dict[str, Any]:
        """The part of `contents` that carries it."""
        if self.is_text:
            return {"text": f"File {self.name}:\n\n{self.data}"}
        return {"inlineData": {"mimeType": self.mime, "data": self.data}}


def load(path: Path, typed: str = "") -> Attachment:
    """Read a file; `typed` is the path as the user wrote it, for errors.

    Raises UsageError: not readable, of no type that a model reads, too large.
    """
    typed = typed or str(path)
    try:
        if path.is_dir():
            raise UsageError(f"{typed} is a folder.", fix="name the files in it one by one")
        size = path.stat().st_size
        if size > MAX_TOTAL_BYTES:
            raise _too_large(typed, size)
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"Cannot read {typed}: {reason}.", fix="check the path") from None
    return of_bytes(path.name, content)


def of_bytes(name: str, content: bytes) -> Attachment:
    """Make an attachment of bytes that were read. Raises UsageError as `load` does."""
    if not content:
        raise UsageError(f"{name} is empty.", fix="give a file that holds something")
    if len(content) > MAX_TOTAL_BYTES:
        raise _too_large(name, len(content))
    mime = mime_of(name, content)
    if mime is None:
        known = ", ".join(sorted(MIME_BY_EXTENSION))
        raise UsageError(
            f"{name} is of no type that a model reads.", fix=f"text, or one of: {known}"
        )
    text = content.decode("utf-8-sig") if mime == TEXT else ""
    data = text or base64.b64encode(content).decode("ascii")
    return Attachment(name=name, mime=mime, data=data, size_bytes=len(content))


def check_total(attachments: list[Attachment]) -> None:
    """Raise UsageError when files that fit one by one do not fit together."""
    total = sum(attachment.size_bytes for attachment in attachments)
    if total > MAX_TOTAL_BYTES:
        raise _too_large("The files together", total, verb="are")


def mime_of(name: str, content: bytes) -> str | None:
    """Return the type by the name's extension, then by the first bytes, then as UTF-8 text.

    None: a model could make nothing of it.
    """
    by_name = MIME_BY_EXTENSION.get(PurePath(name).suffix.lower().removeprefix("."))
    by_bytes = sniff(content)
    if by_bytes in UNMISTAKABLE:
        return by_bytes
    if by_name is not None:
        return by_name
    if is_text(content):
        return TEXT
    return by_bytes


def is_text(content: bytes) -> bool:
    """Return whether bytes are UTF-8 text."""
    if b"\x00" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _too_large(name: str, size: int, verb: str = "is") -> UsageError:
    return UsageError(
        f"{name} {verb} too large: {size / 1e6:.1f} MB; all files of a request may have "
        f"{MAX_TOTAL_BYTES / 1e6:.1f} MB.",
        fix="send a smaller picture, a shorter recording, or fewer pages",
    )
