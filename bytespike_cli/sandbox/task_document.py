"""A task as the gateway tells it, in every shape of contract.md 3.10 to 3.13."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bytespike_cli.sandbox.tasks import Task

FAILED = {
    "task-fails": ("generation_failed", "the upstream could not make it"),
    "task-blocked": ("content_policy", "prompt refused"),
}
"""Code and message of a task's failure; the codes are not documented but for 3.11's sample."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "documented": {},
    "succeeded": {
        "running": "in_progress",
        "completed": "succeeded",
        "failed": "error",
        "cancelled": "canceled",
    },
    "success": {"running": "processing", "completed": "success", "cancelled": "canceled"},
}


def status_word(task: Task, dialects: Mapping[str, str]) -> str:
    """Return the word for a task's state (C8, 3.11)."""
    if task.state == "pending":
        return dialects["first-state"]
    return _WORDS[dialects["task-states"]].get(task.state, task.state)


def submitted(task: Task, dialects: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a submit."""
    return _head(task, dialects) | _estimates(task) | {"submitted_at": _iso(task.submitted_at)}


def queried(task: Task, dialects: Mapping[str, str], origin: str) -> dict[str, Any]:
    """Return the answer to a query, and to a cancel. `origin`: of the result URLs."""
    document = _head(task, dialects)
    urls = [origin + path for path in task.urls]
    match task.state:
        case "completed" if task.order.surface == "videos":
            return document | _url_shape(task, urls)
        case "completed":
            shape = dialects["task-result"]
            document["credits_used" if shape == "output" else "credits"] = task.used_usd
            return document | _SHAPES[shape](task, urls)
        case "failed":
            return document | _why(task, dialects["task-failed"])
        case "cancelled" if task.used_usd:
            document["credits_used"] = task.used_usd
    return document | _estimates(task)


def _head(task: Task, dialects: Mapping[str, str]) -> dict[str, Any]:
    named = {} if task.order.out_id is None else {"out_task_id": task.order.out_id}
    return {"task_id": task.id, **named, "status": status_word(task, dialects)}


def _estimates(task: Task) -> dict[str, Any]:
    return {
        "estimated_credits": task.order.estimate_usd,
        "estimated_seconds": task.estimated_s,
    }


def _why(task: Task, form: str) -> dict[str, Any]:
    code, message = FAILED[task.fate]
    if form == "object":
        return {"error": {"code": code, "message": message}}
    return {"error" if form == "string" else "message": message}


def _output_shape(task: Task, urls: list[str]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for asset, url in zip(task.order.assets, urls, strict=True):
        rows.append({"type": asset.kind, "url": url})
        if asset.kind == "video":
            rows[-1]["duration_seconds"] = asset.seconds
    return {"output": rows}


def _result_shape(task: Task, urls: list[str]) -> dict[str, Any]:
    first = task.order.assets[0]
    completed = {"completed_at": _iso(task.ended_at or 0.0)}
    if first.kind == "image":
        one = {"image_url": urls[0]}
        return completed | {
            "result": one if len(urls) == 1 else {"images": [{"url": url} for url in urls]}
        }
    result = {
        "video_url": urls[0],
        "duration_seconds": first.seconds,
        "resolution": first.made_for["resolution"],
        "aspect_ratio": first.aspect,
    }
    return completed | {"result": result} | _audio(urls)


def _url_shape(task: Task, urls: list[str]) -> dict[str, Any]:
    if task.order.assets[0].kind == "image":
        return {"data": [{"url": url} for url in urls]}
    return {"result_url": urls[0]} | _audio(urls)


def _audio(urls: list[str]) -> dict[str, Any]:
    return {"audio_url": urls[1]} if len(urls) > 1 else {}


_SHAPES: Mapping[str, Callable[[Task, list[str]], dict[str, Any]]] = {
    "output": _output_shape,
    "result": _result_shape,
    "url": _url_shape,
}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
