"""The work on one task, with a gateway by script; the whole is in cli/test_video and test_tasks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.context import Environment
from bytespike_cli.direct.task_run import RESUBMIT_S, TaskRun, ended_badly, resumable
from bytespike_cli.journal.record import PREPARED, REFUSED, SENDING, Record
from bytespike_cli.journal.store import Journal
from tests.conftest import MakeEnv
from tests.gateway.test_client import Script, refusal
from tests.journal.test_record import record

NOW = 1_760_000_000.0
PENDING = {"task_id": "task_1", "status": "pending"}
NO_TASK = {"error": {"code": "task_not_found", "message": "no task"}}


class World:
    """An Environment whose clock goes on by what is slept, and a journal with one task."""

    def __init__(self, env: Environment, journal: Journal) -> None:
        self.env, self.journal = env, journal
        self.warned: list[str] = []
        self.slept = 0.0
        env.now = lambda: NOW + self.slept
        env.monotonic = lambda: self.slept
        env.sleep = self.sleep

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def add(self, **values: Any) -> Record:
        usual = {"params": {"tasks": {"prompt": "fog"}}, "created_at": NOW, "model": "veo-3.1"}
        new = record(**{**usual, **values})
        assert self.journal.add(new)
        return new

    def run(self, script: Script) -> TaskRun:
        return TaskRun(self.env, self.journal, script.gateway(), warn=self.warned.append)

    @property
    def state(self) -> str:
        (kept,) = self.journal.latest()
        return kept.state


@pytest.fixture
def world(make_env: MakeEnv) -> Iterator[World]:
    env = make_env()
    with Journal(env) as journal:
        yield World(env, journal)


def ok(document: Any = PENDING) -> httpx.Response:
    return httpx.Response(200, json=document)


def state(word: str) -> httpx.Response:
    return ok({"task_id": "task_1", "status": word})


def test_it_is_written_down_before_it_is_sent(world: World) -> None:
    seen: list[str] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        seen.append(world.state)
        return ok()

    submitted = world.run(Script(always=answer)).submit(world.add())
    assert seen == [SENDING]
    assert (submitted.task_id, submitted.state, world.state) == ("task_1", "pending", "pending")


def test_what_was_sent_is_looked_for_first(world: World) -> None:
    script = Script(ok())
    world.run(script).submit(world.add(state=SENDING, sent_at=NOW))
    assert [r.url.path for r in script.asked] == ["/v1/tasks/query"]


def test_what_is_not_there_is_sent_again_with_the_same_id(world: World) -> None:
    script = Script(httpx.Response(404, json=NO_TASK), ok())
    world.run(script).submit(world.add(state=SENDING, sent_at=NOW))
    assert [r.url.path for r in script.asked] == ["/v1/tasks/query", "/v1/tasks/submit"]
    assert b"bsp-0123456789abcdef0123" in script.asked[1].content


def test_but_not_when_its_id_may_be_forgotten(world: World) -> None:
    script = Script(httpx.Response(404, json=NO_TASK))
    with pytest.raises(errors.TaskError):
        world.run(script).submit(world.add(state=SENDING, sent_at=NOW - RESUBMIT_S - 1))
    assert world.state == "expired"


@pytest.mark.parametrize(
    ("answer", "kept", "kind"),
    [
        (httpx.Response(451), REFUSED, errors.RequestError),
        (refusal(402, "insufficient_balance"), PREPARED, errors.QuotaError),
        (refusal(401), PREPARED, errors.AuthenticationError),
        (httpx.ConnectError("x"), PREPARED, errors.NetworkError),
        (httpx.ReadError("x"), SENDING, errors.NetworkError),
        (httpx.Response(503), SENDING, errors.GatewayError),
        (httpx.Response(200, json={}), SENDING, errors.ProtocolError),
    ],
)
def test_what_a_failed_submit_leaves(
    world: World, answer: Any, kept: str, kind: type[errors.BytespikeError]
) -> None:
    with pytest.raises(kind) as caught:
        world.run(Script(*[answer] * 4)).submit(world.add())
    assert world.state == kept
    assert ("bytespike tasks wait" in caught.value.fix) is (kept != REFUSED)


def test_waiting_follows_the_cadence(world: World) -> None:
    stream = httpx.Response(404)
    script = Script(stream, state("pending"), state("running"), state("completed"))
    waiting = world.add(task_id="task_1", state="pending")
    done, _ = world.run(script).wait(waiting, timeout_s=900)
    assert (done.state, world.state, world.slept) == ("completed", "completed", 4.0)
    assert done.updated_at == NOW + 4.0


def test_a_wait_ends_and_the_task_goes_on(world: World) -> None:
    script = Script(
        always=lambda r: httpx.Response(404) if "stream" in r.url.path else state("running")
    )
    waiting = world.add(task_id="task_1", state="pending")
    with pytest.raises(errors.NetworkError, match="not done after 10 min") as caught:
        world.run(script).wait(waiting, timeout_s=600)
    assert "bytespike tasks wait" in caught.value.fix
    assert world.slept == 600
    assert len(script.asked) < 120


def test_a_connection_that_comes_back(world: World) -> None:
    gone = [httpx.ConnectError("x")] * 8
    script = Script(httpx.Response(404), *gone, state("completed"))
    waiting = world.add(task_id="task_1", state="running")
    assert world.run(script).wait(waiting, timeout_s=900)[0].state == "completed"
    assert len(world.warned) == 2


def test_a_gateway_that_recovers(world: World) -> None:
    busy = [httpx.Response(503, json={"error": {"code": "overloaded"}}) for _ in range(8)]
    script = Script(httpx.Response(404), *busy, state("completed"))
    waiting = world.add(task_id="task_1", state="running")
    assert world.run(script).wait(waiting, timeout_s=900)[0].state == "completed"
    assert len(world.warned) == 2


def test_a_task_that_the_gateway_forgot(world: World) -> None:
    script = Script(httpx.Response(404), httpx.Response(404, json=NO_TASK))
    with pytest.raises(errors.TaskError, match="any more"):
        world.run(script).wait(world.add(task_id="task_1", state="running"), timeout_s=900)
    assert world.state == "expired"


def test_a_journal_that_fails_later_is_said_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise errors.ConfigurationError("The journal is full.")

    monkeypatch.setattr(world.journal, "observed", full)
    run = world.run(Script(ok(), httpx.Response(404), state("completed")))
    submitted = run.submit(world.add())
    assert run.wait(submitted, timeout_s=900)[0].state == "completed"
    assert len(world.warned) == 1


def test_the_other_surface_has_no_cancel(world: World) -> None:
    with pytest.raises(errors.TaskError, match="no way to cancel"):
        world.run(Script()).cancel(world.add(form="videos", task_id="vt_1", state="running"))


@pytest.mark.parametrize("bad", ["failed", "cancelled", "expired", REFUSED])
def test_ends(bad: str) -> None:
    failure = ended_badly(replace(record(), state=bad, message="prompt refused"))
    assert failure is not None
    assert (failure.status, failure.detail) == (12, "prompt refused")
    assert ended_badly(record(state="completed")) is None


def test_what_says_how_to_go_on() -> None:
    with pytest.raises(errors.NetworkError) as caught, resumable(record()):
        raise errors.NetworkError("gone", fix="check")
    assert caught.value.fix == "check; the task is kept: bytespike tasks wait bsp-01234567"
    with pytest.raises(errors.RequestError) as refused, resumable(record()):
        raise errors.RequestError("no")
    assert refused.value.fix == ""
