"""The local ledger of requests: one JSON line each, bounded on disk, shared by every shim.

Imports nothing heavy: commands read it. What a line holds is `Record.document`, with the `run` that
it belongs to: `serve`, or one launch.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import FILE_MODE, make_folder
from bytespike_cli.redact import scrub_known

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

LEDGER_FILE = "requests.jsonl"
OLDER_FILE = "requests.old.jsonl"
LIMIT_BYTES = 4 * 1024 * 1024
"""From this size on a new file is begun; one older file is kept."""
FLUSH_S = 0.2
"""How long lines may wait to be written together."""
MADE_TOGETHER = 16
"""So many lines at most wait to be made: more at once would be felt by the streams."""
SERVE_RUN = "serve"


def launch_run(at: float, pid: int) -> str:
    """Return the name of a launch's run: when it began, and by which process."""
    return f"launch-{at:.0f}-{pid}"


_encode = json.JSONEncoder(ensure_ascii=False).encode
Later = Callable[[float, Callable[[], None]], object]
Document = Callable[[], Mapping[str, Any]]
"""Makes a line when it is asked for: its request has been answered by then."""


class Ledger:
    """Appends lines; what cannot be written is lost without a word, for requests go first."""

    def __init__(self, folder: Path, run: str, later: Later | None = None) -> None:
        self._folder = folder
        self._run = run
        self._later = later
        self._unmade: list[Document] = []
        self._made: list[str] = []

    def add(self, document: Document) -> None:
        """Take what makes a line; it is made, and written, with those of the next moment.

        Known secrets are masked; what only looks like one has been by who made the line.
        """
        self._unmade.append(document)
        if self._later is None:
            self.flush()
        elif len(self._unmade) == MADE_TOGETHER:
            self._later(0.0, self._make)
        elif len(self._unmade) == 1 and not self._made:
            self._later(FLUSH_S, self.flush)

    def _make(self) -> None:
        unmade, self._unmade = self._unmade, []
        for document in unmade:
            self._made.append(scrub_known(_encode({"run": self._run, **document()})) + "\n")

    def flush(self) -> None:
        """Write what waits, in one piece: lines of several processes do not mix."""
        self._make()
        content, self._made = "".join(self._made).encode(errors="replace"), []
        if not content:
            return
        path = self._folder / LEDGER_FILE
        try:
            make_folder(self._folder)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
            try:
                os.write(handle, content)
                size = os.fstat(handle).st_size
            finally:
                os.close(handle)
            if size > LIMIT_BYTES:
                path.replace(self._folder / OLDER_FILE)
        except OSError:
            return


def read(env: Environment, *, run: str | None = None) -> list[dict[str, Any]]:
    """Return the lines, oldest first; with `run`, only those of one run. Broken lines are none."""
    folder = env.paths.state
    lines: list[dict[str, Any]] = []
    for name in (OLDER_FILE, LEDGER_FILE):
        try:
            content = (folder / name).read_bytes()
        except OSError:
            continue
        lines += [line for line in map(_parsed, content.splitlines()) if line is not None]
    return [line for line in lines if run is None or line.get("run") == run]


def follow(
    env: Environment, wait: Callable[[], object], *, run: str | None = None
) -> Iterator[dict[str, Any]]:
    """Yield lines as they are written, from now on and without end; `wait` is called in between."""
    path = env.paths.state / LEDGER_FILE
    offset, identity, rest = _end(path), _identity(path), b""
    while True:
        wait()
        if _identity(path) != identity:
            identity, offset, rest = _identity(path), 0, b""
        try:
            with path.open("rb") as file:
                file.seek(offset)
                content = file.read()
        except OSError:
            continue
        offset += len(content)
        *whole, rest = (rest + content).split(b"\n")
        for line in map(_parsed, whole):
            if line is not None and (run is None or line.get("run") == run):
                yield line


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _end(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _identity(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return -1
