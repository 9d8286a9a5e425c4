"""A file that is being downloaded, beside the one that it will be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from bytespike_cli.config.files import try_lock
from bytespike_cli.direct.target import reason
from bytespike_cli.errors import OutputError
from bytespike_cli.wire.media_type import HEAD_BYTES


class Part:
    """The bytes so far. A part that was left by a killed process is gone on with (`size`, `etag`).

    One process at a time has it; another that wants the same gets a part of its own. `on_version`
    is told the etag of each version that begins, for whoever goes on later. Raises OutputError
    where the disk takes nothing.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        etag: str = "",
        on_version: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._on_version = on_version
        self._folder = folder
        try:
            self.path, self._file, own = _open(folder, name)
            self.size = self._file.seek(0, os.SEEK_END) if etag and not own else 0
            if not self.size:
                self._file.truncate(0)
                self._file.seek(0)
        except OSError as refused:
            raise self._failure(refused) from None
        self.etag = etag if self.size else ""

    def restart(self, etag: str) -> None:
        """Throw away what is there: a new version begins."""
        try:
            self._file.seek(0)
            self._file.truncate(0)
        except OSError as refused:
            raise self._failure(refused) from None
        self.size, self.etag = 0, etag
        self._on_version(etag)

    def write(self, data: bytes) -> None:
        """Take the next bytes."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as refused:
            raise self._failure(refused) from None
        self.size += len(data)

    def head(self) -> bytes:
        """Return the first bytes."""
        return self.read(0, HEAD_BYTES)

    def read(self, offset: int, count: int) -> bytes:
        """Return bytes from somewhere in it."""
        self._file.seek(offset)
        return self._file.read(count)

    def finish(self) -> Path:
        """Put it on the disk for good; return its path."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as refused:
            raise self._failure(refused) from None
        return self.path

    def close(self) -> None:
        """Let go of it. What is there stays for the next attempt."""
        self._file.close()

    def discard(self) -> None:
        """Remove it."""
        self.path.unlink(missing_ok=True)
        self.close()

    def _failure(self, refused: OSError) -> OutputError:
        return OutputError(f"{self._folder} cannot be written: {reason(refused)}.")


def _open(folder: Path, name: str) -> tuple[Path, BinaryIO, bool]:
    """Return path, file and whether it is our own alone, because another process has the usual."""
    path = folder / name
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    if try_lock(handle) and _is(path, handle):
        return path, os.fdopen(handle, "rb+", buffering=0), False
    os.close(handle)
    handle, other = tempfile.mkstemp(prefix=name, dir=folder)
    os.chmod(other, 0o644)  # noqa: PTH101 - a result is no secret
    return Path(other), os.fdopen(handle, "rb+", buffering=0), True


def _is(path: Path, handle: int) -> bool:
    """Return whether a path still leads to an open file: its last owner may have renamed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError:
        return False
