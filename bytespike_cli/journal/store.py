"""The journal itself: SQLite in the state folder, for many processes at once.

Write-ahead logging, so that a reader never waits for a writer, and full synchronisation, so that
what was journalled before a submit is there after a power cut. The file is the owner's alone: it
holds prompts (a submit that was cut off is repeated from it), and never a key.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import FILE_MODE, locked, make_folder
from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.journal.record import FINAL, REFUSED, SENDING, Record
from bytespike_cli.wire.task_state import Task
from bytespike_cli.wire.tasks import SubmitForm

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

FILE = "tasks.sqlite3"
BUSY_S = 20.0
"""How long a writer waits for the others; each holds the lock for milliseconds."""
VERSION = 1

_COLUMNS = (
    "out_task_id", "kind", "model", "key", "origin", "prompt", "created_at", "task_id", "slug",
    "form", "pinned", "params", "target", "state", "estimate_usd", "estimate_s", "cost_usd",
    "message", "files", "etag", "sent_at", "updated_at",
)  # fmt: skip
_LISTED = tuple("'{}'" if name == "params" else name for name in _COLUMNS)
"""Without the parameters, which may hold whole pictures."""

_OBSERVED = ("state", "message", "task_id", "estimate_usd", "estimate_s", "cost_usd")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    out_task_id TEXT PRIMARY KEY, kind TEXT NOT NULL, model TEXT NOT NULL, key TEXT NOT NULL,
    origin TEXT NOT NULL, prompt TEXT NOT NULL, created_at REAL NOT NULL,
    task_id TEXT NOT NULL, slug TEXT NOT NULL, form TEXT NOT NULL, pinned INTEGER NOT NULL,
    params TEXT NOT NULL, target TEXT NOT NULL, state TEXT NOT NULL, estimate_usd TEXT NOT NULL,
    estimate_s REAL, cost_usd TEXT NOT NULL, message TEXT NOT NULL, files TEXT NOT NULL,
    etag TEXT NOT NULL, sent_at REAL, updated_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_task_id ON tasks (task_id);
CREATE INDEX IF NOT EXISTS by_time ON tasks (created_at);
"""


