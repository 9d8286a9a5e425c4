"""Files of ours: read with file and line in the error, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bytespike_cli.errors import ConfigurationError

FILE_MODE = 0o600
FOLDER_MODE = 0o700

LOCK_ATTEMPTS = 200
LOCK_PAUSE_S = 0.05


def read_text(path: Path) -> str | None:
    """Return a file's text (UTF-8, a BOM dropped, line ends as they are); None if it is absent.

    Raises ConfigurationError when it is there but cannot be read.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise ConfigurationError(
            f"Cannot read {path}: {_reason(refused)}.", fix=f"check the file: ls -ld {path}"
        ) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = raw.count(b"\n", 0, broken.start) + 1
        raise ConfigurationError(
            f"{path}, line {line}: this is not UTF-8 text.", fix="save the file as UTF-8"
        ) from None


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Parse TOML that came from `path`. Raises ConfigurationError naming file and line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise ConfigurationError(_broken(str(broken), text, path), fix=f"edit {path}") from None


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file as a dict; {} if it is absent. Raises ConfigurationError."""
    text = read_text(path)
    return {} if text is None else parse_toml(text, path)


def write_atomic(path: Path, content: bytes, mode: int = FILE_MODE) -> None:
    """Replace a file in one step; a reader sees the old bytes or the new ones, never a part.

    A symbolic link is followed, so that a linked configuration stays linked. Missing folders are
    created for the owner alone. Raises ConfigurationError when the place cannot be written.
    """
    target = Path(os.path.realpath(path))
    temporary: str | None = None
    try:
        make_folder(target.parent)
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as refused:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise ConfigurationError(
            f"Cannot write {path}: {_reason(refused)}.",
            fix=f"check the folder: ls -ld {target.parent}",
        ) from None


def make_folder(folder: Path) -> None:
    """Create a folder, and those above it, for the owner alone; existing ones stay as they are."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that writers of `path` share, for a read-change-write.

    Waits up to ten seconds for another process, then raises ConfigurationError. The lock is a file
    beside it and goes with the process: a killed one leaves nothing locked.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        make_folder(lock.parent)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as refused:
        raise ConfigurationError(
            f"Cannot write {path}: {_reason(refused)}.",
            fix=f"check the folder: ls -ld {lock.parent}",
        ) from None
    try:
        _wait_for_lock(handle, path)
        yield
    finally:
        os.close(handle)


def hold(path: Path, attempts: int = 1) -> int | None:
    """Take a lock for the rest of this process; None when another process has it.

    Returns a descriptor: closing it gives the lock back, and so does the end of the process. Raises
    ConfigurationError where the place cannot be written.
    """
    try:
        make_folder(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        for attempt in range(attempts):
            if attempt:
                time.sleep(LOCK_PAUSE_S)
            if try_lock(handle):
                return handle
    except OSError as refused:
        raise ConfigurationError(
            f"Cannot lock {path}: {_reason(refused)}.",
            fix=f"check the folder: ls -ld {path.parent}",
        ) from None
    os.close(handle)
    return None


def _wait_for_lock(handle: int, path: Path) -> None:
    for _ in range(LOCK_ATTEMPTS):
        try:
            if try_lock(handle):
                return
        except OSError as refused:
            raise ConfigurationError(
                f"Cannot lock {path}: {_reason(refused)}.",
                fix="keep the configuration on a local disk: export BYTESPIKE_CONFIG_DIR=…",
            ) from None
        time.sleep(LOCK_PAUSE_S)
    raise ConfigurationError(
        f"Another process keeps {path} locked.", fix="let it end, then try again"
    )


if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Take the lock of an open file if nobody has it; it goes with the handle."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Take the lock of an open file if nobody has it; it goes with the handle."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def tilde(path: Path, home: Path) -> str:
    """Return a path as its owner would type it: `~/…` below the home folder."""
    try:
        return str(Path("~") / path.relative_to(home))
    except ValueError:
        return str(path)


def _broken(words: str, text: str, path: Path) -> str:
    """Turn tomllib's `Expected '=' (at line 3, column 5)` into `path, line 3: …`."""
    found = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$", words)
    line = int(found[1]) if found and found[1] else text.rstrip("\n").count("\n") + 1
    reason = words[: found.start()] if found else words
    return f"{path}, line {line}: this is not TOML ({reason[:1].lower()}{reason[1:]})."


def _reason(refused: OSError) -> str:
    return (refused.strerror or type(refused).__name__).lower()
