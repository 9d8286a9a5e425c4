from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.task_state import Media, TaskState, read_task

URL = "https://cdn.bytespike.ai/vid/ex.mp4"
AUDIO = "https://cdn.bytespike.ai/vid/ex.m4a"
IMAGE = "https://cdn.bytespike.ai/img/ex.png"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", TaskState.PENDING),
        ("queued", TaskState.PENDING),
        ("QUEUED", TaskState.PENDING),
        ("running", TaskState.RUNNING),
        ("processing", TaskState.RUNNING),
        ("in_progress", TaskState.RUNNING),
        ("in-progress", TaskState.RUNNING),
        ("completed", TaskState.COMPLETED),
        ("succeeded", TaskState.COMPLETED),
        ("success", TaskState.COMPLETED),
        ("failed", TaskState.FAILED),
        ("error", TaskState.FAILED),
        ("cancelled", TaskState.CANCELLED),
        ("canceled", TaskState.CANCELLED),
        ("expired", TaskState.EXPIRED),
        ("marinating", TaskState.UNKNOWN),
    ],
)
def test_states(word: str, state: TaskState) -> None:
    task = read_task({"task_id": "task_A", "status": word})
    assert task is not None
    assert (task.state, task.status) == (state, word)


def test_an_unknown_state_is_not_the_end() -> None:
    ends = {state for state in TaskState if state.is_final}
    assert ends == set(TaskState) - {TaskState.PENDING, TaskState.RUNNING, TaskState.UNKNOWN}


@pytest.mark.parametrize(
    ("result", "media"),
    [
        ({"output": [{"type": "video", "url": URL}]}, [Media("video", URL)]),
        ({"output": [{"type": "video/mp4", "url": URL}]}, [Media("video", URL)]),
        ({"output": [{"type": "image", "url": IMAGE}] * 2}, [Media("image", IMAGE)]),
        ({"output": [URL]}, [Media("", URL)]),
        ({"output": {"url": URL}}, [Media("", URL)]),
        ({"result": {"video_url": URL, "resolution": "1080p"}}, [Media("video", URL)]),
        ({"result": {"image_url": IMAGE}}, [Media("image", IMAGE)]),
        ({"result": {"images": [{"url": IMAGE}]}}, [Media("image", IMAGE)]),
        ({"result_url": URL}, [Media("", URL)]),
        ({"result_url": URL, "audio_url": AUDIO}, [Media("", URL), Media("audio", AUDIO)]),
        ({"data": [{"url": IMAGE}]}, [Media("", IMAGE)]),
        ({"data": [{"b64_json": "aGk="}]}, [Media("image", base64="aGk=")]),
        ({"output": [{"type": "video", "url": "/etc/passwd"}]}, []),
        ({"output": [{"type": "video", "url": "file:///etc/passwd"}]}, []),
        ({"output": "soon", "result": 7, "data": {"a": 1}}, []),
    ],
)
def test_results(result: dict[str, Any], media: list[Media]) -> None:
    task = read_task({"task_id": "task_A", "status": "completed", **result})
    assert task is not None
    assert list(task.media) == media


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        ({"error": {"code": "content_policy", "message": "no"}}, "content_policy", "no"),
        ({"error": {"type": "api_error", "message": "no"}}, "api_error", "no"),
        ({"error": "no"}, "", "no"),
        ({"message": "no"}, "", "no"),
        ({"error": None, "message": "no\x1b[2J\nway"}, "", "no [2J way"),
        ({}, "", ""),
    ],
)
def test_failures(failure: dict[str, Any], code: str, message: str) -> None:
    task = read_task({"task_id": "task_A", "status": "failed", **failure})
    assert task is not None
    assert (task.state, task.code, task.message) == (TaskState.FAILED, code, message)


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"credits_used": 0.61}, Decimal("0.61")),
        ({"credits": "0.61"}, Decimal("0.61")),
        ({"credits_used": 0, "credits": 9}, Decimal(0)),
        ({"credits_used": None, "credits": 9}, Decimal(9)),
        ({"credits": True}, None),
        ({"credits": "plenty"}, None),
        ({"credits": -1}, None),
        ({"credits": "NaN"}, None),
        ({}, None),
    ],
)
def test_costs(fields: dict[str, Any], cost: Decimal | None) -> None:
    task = read_task({"task_id": "task_A", "status": "completed", **fields})
    assert task is not None
    assert task.cost_usd == cost


def test_a_submit() -> None:
    task = read_task(
        {
            "task_id": "task_01",
            "out_task_id": "bsp-7f3c",
            "status": "pending",
            "estimated_credits": 0.66,
            "estimated_seconds": 45,
        }
    )
    assert task is not None
    assert (task.task_id, task.out_task_id) == ("task_01", "bsp-7f3c")
    assert (task.estimate_usd, task.estimate_s) == (Decimal("0.66"), 45.0)


@pytest.mark.parametrize(
    "wrapped",
    [
        {"task": {"task_id": "t", "status": "running"}},
        {"data": {"task_id": "t", "status": "running"}},
        {"code": 0, "data": {"task": {"task_id": "t", "status": "running"}}},
    ],
)
def test_wrappers(wrapped: dict[str, Any]) -> None:
    task = read_task(wrapped)
    assert task is not None
    assert (task.task_id, task.state) == ("t", TaskState.RUNNING)


@pytest.mark.parametrize(
    ("document", "state"),
    [
        ({"task_id": "vt_1"}, TaskState.PENDING),
        ({"task_id": "vt_1", "result_url": URL}, TaskState.COMPLETED),
        ({"status": "running"}, TaskState.RUNNING),
    ],
)
def test_what_may_be_absent(document: dict[str, Any], state: TaskState) -> None:
    task = read_task(document)
    assert task is not None
    assert task.state is state


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"code": "task_not_found", "message": "no"}},
        {"error": {"code": 404, "message": "no", "status": "NOT_FOUND"}},
        {"status": "ok"},
        {"data": []},
        {},
        [],
        None,
        "task",
    ],
)
def test_what_is_no_task(document: Any) -> None:
    assert read_task(document) is None


_NAMES = [
    *("task_id", "out_task_id", "status", "state", "task", "output", "result", "data", "type"),
    *("url", "video_url", "b64_json", "error", "message", "credits", "credits_used"),
    "estimated_seconds",
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_reading_never_raises(document: Any) -> None:
    task = read_task(document)
    if task is not None:
        assert all(bool(media.url) != bool(media.base64) for media in task.media)
        assert task.cost_usd is None or task.cost_usd >= 0