class Journal:
    """The tasks of this user. Opened at first use; close it, or use it in `with`.

    Every method raises ConfigurationError when the file cannot be read or written.
    """

    def __init__(self, env: Environment) -> None:
        self.path = env.paths.state / FILE
        self._now = env.now
        self._opened: sqlite3.Connection | None = None

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def add(self, record: Record) -> bool:
        """Keep a new task; return False when its out_task_id is there already."""
        values = {**_row(record), "updated_at": self._now()}
        marks = ", ".join(f":{name}" for name in _COLUMNS)
        with self._failures(), self._database as database:
            done = database.execute(
                f"INSERT OR IGNORE INTO tasks ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608
                values,
            )
            return done.rowcount == 1

    def get(self, out_task_id: str) -> Record | None:
        """Return the task of one of our ids, or None."""
        found = self._select(_COLUMNS, "WHERE out_task_id = ?", out_task_id)
        return found[0] if found else None

    def find(self, typed: str) -> Record | None:
        """Return the task of an id as it is typed: either id, or a beginning that only one has.

        Our prefix may be left out. None for no task. Raises UsageError for several, and for nothing
        typed (an unset variable of a script must not pick the only task there is).
        """
        if not typed.strip():
            raise UsageError("There is no id of a task.", fix="see them: bytespike tasks list")
        found = self._select(_COLUMNS, "WHERE out_task_id = ?1 OR task_id = ?1 LIMIT 2", typed)
        if not found:
            patterns = [_like(typed), _like("bsp-" + typed), _like("task_" + typed)]
            where = " OR ".join(
                f"out_task_id LIKE ?{n} ESCAPE '\\' OR task_id LIKE ?{n} ESCAPE '\\'"
                for n in (1, 2, 3)
            )
            found = self._select(
                _COLUMNS, f"WHERE {where} ORDER BY created_at DESC LIMIT 5", *patterns
            )
        if len(found) > 1:
            raise UsageError(
                f"'{typed}' may be any of several tasks.",
                fix="type more of it",
                detail=", ".join(record.out_task_id for record in found),
            )
        return found[0] if found else None

    def latest(self, limit: int = -1, *, unfinished: bool = False) -> list[Record]:
        """Return the newest tasks first, without their parameters; -1 is all of them."""
        marks = ", ".join("?" * len(FINAL))
        where = f"WHERE state NOT IN ({marks})" if unfinished else ""
        values = [*(sorted(FINAL) if unfinished else ()), limit]
        return self._select(_LISTED, f"{where} ORDER BY created_at DESC LIMIT ?", *values)

    def last_form(self, origin: str) -> str:
        """Return how the last accepted submit to a gateway was written, or ""."""
        with self._failures():
            row = self._database.execute(
                "SELECT form FROM tasks WHERE origin = ? AND task_id != '' "
                "ORDER BY created_at DESC LIMIT 1",
                (origin,),
            ).fetchone()
        return str(row[0]) if row else ""

    def sending(self, out_task_id: str, *, form: str, slug: str) -> bool:
        """Note, before it is sent, which submit is sent.

        Return False where it must not be: a form without an out_task_id that somebody else sends.
        """
        guard = "" if SubmitForm(form).is_idempotent else "NOT (form = :form AND state = :state)"
        values = {"state": SENDING, "form": form, "slug": slug, "sent_at": self._now()}
        return self._change(out_task_id, guard, **values)

    def refused(self, out_task_id: str, message: str, *, state: str = REFUSED) -> None:
        """Note that the gateway refused the submit: for good, or (PREPARED) for now."""
        self._change(out_task_id, state=state, message=message)

    def observed(self, record: Record, task: Task) -> None:
        """Note what the gateway says of a task; a final state is never taken back.

        Pictures in the parameters are forgotten with the first answer: nothing repeats the submit.
        """
        finals = ", ".join(f"'{state}'" for state in sorted(FINAL))
        guard = "" if task.state.is_final else f"state NOT IN ({finals})"
        row = _row(record.seen(task))
        changes = {name: row[name] for name in _OBSERVED}
        self._change(record.out_task_id, guard, params="{}", **changes)

    def expired(self, out_task_id: str, message: str) -> None:
        """Note that the gateway does not know the task, or its files, any more."""
        self._change(out_task_id, state="expired", message=message)

    def downloading(self, out_task_id: str, etag: str) -> None:
        """Note the version of the file that is being downloaded, to go on with it later."""
        self._change(out_task_id, etag=etag)

    def saved(self, out_task_id: str, files: list[str]) -> None:
        """Note where the results are."""
        self._change(out_task_id, files=json.dumps(files), etag="")

    def _change(self, out_task_id: str, guard: str = "", **values: Any) -> bool:
        sets = ", ".join(f"{name} = :{name}" for name in (*values, "updated_at"))
        where = f"out_task_id = :id AND {guard or 'TRUE'}"
        named = {**values, "updated_at": self._now(), "id": out_task_id}
        with self._failures(), self._database as database:
            done = database.execute(f"UPDATE tasks SET {sets} WHERE {where}", named)  # noqa: S608
            return done.rowcount == 1

    def _select(self, columns: tuple[str, ...], rest: str, *values: Any) -> list[Record]:
        with self._failures():
            rows = self._database.execute(
                f"SELECT {', '.join(columns)} FROM tasks {rest}",  # noqa: S608
                values,
            ).fetchall()
        return [_record(row) for row in rows]

    @property
    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            make_folder(self.path.parent)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, FILE_MODE))
            database = sqlite3.connect(self.path, timeout=BUSY_S)
            try:
                self._prepare(database)
            except BaseException:
                database.close()
                raise
            self._opened = database
        return self._opened

    def _prepare(self, database: sqlite3.Connection) -> None:
        database.execute("PRAGMA synchronous = FULL")
        if _version(database) >= VERSION:
            return
        with locked(self.path):
            if _version(database) < VERSION:
                # Without shared memory (a network file system) this stays what it was.
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(f"{_SCHEMA} PRAGMA user_version = {VERSION};")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as refused:
            raise unusable(self.path, refused) from None


def unusable(path: Path, refused: Exception) -> ConfigurationError:
    """Return the error for a journal that cannot be used."""
    words = (getattr(refused, "strerror", None) or str(refused)).lower()
    if isinstance(refused, sqlite3.DatabaseError) and "not a database" in words:
        return ConfigurationError(
            f"The journal of tasks is damaged: {path}.",
            fix=f"move it out of the way: mv {path} {path}.damaged",
            detail=words,
        )
    return ConfigurationError(
        f"The journal of tasks cannot be used: {path}: {words}.",
        fix=f"make room, or check the folder: ls -ld {path.parent}; another place: "
        "export BYTESPIKE_CONFIG_DIR=…",
    )


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _row(record: Record) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _COLUMNS}
    return {
        **row,
        "params": json.dumps(record.params),
        "files": json.dumps(record.files),
        "pinned": int(record.pinned),
    }


def _record(row: tuple[Any, ...]) -> Record:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["params"] = json.loads(values["params"])
    values["files"] = tuple(json.loads(values["files"]))
    values["pinned"] = bool(values["pinned"])
    return Record(**values)


def _like(start: str) -> str:
    escaped = start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped + "%"
