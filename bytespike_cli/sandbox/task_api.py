"""The surfaces /v1/tasks and /v1/videos (contract.md 3.10 to 3.12, 3.15)."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.media_models import MEDIA
from bytespike_cli.sandbox.submission import (
    image_order,
    invalid,
    params_of,
    text_field,
    video_order,
)
from bytespike_cli.sandbox.task_document import queried, submitted
from bytespike_cli.sandbox.tasks import Order, Task

MAX_BODY_BYTES = 1024 * 1024
"""Of every request under /v1/tasks (contract.md 1.1)."""


async def submit(call: Call) -> web.StreamResponse:
    """POST /v1/tasks/submit."""
    _need(call, "tasks")
    call.authenticate()
    body = await _body(call)
    order = _order(call, body)
    known = _find(call, out_id=order.out_id) if order.out_id is not None else None
    if known is not None:
        return _again(call, known, order)
    task = _begin(call, order)
    status = int(call.state.dialects["submit-status"])
    return call.reply_json(submitted(task, call.state.dialects), status=status)


async def query(call: Call) -> web.StreamResponse:
    """POST or GET /v1/tasks/query."""
    _need(call, "tasks")
    method = call.request.method.lower()
    if call.state.dialects["task-query"] not in (method, "both"):
        raise call.nowhere()
    call.authenticate()
    ids: Mapping[str, Any] = call.request.query if method == "get" else await _body(call)
    task = _named(call, ids)
    call.answer_fault()
    call.state.tasks.look(task)
    return call.reply_json(queried(task, call.state.dialects, call.asset_origin))


async def cancel(call: Call, task_id: str = "") -> web.StreamResponse:
    """POST /v1/tasks/cancel/{task_id}, or with the id in the body; the path counts."""
    _need(call, "tasks")
    if call.state.dialects["task-cancel"] not in ("path" if task_id else "body", "both"):
        raise call.nowhere()
    call.authenticate()
    ids = {"task_id": task_id} if task_id else await _body(call)
    task = _named(call, ids)
    call.answer_fault()
    call.state.tasks.cancel(task)
    return call.reply_json(queried(task, call.state.dialects, call.asset_origin))


async def submit_video(call: Call) -> web.StreamResponse:
    """POST /v1/videos/generations: without an id of the client's, so that no retry is safe."""
    _need(call, "videos")
    call.authenticate()
    body = await call.json_object()
    slug = _slug(call, body)
    if MEDIA[slug].kind != "video":
        raise invalid(f"{slug} makes no videos", "model")
    params = {name: value for name, value in body.items() if name != "model"}
    limits = call.state.dialects["video-limits"]
    task = _begin(call, video_order(slug, params, limits=limits, surface="videos"))
    return call.reply_json({"task_id": task.id}, status=int(call.state.dialects["submit-status"]))


async def query_video(call: Call, task_id: str) -> web.StreamResponse:
    """GET /v1/videos/tasks/{task_id}."""
    _need(call, "videos")
    owner = call.authenticate().key.name
    task = call.state.tasks.find(owner, task_id=task_id, surface="videos")
    if task is None:
        raise Refused(FAILURES["task-not-found"])
    call.answer_fault()
    call.state.tasks.look(task)
    return call.reply_json(queried(task, call.state.dialects, call.asset_origin))


def _need(call: Call, surface: str) -> None:
    if call.state.dialects[surface] == "absent":
        raise call.nowhere()


async def _body(call: Call) -> dict[str, Any]:
    if len(await call.request.read()) > MAX_BODY_BYTES:
        raise Refused(FAILURES["too-large"])
    return await call.json_object()


def _slug(call: Call, body: Mapping[str, Any]) -> str:
    """Return the model of a body. Raises Refused for a text model (contract.md 3.10)."""
    slug = text_field(body, "model", required=True)
    assert slug is not None
    call.record.model = slug
    call.check_model(slug)
    if slug not in MEDIA:
        raise invalid(f"{slug} is a text model", "model")
    return slug


def _order(call: Call, body: Mapping[str, Any]) -> Order:
    slug = _slug(call, body)
    out_id = text_field(body, "out_task_id")
    link = text_field(body, "callback_url")
    if link is not None and not link.startswith(("https://", "http://")):
        raise invalid("callback_url must be a URL", "callback_url")
    if not isinstance(body.get("stream", False), bool):
        raise invalid("stream must be true or false", "stream")
    params = params_of(body, call.state.dialects["task-params"])
    if MEDIA[slug].kind == "image":
        return image_order(slug, params, out_id)
    return video_order(slug, params, limits=call.state.dialects["video-limits"], out_id=out_id)


def _again(call: Call, known: Task, order: Order) -> web.StreamResponse:
    """Answer a submit whose out_task_id is known: the same task, or a refusal (C16)."""
    same = (known.order.model, known.order.params) == (order.model, order.params)
    how = call.state.dialects["duplicate"]
    if not same or how == "409-always":
        raise Refused(FAILURES["duplicate-400" if how == "400" else "duplicate"])
    call.answer_fault()
    return call.reply_json(submitted(known, call.state.dialects))


def _begin(call: Call, order: Order) -> Task:
    """Begin a task, if its estimate is paid for. Raises Refused."""
    account = call.account
    assert account is not None
    call.check_purse(order.estimate_usd)
    call.answer_fault()
    fate = call.strike("task")
    return call.state.tasks.submit(order, account.key.name, fate.name if fate else "")


def _named(call: Call, ids: Mapping[str, Any]) -> Task:
    """Return the task of exactly one id (contract.md 3.11, 3.12). Raises Refused."""
    task_id, out_id = text_field(ids, "task_id"), text_field(ids, "out_task_id")
    if (task_id is None) == (out_id is None):
        raise invalid("give exactly one of task_id and out_task_id", "task_id")
    task = _find(call, task_id=task_id or "", out_id=out_id)
    if task is None:
        raise Refused(FAILURES["task-not-found"])
    call.record.model = task.order.model
    return task


def _find(call: Call, *, task_id: str = "", out_id: str | None = None) -> Task | None:
    assert call.account is not None
    return call.state.tasks.find(call.account.key.name, task_id=task_id, out_id=out_id or "")
