"""Submits and queries without a client: what is tried, what is remembered, what is sure."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import STUDIO_KEY
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.task_calls import TaskCalls
from bytespike_cli.shim.upstream import Refused, Unreachable, Upstream
from bytespike_cli.wire.handles import Handle
from bytespike_cli.wire.images import ImageRequest, ways
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import TaskState
from bytespike_cli.wire.tasks import SubmitForm
from bytespike_cli.wire.video import VideoRequest
from tests.conftest import MakeSandbox

SLUGS = ("veo-3.1", "veo3.1")
Job = Callable[[TaskCalls], Coroutine[Any, Any, Any]]


def run(origin: str, job: Job) -> Any:
    """Run a job with the calls of one gateway."""

    async def nap(_seconds: float) -> None:
        return None

    async def main() -> Any:
        settings = ShimSettings(
            origin=origin, secret=STUDIO_KEY, token="t", now=time.time, key_name="work"
        )
        upstream = Upstream(settings, nap)
        await upstream.open()
        try:
            return await job(TaskCalls(settings, upstream, nap))
        finally:
            await upstream.close()

    return asyncio.run(main())


async def submit(calls: TaskCalls) -> Any:
    record = calls.new_record("video", "veo-3.1", "fog")
    wanted = VideoRequest("fog", duration_s=4)
    submission = Submission(
        "veo-3.1", wanted.params, record.out_task_id, catalogue=SLUGS, form=calls.submit_form
    )
    return await calls.submit(record, submission)


def test_a_dialect_is_found_once(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"task-params": "flat", "task-query": "get"})

    async def job(calls: TaskCalls) -> None:
        for _ in range(2):
            handle, task = await submit(calls)
            assert (task.state, handle.key) == (TaskState.PENDING, "work")
            await calls.query(handle)
        assert calls.submit_form is SubmitForm.FLAT

    run(sandbox.origin, job)
    asked = [(r.path.rpartition("/")[2], r.method, r.status) for r in sandbox.state.journal]
    assert asked == [
        ("submit", "POST", 400),
        ("submit", "POST", 200),
        ("query", "POST", 404),
        ("query", "GET", 200),
        ("submit", "POST", 200),
        ("query", "GET", 200),
    ]


def test_the_other_surface(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"tasks": "absent", "videos": "served"})

    async def job(calls: TaskCalls) -> Handle:
        handle, _ = await submit(calls)
        assert (await calls.query(handle)).state is TaskState.PENDING
        found: Handle = handle
        return found

    handle = run(sandbox.origin, job)
    assert (handle.surface, handle.task_id[:3]) == (Surface.VIDEOS, "vt_")


@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_is_asked_for_again_under_the_same_id(
    make_sandbox: MakeSandbox, times: int
) -> None:
    sandbox = make_sandbox(faults=[f"submit/answer-lost@1-{times}"])
    handle, _ = run(sandbox.origin, submit)
    assert handle.task_id == sandbox.state.tasks[0].id
    assert len(sandbox.state.tasks) == 1
    assert len(sandbox.state.journal) == times + 1


def test_a_gateway_that_never_answers(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["submit/close"])
    with pytest.raises(Unreachable):
        run(sandbox.origin, submit)
    assert len(sandbox.state.journal) == 3


@pytest.mark.parametrize("fault", ["answer-lost", "answer-524", "unavailable"])
def test_without_an_id_of_ours_nothing_is_sent_twice(make_sandbox: MakeSandbox, fault: str) -> None:
    sandbox = make_sandbox(
        faults=[f"submit/{fault}@2-"], dialects={"tasks": "absent", "videos": "served"}
    )
    with pytest.raises((Unreachable, Refused)) as raised:
        run(sandbox.origin, submit)
    assert [r.path for r in sandbox.state.journal].count("/v1/videos/generations") == 1
    if isinstance(raised.value, Unreachable):
        assert "no way to ask" in raised.value.sentence


def test_the_refusal_that_tells_most(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"video-limits": "models"})
    with pytest.raises(Refused) as raised:
        run(sandbox.origin, submit)
    assert "duration_seconds must be one of: 5, 10" in raised.value.failure.message


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("image/garbled", Unreachable), ("image/empty-body", Unreachable), ("image/blocked", Refused)],
)
def test_documents_that_are_none(
    make_sandbox: MakeSandbox, fault: str, kind: type[Exception]
) -> None:
    sandbox = make_sandbox(faults=[fault])

    async def job(calls: TaskCalls) -> object:
        return await calls.document(ways("nano-banana", ImageRequest("a crane"), "")[0])

    with pytest.raises(kind):
        run(sandbox.origin, job)


def test_an_error_in_the_place_of_a_task(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["submit/error-in-200"])
    with pytest.raises(Refused) as raised:
        run(sandbox.origin, submit)
    assert "no capacity" in raised.value.failure.message
