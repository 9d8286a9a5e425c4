"""Conversations and typed lines that survive the session: files in the state folder, 0600."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import FILE_MODE, make_folder, write_atomic
from bytespike_cli.direct.chat import Conversation
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.json_bytes import json_bytes

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

KEPT_CONVERSATIONS = 20
KEPT_LINES = 1000


class ConversationStore:
    """One file a conversation, named by when it began; the oldest make room.

    `latest` passes over the running one, so that `/resume` means the one before.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env
        self._folder = env.paths.state / "chat"
        self._path = self._new_path()

    def save(self, conversation: Conversation) -> None:
        """Write the running conversation. Raises ConfigurationError when it cannot be kept."""
        document = {"version": 1, "model": conversation.model, "turns": conversation.turns}
        write_atomic(self._path, json_bytes(document))
        for old in self._stored()[:-KEPT_CONVERSATIONS]:
            old.unlink(missing_ok=True)

    def latest(self) -> Conversation | None:
        """Return the last conversation before this one, and go on in its file; None: no such."""
        for path in reversed(self._stored()):
            if path == self._path:
                continue
            found = _read(path)
            if found is not None:
                self._path = path
                return found
        return None

    def begin(self) -> None:
        """Give what follows a file of its own."""
        self._path = self._new_path()

    def _new_path(self) -> Path:
        began = datetime.fromtimestamp(self._env.now(), UTC)
        return self._folder / f"{began:%Y%m%dT%H%M%S%f}.json"

    def _stored(self) -> list[Path]:
        """Return the files of conversations, the one that was spoken in last at the end."""
        dated = []
        for path in self._folder.glob("[0-9]*.json"):
            with suppress(FileNotFoundError):  # another session makes room at the same time
                dated.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(dated)]


class LineStore:
    """What was typed, for the arrow keys: a JSON string a line, so that several lines stay one."""

    def __init__(self, env: Environment) -> None:
        self._path = env.paths.state / "chat" / "typed.jsonl"

    def load(self) -> list[str]:
        """Return what was typed before, oldest first; a damaged line is passed over."""
        try:
            stored = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        if len(stored) > 2 * KEPT_LINES:
            stored = stored[-KEPT_LINES:]
            with suppress(ConfigurationError):
                write_atomic(self._path, "".join(f"{line}\n" for line in stored).encode())
        return [line for line in map(_string, stored) if line][-KEPT_LINES:]

    def add(self, line: str) -> None:
        """Keep a line at once: a session that is killed, or another one, loses nothing.

        Where nothing can be kept, nothing is: it is a convenience.
        """
        with suppress(OSError):
            make_folder(self._path.parent)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
            with os.fdopen(handle, "ab") as stream:
                stream.write(json.dumps(line).encode() + b"\n")


def _read(path: Path) -> Conversation | None:
    try:
        document: Any = json.loads(path.read_bytes())
        model, turns = document["model"], document["turns"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sound = isinstance(turns, list) and all(isinstance(turn, dict) for turn in turns)
    return Conversation(model, turns) if sound and turns and isinstance(model, str) else None


def _string(line: str) -> str:
    try:
        value = json.loads(line)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
