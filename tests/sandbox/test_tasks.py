"""Tasks: time, ends and money."""

from typing import Any

import pytest

from bytespike_cli.sandbox.config import Pace, SandboxConfig
from bytespike_cli.sandbox.state import SandboxState
from bytespike_cli.sandbox.submission import video_order
from bytespike_cli.sandbox.tasks import Order, Task

NOW = 1_790_000_000.0
OWNER = "studio-0001"


def state(pace: Pace = "real") -> SandboxState:
    return SandboxState(SandboxConfig(now=lambda: NOW, pace=pace))


def order(out_id: str | None = "mine", **params: Any) -> Order:
    fog = {"prompt": "fog", "duration_seconds": 6}
    return video_order("veo-3.1", fog | params, limits="either", out_id=out_id)


def seen(world: SandboxState, task: Task) -> str:
    world.tasks.look(task)
    return task.state


def test_a_task_goes_on_with_time_and_is_billed_at_its_end() -> None:
    world = state()
    task = world.tasks.submit(order(), OWNER)
    assert (task.estimated_s, task.order.estimate_usd, seen(world, task)) == (45, 0.66, "pending")
    world.advance(4)
    assert seen(world, task) == "pending"
    assert world.tasks.seconds_to_change(task) == pytest.approx(0.5)
    world.advance(1)
    assert seen(world, task) == "running"
    world.advance(39)
    assert seen(world, task) == "running"
    assert world.tasks.billed == []
    world.advance(1)
    assert task.state == "completed"
    assert (task.used_usd, task.ended_at) == (0.6105, NOW + 45)
    assert world.tasks.billed == [task]
    account = world.ledger.account(OWNER)
    assert (account.spent, account.calls) == (610_500, 1)
    world.advance(1000)
    assert account.calls == 1


def test_the_fast_pace_is_fifty_times_faster() -> None:
    world = state("fast")
    task = world.tasks.submit(order(), OWNER)
    assert task.estimated_s == 1
    world.advance(0.91)
    assert task.state == "completed"


def test_the_pace_of_looks() -> None:
    world = state("step")
    task = world.tasks.submit(order(), OWNER)
    world.advance(1000)
    assert task.state == "pending"
    assert [seen(world, task) for _ in range(4)] == ["pending", "running", "completed", "completed"]
    assert world.ledger.account(OWNER).calls == 1


@pytest.mark.parametrize(
    ("fate", "at_20", "at_90"),
    [
        ("task-fails", "running", "failed"),
        ("task-blocked", "running", "failed"),
        ("task-expires", "running", "expired"),
        ("task-hangs", "pending", "pending"),
        ("task-stalls", "running", "running"),
    ],
)
@pytest.mark.parametrize("pace", ["real", "step"])
def test_fates_that_cost_nothing(pace: Pace, fate: str, at_20: str, at_90: str) -> None:
    world = state(pace)
    task = world.tasks.submit(order(), OWNER, fate)
    states = []
    for seconds in (20, 70):
        world.advance(seconds)
        if pace == "step":
            world.tasks.look(task)
            world.tasks.look(task)
        states.append(task.state)
    assert states == [at_20, at_90]
    assert (task.used_usd, world.ledger.account(OWNER).spent) == (None, 0)
    if fate in ("task-hangs", "task-stalls"):
        assert world.tasks.seconds_to_change(task) == float("inf")


def test_a_task_is_found_by_either_id_and_by_its_owner_alone() -> None:
    world = state()
    task = world.tasks.submit(order(), OWNER)
    other = world.tasks.submit(order(None), OWNER)
    assert world.tasks.find(OWNER, task_id=task.id) is task
    assert world.tasks.find(OWNER, out_id="mine") is task
    assert world.tasks.find(OWNER, task_id=other.id) is other
    assert world.tasks.find("default-0001", task_id=task.id) is None
    assert world.tasks.find(OWNER, task_id=task.id, surface="videos") is None
    assert world.tasks.find(OWNER, out_id="nobody's") is None
    assert len({t.id for t in world.tasks}) == 2
    assert world.tasks[0].id.startswith("task_")
    assert len(world.tasks[0].id) == 31


def test_a_forgotten_task_is_found_by_nobody() -> None:
    world = state()
    task = world.tasks.submit(order(), OWNER, "task-forgotten")
    world.advance(100)
    assert world.tasks.find(OWNER, task_id=task.id) is None
    assert world.tasks.billed == []


def test_a_cancel_is_free_before_it_runs_and_bills_what_was_done_after() -> None:
    world = state()
    early, late, over = (world.tasks.submit(order(None), OWNER) for _ in range(3))
    world.tasks.cancel(early)
    assert (early.state, early.used_usd) == ("cancelled", None)
    world.advance(22.5)
    world.tasks.cancel(late)
    assert late.state == "cancelled"
    assert late.used_usd == pytest.approx(0.3053, abs=0.001)
    world.advance(60)
    world.tasks.cancel(over)
    assert over.state == "completed"
    assert world.ledger.account(OWNER).calls == 2


def test_half_is_done_when_looks_are_the_clock() -> None:
    world = state("step")
    task = world.tasks.submit(order(), OWNER)
    world.tasks.look(task)
    world.tasks.look(task)
    world.tasks.cancel(task)
    assert task.used_usd == pytest.approx(0.3053, abs=0.001)


def test_what_is_shown() -> None:
    world = state()
    shown = world.tasks.submit(order(), OWNER).public()
    assert shown == {
        "task_id": world.tasks[0].id,
        "out_task_id": "mine",
        "key_name": OWNER,
        "model": "veo-3.1",
        "params": {"prompt": "fog", "duration_seconds": 6},
        "state": "pending",
        "billed_usd": 0.0,
    }
