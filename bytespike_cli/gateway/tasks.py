"""Tasks at the gateway: submit, ask, follow, cancel; in whichever dialect it speaks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from bytespike_cli import errors
from bytespike_cli.gateway.client import Gateway
from bytespike_cli.gateway.failures import Refused, mapped, refusals_raised, unexpected
from bytespike_cli.gateway.request import Request
from bytespike_cli.wire import tasks
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.json_stream import StreamTooLarge
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.sse import BlockSplitter, is_done, parse_block
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import Task, read_task
from bytespike_cli.wire.tasks import CancelForm, QueryForm

TIMEOUT_S = 60.0
"""Longest silence: these calls return in milliseconds (contract.md 3.10)."""
STREAM_SILENCE_S = 30.0
"""After so long without a byte a stream of states is given up; keep-alives are not documented."""


class TaskNotFound(errors.TaskError):
    """The gateway knows no task with this id."""


class Tasks:
    """The tasks of one key. Remembers which dialect was understood."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._query_form = QueryForm.POST
        self._cancel_form = CancelForm.PATH

    def submit(
        self, submission: Submission, before: Callable[[Submission], None] = lambda _: None
    ) -> Task:
        """Submit a task, and return it as accepted; `before` is called before every attempt.

        An id that the gateway has already is no failure: its task is the one. Raises the error tree
        for the refusal that tells most. After NetworkError, GatewayError and ProtocolError the task
        may be there all the same, unless `arrived` of the error says otherwise.
        """
        while True:
            before(submission)
            form = submission.form
            request = Request.of(
                submission.call,
                repeatable=form.is_idempotent,
                once=not form.is_idempotent,
                timeout_s=TIMEOUT_S,
            )
            try:
                return self._task_of(request)
            except Refused as refused:
                if refused.failure.cause is Cause.DUPLICATE_TASK and form.is_idempotent:
                    return self._existing(submission.out_task_id, refused)
                if not submission.refused(refused.failure):
                    failure = submission.failure or refused.failure
                    raise Refused(failure, refused.identity).as_error() from None

    def query(
        self, *, task_id: str = "", out_task_id: str = "", surface: Surface = Surface.TASKS
    ) -> Task:
        """Ask for a task by one id: free (contract.md 3.11). Raises TaskNotFound."""
        with refusals_raised():
            form = QueryForm.VIDEOS if surface is Surface.VIDEOS else self._query_form
            while True:
                call = tasks.query(form, task_id=task_id, out_task_id=out_task_id)
                try:
                    task = self._known(call)
                except Refused as refused:
                    then = tasks.next_query(form, refused.failure)
                    if then is None or (then is QueryForm.VIDEOS and not task_id):
                        raise
                    form = then
                else:
                    if form is not QueryForm.VIDEOS:
                        self._query_form = form
                    return task

    def cancel(self, *, task_id: str = "", out_task_id: str = "") -> Task:
        """Cancel a task, and return its state; one that has ended stays as it is (3.12).

        Raises TaskNotFound and the error tree.
        """
        with refusals_raised():
            form = self._cancel_form if task_id else CancelForm.BODY
            while True:
                call = tasks.cancel(form, task_id=task_id, out_task_id=out_task_id)
                try:
                    task = self._known(call)
                except Refused as refused:
                    then = tasks.next_cancel(form, refused.failure)
                    if then is None:
                        raise
                    form = then
                else:
                    self._cancel_form = form if task_id else self._cancel_form
                    return task

    def states(self, task_id: str) -> Iterator[Task | None]:
        """Yield a task each time that the gateway tells of it, None for each sign of life.

        Ends with the stream, which may be before the task does, and at once where the gateway has
        none (contract.md 3.13): whatever is wrong with it, asking (`query`) tells.
        """
        request = Request.of(
            tasks.stream(task_id), streamed=True, once=True, timeout_s=STREAM_SILENCE_S
        )
        try:
            response = self._gateway.send(request)
        except (Refused, errors.BytespikeError):
            return
        try:
            if "text/event-stream" in response.headers.get("content-type", ""):
                yield from _states(response)
        except (httpx.HTTPError, httpx.StreamError, StreamTooLarge):
            return
        finally:
            response.close()

    def _known(self, call: tasks.Call) -> Task:
        """Return a task that is asked for or cancelled. Raises TaskNotFound, Refused."""
        try:
            return self._task_of(Request.of(call, repeatable=True, timeout_s=TIMEOUT_S))
        except Refused as refused:
            if refused.failure.cause is Cause.TASK_NOT_FOUND:
                raise not_found(refused) from None
            raise

    def _task_of(self, request: Request) -> Task:
        response = self._gateway.send(request)
        with mapped(self._gateway.origin):
            response.read()
        response.close()
        document = _json(response)
        task = read_task(document)
        if task is not None and (task.task_id or task.status):
            return task
        self._gateway.refuse_error_inside(document, response)
        raise unexpected(response.headers, response.content, self._gateway.origin, what="a task")

    def _existing(self, out_task_id: str, refused: Refused) -> Task:
        """Return the task that has our id. Not being told what it is refuses nothing."""
        try:
            return self.query(out_task_id=out_task_id)
        except (TaskNotFound, errors.RequestError):
            raise refused.as_error() from None
        except errors.BytespikeError as silent:
            silent.arrived = True
            raise


def not_found(refused: Refused) -> TaskNotFound:
    """Return the error for a task that the gateway does not know."""
    return TaskNotFound(refused.failure.sentence, fix=refused.failure.fix, detail=refused.seen)


def _states(response: httpx.Response) -> Iterator[Task | None]:
    splitter = BlockSplitter()
    for data in response.iter_bytes():
        yield None
        for block in splitter.feed(data):
            task = _task_in(block)
            if task is not None:
                yield task
    task = _task_in(splitter.close())
    if task is not None:
        yield task


def _task_in(block: bytes) -> Task | None:
    event = parse_block(block)
    if event is None or is_done(event.data):
        return None
    try:
        return read_task(json.loads(event.data))
    except (ValueError, RecursionError):
        return None


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None
