"""A row of the journal: one task, as this machine knows it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.task_state import Task, TaskState
from bytespike_cli.wire.tasks import SubmitForm

PREPARED = "prepared"
"""Journalled, and surely not sent yet (or refused for a reason that may pass)."""
SENDING = "sending"
"""Sent, and no answer has come: the gateway may have it or not."""
REFUSED = "refused"
"""The gateway refused the request itself: nothing was made, nothing is billed."""
FINAL = frozenset({REFUSED, *(state.value for state in TaskState if state.is_final)})
"""States after which nothing more happens; the others are `TaskState`'s."""

ID_PREFIX = "bsp-"
_ID_BYTES = 10
_OURS = re.compile(rf"{ID_PREFIX}[0-9a-f]{{{2 * _ID_BYTES}}}")
"""What `--out-task-id` gives may differ from another at its end alone."""


@dataclass(frozen=True, slots=True)
class Record:
    """One task. Amounts in USD as text, times in seconds since the epoch.

    `out_task_id` is ours and comes first; `task_id` is the gateway's, "" until it is known.
    `params` are those of each surface, by its name: what a submit is repeated with. `target` is
    where the user wants the file (absolute, "" for a name of ours). `etag` is that of a download
    that was cut.
    """

    out_task_id: str
    kind: str
    model: str
    key: str
    origin: str
    prompt: str = field(repr=False)
    created_at: float
    task_id: str = ""
    slug: str = ""
    form: str = SubmitForm.NESTED.value
    pinned: bool = False
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    target: str = ""
    state: str = PREPARED
    estimate_usd: str = ""
    estimate_s: float | None = None
    cost_usd: str = ""
    message: str = ""
    files: tuple[str, ...] = ()
    etag: str = ""
    sent_at: float | None = None
    updated_at: float = 0.0

    @property
    def is_final(self) -> bool:
        """True where nothing more happens at the gateway."""
        return self.state in FINAL

    @property
    def is_accepted(self) -> bool:
        """True where the gateway is known to have the task."""
        return self.state not in (PREPARED, SENDING, REFUSED)

    @property
    def short_id(self) -> str:
        """The id to show and to type: one of `new_id` without its end, any other as it is."""
        ours = _OURS.fullmatch(self.out_task_id)
        return self.out_task_id[: len(ID_PREFIX) + 8] if ours else self.out_task_id

    @property
    def surface(self) -> Surface:
        """The surface that the task was submitted to."""
        return Surface.VIDEOS if self.form == SubmitForm.VIDEOS else Surface.TASKS

    def seen(self, task: Task) -> Record:
        """Return the record with what the gateway says of the task."""
        return replace(
            self,
            state=task.state.value,
            message=task.message,
            task_id=task.task_id or self.task_id,
            estimate_usd=_text(task.estimate_usd) or self.estimate_usd,
            estimate_s=self.estimate_s if task.estimate_s is None else task.estimate_s,
            cost_usd=_text(task.cost_usd) or self.cost_usd,
        )

    def document(self) -> dict[str, Any]:
        """Return the record for `--json`; keys are stable."""
        return {
            "out_task_id": self.out_task_id,
            "task_id": self.task_id or None,
            "state": self.state,
            "kind": self.kind,
            "model": self.slug or self.model,
            "prompt": self.prompt,
            "key": self.key,
            "origin": self.origin,
            "files": list(self.files),
            "estimated_usd": _number(self.estimate_usd),
            "estimated_seconds": self.estimate_s,
            "cost_usd": _number(self.cost_usd),
            "message": self.message or None,
            "created_at": self.created_at,
            "updated_at": self.updated_at or self.created_at,
        }


def new_id() -> str:
    """Return an out_task_id that nobody has used (80 random bits)."""
    return ID_PREFIX + secrets.token_hex(_ID_BYTES)


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else str(amount)


def _number(amount: str) -> float | None:
    return float(amount) if amount else None
