"""Tasks at the gateway, request by request; the dialects as a whole are in cli/test_video."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway.tasks import TaskNotFound, Tasks
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import TaskState
from bytespike_cli.wire.tasks import SubmitForm
from bytespike_cli.wire.video import VideoRequest
from tests.gateway.test_client import Script, refusal

PENDING = {"task_id": "task_1", "status": "pending"}
NOT_FOUND = {"error": {"code": "not_found", "message": "no route"}}
NO_TASK = {"error": {"code": "task_not_found", "message": "no task"}}
MISSING = {"error": {"code": "invalid_param", "message": "prompt is required"}}


def ok(document: Any = PENDING, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=document)


def no(document: Any, status: int = 404) -> httpx.Response:
    return httpx.Response(status, json=document)


def submission(form: SubmitForm = SubmitForm.NESTED, **settings: Any) -> Submission:
    return Submission("veo-3.1", VideoRequest("fog").params, "bsp-1", form=form, **settings)


def paths(script: Script) -> list[str]:
    return [f"{r.method} {r.url.raw_path.decode()}" for r in script.asked]


def test_a_submit_is_told_of_before_every_attempt() -> None:
    script = Script(no(MISSING, 400), ok(status=202))
    attempts: list[tuple[str, int]] = []

    def before(attempt: Submission) -> None:
        attempts.append((attempt.form.value, len(script.asked)))

    task = Tasks(script.gateway()).submit(submission(), before)
    assert (task.task_id, task.state) == ("task_1", TaskState.PENDING)
    assert attempts == [("nested", 0), ("flat", 1)]
    assert json.loads(script.asked[1].content)["prompt"] == "fog"


@pytest.mark.parametrize(
    "break_", [httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.ReadTimeout("x")]
)
def test_a_submit_with_an_id_of_ours_is_sent_again(break_: Exception) -> None:
    script = Script(break_, break_, ok())
    assert Tasks(script.gateway()).submit(submission()).task_id == "task_1"
    assert len({r.content for r in script.asked}) == 1
    assert script.pauses == [1.0, 2.0]


def test_but_not_without_end() -> None:
    script = Script(always=_raise(httpx.ReadError("gone")))
    with pytest.raises(errors.NetworkError) as caught:
        Tasks(script.gateway()).submit(submission())
    assert len(script.asked) == 4
    assert caught.value.arrived
    assert "billed" not in caught.value.cause


@pytest.mark.parametrize(
    "answer",
    [httpx.ReadError("x"), httpx.Response(502), httpx.Response(524, html="<html>")],
)
def test_a_submit_without_an_id_is_sent_once(answer: Any) -> None:
    script = Script(answer)
    with pytest.raises((errors.NetworkError, errors.GatewayError)):
        Tasks(script.gateway()).submit(submission(SubmitForm.VIDEOS))
    assert len(script.asked) == 1


def test_what_surely_did_not_arrive_is_marked() -> None:
    script = Script(httpx.ConnectError("x"))
    with pytest.raises(errors.NetworkError) as caught:
        Tasks(script.gateway()).submit(submission(SubmitForm.VIDEOS))
    assert not caught.value.arrived


def test_after_a_break_nobody_knows() -> None:
    script = Script(httpx.ReadError("x"), *[httpx.ConnectError("x")] * 3)
    with pytest.raises(errors.NetworkError) as caught:
        Tasks(script.gateway()).submit(submission())
    assert caught.value.arrived


@pytest.mark.parametrize("status", [400, 409])
def test_an_id_that_is_there_is_our_task(status: int) -> None:
    script = Script(refusal(status, "duplicate_out_task_id"), ok())
    assert Tasks(script.gateway()).submit(submission()).task_id == "task_1"
    assert json.loads(script.asked[1].content) == {"out_task_id": "bsp-1"}


def test_an_id_of_nobody_knows_whom_is_refused() -> None:
    script = Script(refusal(409, "duplicate_out_task_id"), no(NO_TASK))
    with pytest.raises(errors.RequestError) as caught:
        Tasks(script.gateway()).submit(submission())
    assert "duplicate_out_task_id" in caught.value.detail


def test_an_id_that_is_there_and_cannot_be_asked_for_is_not_refused() -> None:
    script = Script(
        refusal(409, "duplicate_out_task_id"), *[httpx.ConnectError("x") for _ in range(4)]
    )
    with pytest.raises(errors.NetworkError) as caught:
        Tasks(script.gateway()).submit(submission())
    assert caught.value.arrived


def test_the_refusal_that_tells_most_is_raised() -> None:
    wrong = {"error": {"code": "invalid_param", "message": "params is required"}}
    script = Script(no(MISSING, 400), no(wrong, 400))
    with pytest.raises(errors.RequestError) as caught:
        Tasks(script.gateway()).submit(submission())
    assert "prompt is required" in caught.value.detail


def test_queries_find_their_form_once() -> None:
    script = Script(no(NOT_FOUND, 405), ok(), ok())
    tasks = Tasks(script.gateway())
    tasks.query(task_id="task_1")
    tasks.query(task_id="task_1")
    assert paths(script) == [
        "POST /v1/tasks/query",
        "GET /v1/tasks/query?task_id=task_1",
        "GET /v1/tasks/query?task_id=task_1",
    ]


def test_queries_of_the_other_surface() -> None:
    script = Script(ok(), no(NO_TASK))
    tasks = Tasks(script.gateway())
    tasks.query(task_id="vt_1", surface=Surface.VIDEOS)
    with pytest.raises(TaskNotFound):
        tasks.query(task_id="vt_2", surface=Surface.VIDEOS)
    assert paths(script) == ["GET /v1/videos/tasks/vt_1", "GET /v1/videos/tasks/vt_2"]


def test_a_task_that_nobody_knows() -> None:
    script = Script(no(NO_TASK))
    with pytest.raises(TaskNotFound) as caught:
        Tasks(script.gateway()).query(out_task_id="bsp-1")
    assert caught.value.status == 12


def test_a_failed_task_is_no_failed_query() -> None:
    failed = {"task_id": "t", "status": "failed", "error": {"code": "x", "message": "no"}}
    task = Tasks(Script(ok(failed)).gateway()).query(task_id="t")
    assert (task.state, task.message) == (TaskState.FAILED, "no")


@pytest.mark.parametrize("document", [{}, [], {"ok": True}, "text"])
def test_what_is_no_task(document: Any) -> None:
    with pytest.raises(errors.ProtocolError, match="not a task"):
        Tasks(Script(ok(document)).gateway()).query(task_id="t")


def test_an_error_in_a_success() -> None:
    script = Script(ok({"error": {"code": "insufficient_balance", "message": "no"}}))
    with pytest.raises(errors.QuotaError):
        Tasks(script.gateway()).submit(submission())


def test_cancels() -> None:
    cancelled = {"task_id": "t", "status": "cancelled"}
    script = Script(no(NOT_FOUND, 404), ok(cancelled), ok(cancelled), ok(cancelled))
    tasks = Tasks(script.gateway())
    assert tasks.cancel(task_id="t").state is TaskState.CANCELLED
    tasks.cancel(task_id="t")
    tasks.cancel(out_task_id="bsp-1")
    assert paths(script) == ["POST /v1/tasks/cancel/t", *["POST /v1/tasks/cancel"] * 3]
    assert json.loads(script.asked[3].content) == {"out_task_id": "bsp-1"}


def test_cancelling_what_is_not_there() -> None:
    with pytest.raises(TaskNotFound):
        Tasks(Script(no(NO_TASK)).gateway()).cancel(task_id="t")


def events(*lines: str) -> httpx.Response:
    content = "".join(f"{line}\n\n" for line in lines).encode()
    return httpx.Response(200, content=content, headers={"content-type": "text/event-stream"})


def test_a_stream_of_states() -> None:
    running, done = '{"task_id":"t","status":"running"}', '{"task_id":"t","status":"completed"}'
    script = Script(
        events(
            ": alive",
            f"event: status\ndata: {running}",
            "data: nonsense",
            f'data: {{"task": {done}}}',
            "data: [DONE]",
        )
    )
    states = [task.state for task in Tasks(script.gateway()).states("t") if task]
    assert states == [TaskState.RUNNING, TaskState.COMPLETED]
    assert script.asked[0].headers["accept"] == "text/event-stream"


@pytest.mark.parametrize(
    "answer",
    [no(NOT_FOUND), no({}, 405), httpx.Response(503), ok(), httpx.ReadError("x"),
     httpx.ConnectError("x")],
)  # fmt: skip
def test_a_stream_that_is_not_there_is_no_failure(answer: Any) -> None:
    script = Script(answer)
    assert [t for t in Tasks(script.gateway()).states("t") if t] == []
    assert len(script.asked) == 1
    assert script.pauses == []


def _raise(error: Exception) -> Callable[[httpx.Request], httpx.Response]:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise error

    return answer
