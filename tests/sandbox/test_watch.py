"""The stream of a task's states (contract.md 3.13)."""

import json
from typing import Any

import pytest

BODY = {"model": "veo-3.1", "params": {"prompt": "fog", "duration_seconds": 4}}


def begun(sandbox: Any, post: Any) -> str:
    task_id = post(sandbox, "/v1/tasks/submit", BODY).json["task_id"]
    return f"/v1/tasks/stream/{task_id}"


def told(body: bytes) -> list[Any]:
    data = [line[6:] for line in body.splitlines() if line.startswith(b"data: ")]
    return [json.loads(line) for line in data if line != b"[DONE]"]


def test_every_state_is_an_event(sandbox: Any, post: Any, fetch: Any) -> None:
    answer = fetch(sandbox, begun(sandbox, post))
    assert answer.headers["content-type"] == "text/event-stream"
    names = [line for line in answer.body.split(b"\n") if line.startswith(b"event")]
    assert names == [b"event: status", b"event: status", b"event: completed"]
    events = told(answer.body)
    assert [event["status"] for event in events] == ["pending", "running", "completed"]
    assert events[-1]["output"][0]["url"].startswith(sandbox.origin + "/cdn/")


@pytest.mark.parametrize("form", ["task", "data"])
def test_wrapped_events(make_sandbox: Any, post: Any, fetch: Any, form: str) -> None:
    sandbox = make_sandbox(dialects={"task-stream": form})
    body = fetch(sandbox, begun(sandbox, post)).body
    assert [event[form]["status"] for event in told(body)] == ["pending", "running", "completed"]
    assert b"event:" not in body
    assert body.endswith(b"data: [DONE]\n\n") == (form == "task")


def test_a_gateway_without_it(make_sandbox: Any, post: Any, fetch: Any) -> None:
    sandbox = make_sandbox(dialects={"task-stream": "absent"})
    assert fetch(sandbox, begun(sandbox, post)).json["error"]["code"] == "not_found"


def test_an_unknown_task(sandbox: Any, fetch: Any) -> None:
    answer = fetch(sandbox, "/v1/tasks/stream/task_nobody")
    assert (answer.status, answer.json["error"]["code"]) == (404, "task_not_found")


@pytest.mark.parametrize(
    ("fault", "states", "complete"),
    [("cut:1", ["pending"], False), ("early-end:2", ["pending", "running"], True)],
)
def test_streams_that_end_before_the_task(
    make_sandbox: Any, post: Any, fetch: Any, fault: str, states: list[str], complete: bool
) -> None:
    sandbox = make_sandbox(faults=[f"watch/{fault}"])
    answer = fetch(sandbox, begun(sandbox, post))
    assert [event["status"] for event in told(answer.body)] == states
    assert answer.complete == complete


def test_one_event_of_nonsense(make_sandbox: Any, post: Any, fetch: Any) -> None:
    sandbox = make_sandbox(faults=["watch/garbled:1"])
    frames = fetch(sandbox, begun(sandbox, post)).body.split(b"\n\n")
    assert frames[1] == b'data: {"task_id":"ta'
    assert frames[2].startswith(b"event: status\ndata: {")


def test_a_task_that_ends_while_it_is_watched(make_sandbox: Any, post: Any, fetch: Any) -> None:
    sandbox = make_sandbox(pace="fast")
    states = [event["status"] for event in told(fetch(sandbox, begun(sandbox, post)).body)]
    assert states == ["pending", "running", "completed"]
    failing = make_sandbox(faults=["task-fails"])
    assert told(fetch(failing, begun(failing, post)).body)[-1]["status"] == "failed"
