"""Tasks as they are told: the samples of contract.md 3.11, shape by shape."""

from typing import Any

import pytest

from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.dialects import DIALECTS, choose
from bytespike_cli.sandbox.state import SandboxState
from bytespike_cli.sandbox.submission import image_order, video_order
from bytespike_cli.sandbox.task_document import queried, status_word, submitted
from bytespike_cli.sandbox.tasks import Order, Task

NOW = 1_790_000_000.0
FOG = {"prompt": "fog", "duration_seconds": 6}
ORIGIN = "http://sandbox"


def made(order: Order, seconds: float = 60, fate: str = "") -> Task:
    world = SandboxState(SandboxConfig(now=lambda: NOW, pace="real"))
    task = world.tasks.submit(order, "studio-0001", fate)
    world.advance(seconds)
    return task


def video(surface: Any = "tasks", **params: Any) -> Order:
    slug = "veo3.1" if surface == "videos" else "veo-3.1"
    return video_order(slug, FOG | params, limits="either", surface=surface, out_id="mine")


def told(task: Task, **dialects: str) -> dict[str, Any]:
    chosen = choose({name.replace("_", "-"): value for name, value in dialects.items()})
    return queried(task, chosen, ORIGIN)


def test_a_submit() -> None:
    task = made(video(), 0)
    assert submitted(task, choose({})) == {
        "task_id": task.id,
        "out_task_id": "mine",
        "status": "pending",
        "estimated_credits": 0.66,
        "estimated_seconds": 45,
        "submitted_at": "2026-09-21T14:13:20Z",
    }


def test_a_task_that_runs() -> None:
    task = made(video(), 20)
    assert told(task) == {
        "task_id": task.id,
        "out_task_id": "mine",
        "status": "running",
        "estimated_credits": 0.66,
        "estimated_seconds": 45,
    }


def test_a_video_in_three_shapes() -> None:
    task = made(video())
    url = ORIGIN + task.urls[0]
    head = {"task_id": task.id, "out_task_id": "mine", "status": "completed"}
    assert told(task) == head | {
        "credits_used": 0.6105,
        "output": [{"type": "video", "url": url, "duration_seconds": 6}],
    }
    assert told(task, task_result="result") == head | {
        "credits": 0.6105,
        "completed_at": "2026-09-21T14:14:20Z",
        "result": {
            "video_url": url,
            "duration_seconds": 6,
            "resolution": "1080p",
            "aspect_ratio": "16:9",
        },
    }
    assert told(task, task_result="url") == head | {"credits": 0.6105, "result_url": url}


@pytest.mark.parametrize("shape", list(DIALECTS["task-result"].values))
def test_the_other_surface_has_a_shape_of_its_own(shape: str) -> None:
    task = made(video("videos", audio=True))
    document = told(task, task_result=shape)
    assert document.keys() == {"task_id", "out_task_id", "status", "result_url", "audio_url"}
    assert ".mp4?" in document["result_url"]
    assert ".m4a?" in document["audio_url"]


def test_pictures_in_three_shapes() -> None:
    one, two = (made(image_order("nano-banana", {"prompt": "a", "n": n})) for n in (1, 2))
    urls = [ORIGIN + path for path in two.urls]
    assert told(one)["output"] == [{"type": "image", "url": ORIGIN + one.urls[0]}]
    assert told(one, task_result="result")["result"] == {"image_url": ORIGIN + one.urls[0]}
    assert told(two, task_result="result")["result"] == {"images": [{"url": u} for u in urls]}
    assert told(two, task_result="url")["data"] == [{"url": url} for url in urls]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("object", {"error": {"code": "content_policy", "message": "prompt refused"}}),
        ("string", {"error": "prompt refused"}),
        ("message", {"message": "prompt refused"}),
    ],
)
def test_a_failure_in_three_shapes(form: str, expected: Any) -> None:
    task = made(video(), fate="task-blocked")
    head = {"task_id": task.id, "out_task_id": "mine", "status": "failed"}
    assert told(task, task_failed=form) == head | expected


def test_words_for_states() -> None:
    words = {
        name: [
            status_word(made(video(), seconds, fate), choose({"task-states": name}))
            for seconds, fate in ((0, ""), (20, ""), (60, ""), (60, "task-fails"))
        ]
        for name in DIALECTS["task-states"].values
    }
    assert words == {
        "documented": ["pending", "running", "completed", "failed"],
        "succeeded": ["pending", "in_progress", "succeeded", "error"],
        "success": ["pending", "processing", "success", "failed"],
    }
    assert status_word(made(video(), 0), choose({"first-state": "queued"})) == "queued"


def test_a_cancelled_task_says_what_it_cost_if_anything() -> None:
    world = SandboxState(SandboxConfig(now=lambda: NOW, pace="real"))
    free, paid = (world.tasks.submit(video(), "studio-0001") for _ in range(2))
    world.tasks.cancel(free)
    world.advance(22.5)
    world.tasks.cancel(paid)
    assert told(free).keys() == {
        "task_id", "out_task_id", "status", "estimated_credits", "estimated_seconds",
    }  # fmt: skip
    assert told(paid)["credits_used"] == pytest.approx(0.305, abs=0.001)
    assert told(paid, task_states="success")["status"] == "canceled"
