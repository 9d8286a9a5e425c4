"""The journal: what every request looked like and what became of it, without the key."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT = 1000
"""Records that are kept; older ones are dropped."""
KEPT_BODY_BYTES = 256 * 1024
"""A larger request body is counted and not kept."""

_PRIVATE = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(slots=True)
class Record:
    """One request. `headers` are lower case and without any that carries the key."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    """Without `key`."""
    headers: dict[str, str]
    auth_form: str = ""
    """The form of the key that counted: a header's name, `bearer` or `?key=`."""
    auth_forms: tuple[str, ...] = ()
    """Every form in which the request carried a key."""
    key_name: str = ""
    """Name of the seeded key; empty when there was none, or none that is known."""
    model: str = ""
    status: int = 0
    """HTTP status; 0 when none was sent."""
    fault: str = ""
    billed: int = 0
    """Credits: millionths of a dollar."""
    events_planned: int = 0
    events_sent: int = 0
    bytes_sent: int = 0
    """Of the streamed body, before compression."""
    aborted: bool = False
    """The client left before the end."""
    finished: bool = False
    body_bytes: int = 0
    body: Any = field(default=None, repr=False)
    """The parsed JSON of the request, when it was small enough to keep."""

    def public(self) -> dict[str, Any]:
        """Return the record as `GET /sandbox/requests` shows it: without the body."""
        document = asdict(self)
        del document["body"]
        return document


class Journal:
    """The latest requests, oldest first. Written by the server's loop, read from any thread."""

    def __init__(self) -> None:
        self._records: deque[Record] = deque(maxlen=KEPT)
        self._number = 0
        self._changed = threading.Condition()

    def __iter__(self) -> Iterator[Record]:
        return iter(tuple(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, index: int) -> Record:
        return self._records[index]

    def open(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str]
    ) -> Record:
        """Begin the record of a request; header names must be lower case."""
        self._number += 1
        shown = {
            name: value
            for name, value in headers.items()
            if name not in _PRIVATE and "api-key" not in name
        }
        query = {name: value for name, value in query.items() if name != "key"}
        record = Record(self._number, method, path, query, shown)
        self._records.append(record)
        self.touch()
        return record

    def close(self, record: Record) -> None:
        """End the record, and wake those who wait."""
        record.finished = True
        self.touch()

    def touch(self) -> None:
        """Wake those who wait."""
        with self._changed:
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget all requests."""
        self._records.clear()
        self._number = 0

    def wait_for(self, ready: Callable[["Journal"], bool], timeout_s: float = 10.0) -> bool:
        """Block until `ready(journal)` holds; return whether it did in time. Not for the loop."""
        with self._changed:
            return self._changed.wait_for(lambda: ready(self), timeout_s)
