"""What is on disk of the long-lived shim: its token, its place, and the lock that says it lives.

A process number says nothing for sure, because it is used again; a lock goes with its process.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.config.files import hold, read_text, write_atomic
from bytespike_cli.redact import remember

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

TOKEN_PREFIX = "bytespike-shim-"  # noqa: S105 - what a token begins with
TOKEN_FILE = "shim.token"  # noqa: S105
STATE_FILE = "shim.json"
LOCK_FILE = "shim.lock"
LOG_FILE = "shim.log"
_LOCK_ATTEMPTS = 10
"""Somebody who only looks holds the lock for a moment."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the shim is: its process and its port, as it wrote them itself."""

    pid: int
    port: int


class ServiceState:
    """The files of one user's shim. Methods raise ConfigurationError for unusable folders."""

    def __init__(self, env: Environment) -> None:
        self._folder: Path = env.paths.state

    @property
    def log(self) -> Path:
        """Where a shim in the background says what it has to say."""
        return self._folder / LOG_FILE

    @property
    def token_file(self) -> Path:
        """Where the token is."""
        return self._folder / TOKEN_FILE

    def token(self) -> str:
        """Return the token, made at the first time: IDEs hold it, so that it never changes."""
        path = self.token_file
        token = (read_text(path) or "").strip()
        if not token:
            token = TOKEN_PREFIX + secrets.token_urlsafe(32)
            write_atomic(path, f"{token}\n".encode())
        remember(token)
        return token

    def take(self) -> int | None:
        """Take the lock for the life of this process; None when a shim lives already."""
        return hold(self._folder / LOCK_FILE, _LOCK_ATTEMPTS)

    def lives(self) -> bool:
        """Return whether a shim of this user lives now; what a dead one left is removed."""
        if not (self._folder / LOCK_FILE).exists():
            return False
        handle = hold(self._folder / LOCK_FILE)
        if handle is None:
            return True
        self.leave()
        os.close(handle)
        return False

    def enter(self, place: Place) -> None:
        """Write down where this shim is."""
        write_atomic(self._folder / STATE_FILE, json.dumps(asdict(place)).encode())

    def leave(self) -> None:
        """Take back what `enter` wrote."""
        with contextlib.suppress(OSError):
            (self._folder / STATE_FILE).unlink(missing_ok=True)

    def place(self) -> Place | None:
        """Return where the shim is by its own account; None while it has not said."""
        text = read_text(self._folder / STATE_FILE)
        try:
            document = json.loads(text or "")
            return Place(int(document["pid"]), int(document["port"]))
        except (ValueError, KeyError, TypeError):
            return None
