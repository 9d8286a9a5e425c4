"""GET /v1/tasks/stream/{task_id}: the states of a task as events (contract.md 3.13)."""

import asyncio

from aiohttp import web

from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.errors import FAILURES, Refused
from bytespike_cli.sandbox.stream import SSE_TYPE, encode
from bytespike_cli.sandbox.task_document import queried, status_word
from bytespike_cli.sandbox.tasks import Task

LOOK_EVERY_S = 0.05
"""A cancel, or a clock that is set forward, is seen after that at the latest."""
COMMENT_EVERY = 200
"""Looks between comments that keep the connection alive."""
GARBLED = b'data: {"task_id":"ta\n\n'


async def watch(call: Call, task_id: str) -> web.StreamResponse:
    """Send an event for the state of now, and one for each that follows, until the last."""
    form = call.state.dialects["task-stream"]
    if form == "absent" or call.state.dialects["tasks"] == "absent":
        raise call.nowhere()
    owner = call.authenticate().key.name
    task = call.state.tasks.find(owner, task_id=task_id)
    if task is None:
        raise Refused(FAILURES["task-not-found"])
    call.record.model = task.order.model
    call.answer_fault()
    response = web.StreamResponse(headers=call.headers() | {"content-type": SSE_TYPE})
    call.record.status = 200
    await response.prepare(call.request)
    if await _events(call, task, response, form):
        call.state.journal.close(call.record)
        await response.write_eof()
    elif call.request.transport is not None:
        call.state.journal.close(call.record)
        call.request.transport.close()
    return response


async def _events(call: Call, task: Task, response: web.StreamResponse, form: str) -> bool:
    """Send the events; return whether the stream ends as it should, or is to be cut."""
    fault = call.strike("stream") or call.strike("body")
    told = ""
    looks = 0
    while True:
        call.state.tasks.look(task)
        looks += 1
        if task.state != told:
            told = task.state
            if fault is not None and call.record.events_sent == fault.argument:
                match fault.name:
                    case "cut":
                        return False
                    case "early-end":
                        return True
                    case "stall":
                        await asyncio.Event().wait()
                    case "garbled":
                        await response.write(GARBLED)
            await response.write(_event(call, task, form))
            call.record.events_sent += 1
            call.state.journal.touch()
        elif looks % COMMENT_EVERY == 0:
            await response.write(b": \n\n")
        if task.is_over:
            if form == "task":
                await response.write(b"data: [DONE]\n\n")
            return True
        await asyncio.sleep(min(LOOK_EVERY_S, call.state.tasks.seconds_to_change(task)))


def _event(call: Call, task: Task, form: str) -> bytes:
    document = queried(task, call.state.dialects, call.asset_origin)
    match form:
        case "task":
            return b": a change\ndata: " + encode({"task": document}) + b"\n\n"
        case "data":
            return b"data: " + encode({"data": document}) + b"\n\n"
    name = status_word(task, call.state.dialects) if task.is_over else "status"
    return f"event: {name}\ndata: ".encode() + encode(document) + b"\n\n"
