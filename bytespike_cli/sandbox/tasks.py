"""Tasks: how they come to be, go on with time, end, and are billed (contract.md 3.10 to 3.12)."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bytespike_cli.sandbox.assets import Asset, Assets
from bytespike_cli.sandbox.config import Pace
from bytespike_cli.sandbox.ledger import Ledger
from bytespike_cli.sandbox.media_models import MEDIA
from bytespike_cli.sandbox.seed import USD

State = Literal["pending", "running", "completed", "failed", "cancelled", "expired"]
Surface = Literal["tasks", "videos"]

SPEED: Mapping[Pace, float] = {"real": 1.0, "fast": 50.0, "step": 1.0}
WAITING = 0.1
"""Part of the time that a task is not yet running."""
STEPS: tuple[State, ...] = ("pending", "pending", "running", "completed")
"""The states of a task of the pace `step`: as submitted, and as seen by the first three looks."""
OF_ESTIMATE = 0.925
"""What a task costs in the end, as a part of its estimate (both samples of 3.10 and 3.11)."""
_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Order:
    """What a submit asks for, checked. `params` is the same for every dialect of the request."""

    model: str
    params: Mapping[str, Any]
    assets: tuple[Asset, ...]
    estimate_usd: float
    out_id: str | None = None
    surface: Surface = "tasks"


@dataclass(slots=True)
class Task:
    """One task. Times are of the sandbox's clock, in seconds since the epoch."""

    id: str
    order: Order
    owner: str
    """Name of the seeded key; nobody else sees the task."""
    fate: str
    """The fault that rules it, or nothing."""
    submitted_at: float
    render_s: float
    estimated_s: int
    state: State = "pending"
    looks: int = 0
    ended_at: float | None = None
    used_usd: float | None = None
    """What it has cost; None while nothing has been billed."""
    urls: tuple[str, ...] = field(default=(), repr=False)
    """Paths of its results, signed."""

    @property
    def is_over(self) -> bool:
        return self.state not in ("pending", "running")

    def public(self) -> dict[str, Any]:
        """Return the task as `GET /sandbox/tasks` shows it."""
        return {
            "task_id": self.id,
            "out_task_id": self.order.out_id,
            "key_name": self.owner,
            "model": self.order.model,
            "params": dict(self.order.params),
            "state": self.state,
            "billed_usd": self.used_usd or 0.0,
        }


class Tasks:
    """All tasks. `now` is the sandbox's clock; the pace `step` goes by looks instead."""

    def __init__(
        self, now: Callable[[], float], pace: Pace, ledger: Ledger, assets: Assets
    ) -> None:
        self._now = now
        self._pace = pace
        self._ledger = ledger
        self._assets = assets
        self._tasks: dict[str, Task] = {}

    def __iter__(self) -> Iterator[Task]:
        self.refresh()
        return iter(tuple(self._tasks.values()))

    def __len__(self) -> int:
        return len(self._tasks)

    def __getitem__(self, index: int) -> Task:
        return list(self)[index]

    @property
    def billed(self) -> list[Task]:
        """The tasks that have cost something."""
        return [task for task in self if task.used_usd]

    def submit(self, order: Order, owner: str, fate: str = "") -> Task:
        """Begin a task."""
        model = MEDIA[order.model]
        now = self._now()
        render_s = model.render_s / SPEED[self._pace]
        task = Task(
            _task_id(order.surface, now, len(self._tasks)),
            order,
            owner,
            fate,
            now,
            render_s,
            max(1, round(render_s)),
        )
        self._tasks[task.id] = task
        return task

    def find(
        self, owner: str, *, task_id: str = "", out_id: str = "", surface: Surface = "tasks"
    ) -> Task | None:
        """Return a task of a key by one of its ids, as it is now."""
        for task in self._tasks.values():
            mine = task.owner == owner and task.order.surface == surface
            named = task.id == task_id if task_id else task.order.out_id == out_id
            if mine and named and task.fate != "task-forgotten":
                self._refresh(task)
                return task
        return None

    def look(self, task: Task) -> None:
        """Note that somebody asks how a task is: what moves it on at the pace `step`."""
        task.looks += 1
        self._refresh(task)

    def cancel(self, task: Task) -> None:
        """End a task that is not over; running ones are billed for what was done (C24)."""
        self._refresh(task)
        if task.is_over:
            return
        if task.state == "running":
            done = (self._now() - task.submitted_at) / task.render_s if task.render_s else 1.0
            self._bill(task, 0.5 if self._pace == "step" else min(1.0, done))
        self._end(task, "cancelled")

    def seconds_to_change(self, task: Task) -> float:
        """Return how long a task will stay as it is; infinite when it will always."""
        stays = task.fate == ("task-stalls" if task.state == "running" else "task-hangs")
        if task.is_over or stays:
            return float("inf")
        if self._pace == "step":
            return 0.0
        at = WAITING * task.render_s if task.state == "pending" else task.render_s
        return max(0.0, task.submitted_at + at - self._now())

    def refresh(self) -> None:
        """Bring every task up to the present, so that all that is over is billed."""
        for task in tuple(self._tasks.values()):
            self._refresh(task)

    def _refresh(self, task: Task) -> None:
        if task.is_over or task.fate in ("task-hangs", "task-forgotten"):
            return
        task.state = "running" if self._reached(task) != "pending" else "pending"
        if self._reached(task) == "completed" and task.fate != "task-stalls":
            self._finish(task)

    def _reached(self, task: Task) -> State:
        if self._pace == "step":
            return STEPS[min(task.looks, len(STEPS) - 1)]
        elapsed = self._now() - task.submitted_at
        if elapsed >= task.render_s:
            return "completed"
        return "running" if elapsed >= WAITING * task.render_s else "pending"

    def _finish(self, task: Task) -> None:
        match task.fate:
            case "task-fails" | "task-blocked":
                self._end(task, "failed")
            case "task-expires":
                self._end(task, "expired")
            case _:
                self._bill(task, 1.0)
                task.urls = tuple(self._assets.publish(a, task.id) for a in task.order.assets)
                self._end(task, "completed")

    def _bill(self, task: Task, part: float) -> None:
        task.used_usd = round(task.order.estimate_usd * OF_ESTIMATE * part, 4)
        self._ledger.account(task.owner).charge(round(task.used_usd * USD))

    def _end(self, task: Task, state: State) -> None:
        task.state = state
        task.ended_at = self._now()


def _task_id(surface: Surface, now: float, number: int) -> str:
    """Return `task_` and a ULID, or `vt_` and a short name (contract.md 3.10, 3.11)."""
    value = int(now * 1000) << 80 | int.from_bytes(hashlib.sha256(b"%d" % number).digest()[:10])
    ulid = "".join(_ULID[value >> 5 * place & 31] for place in reversed(range(26)))
    return f"task_{ulid}" if surface == "tasks" else f"vt_{ulid[-16:].lower()}"
