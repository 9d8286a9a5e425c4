"""Tasks at the gateway, as the shim submits and asks for them: in whichever dialect it speaks."""

from __future__ import annotations

import asyncio
import contextlib
import json

import aiohttp

from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.journal.record import Record, new_id
from bytespike_cli.shim.headers import lower_case
from bytespike_cli.shim.record import current
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Sleep, Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire import tasks
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.classify import classify
from bytespike_cli.wire.handles import Handle
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.parsed_error import parse_error
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import Task, read_task
from bytespike_cli.wire.tasks import QueryForm, SubmitForm

ATTEMPTS = 3
"""How often a submit that got no answer is sent: with the same out_task_id, and only with one."""
PAUSE_S = 0.2
NO_TASK = "The gateway's answer describes no task."
UNKNOWN_OUTCOME = (
    " Whether it took the request is not known, and /v1/videos has no way to ask: look at "
    "https://console.bytespike.ai/usage before you send it again."
)


class TaskCalls:
    """Submits and asks. Remembers which dialect was understood, and writes the journal."""

    def __init__(
        self, settings: ShimSettings, upstream: Upstream, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._settings = settings
        self._upstream = upstream
        self._sleep = sleep
        self._journal = settings.open_journal() if settings.open_journal else None
        self._query_form = QueryForm.POST
        self.submit_form = SubmitForm.NESTED

    def prepare(self, record: Record) -> None:
        """Write a task into the journal. That the journal takes nothing stops no task here."""
        if self._journal is not None:
            with contextlib.suppress(ConfigurationError):
                self._journal.add(record)

    def new_record(self, kind: str, model: str, prompt: str) -> Record:
        """Return the journal's row for a task that is to be submitted."""
        return Record(
            new_id(),
            kind=kind,
            model=model,
            key=self._settings.key_name,
            origin=self._settings.origin,
            prompt=prompt,
            created_at=self._settings.now(),
        )

    async def submit(self, record: Record, submission: Submission) -> tuple[Handle, Task]:
        """Submit a task once, however often that has to be tried.

        Raises Refused for the refusal that tells most, Unreachable without an answer.
        """
        while True:
            form = submission.form
            self._journal_sending(record, submission)
            try:
                task = await self._submit_once(submission)
            except Refused as refused:
                if refused.failure.cause is Cause.DUPLICATE_TASK and form.is_idempotent:
                    ours = Handle(Surface.TASKS, out_task_id=record.out_task_id)
                    task = await self.query(ours)
                elif submission.refused(refused.failure):
                    continue
                else:
                    failure = submission.failure or refused.failure
                    self._journal_refused(record, failure.message, sure=failure.http_status < 500)
                    raise Refused(failure, refused.headers) from None
            self.submit_form = form
            self._journal_seen(record, task)
            current().served = submission.slug
            handle = Handle(
                submission.surface,
                self._settings.key_name,
                task.task_id,
                "" if task.task_id else record.out_task_id,
            )
            return handle, task

    async def query(self, handle: Handle) -> Task:
        """Ask for a task, which is free. Raises Refused and Unreachable."""
        form = QueryForm.VIDEOS if handle.surface is Surface.VIDEOS else self._query_form
        while True:
            call = tasks.query(form, task_id=handle.task_id, out_task_id=handle.out_task_id)
            try:
                task = await self.send(call)
            except Refused as refused:
                then = tasks.next_query(form, refused.failure)
                if then is None or then is QueryForm.VIDEOS:
                    raise
                form = then
            else:
                if form is not QueryForm.VIDEOS:
                    self._query_form = form
                self._journal_observed(task)
                return task

    async def _submit_once(self, submission: Submission) -> Task:
        idempotent = submission.form.is_idempotent
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self.send(submission.call, once=not idempotent)
            except Unreachable as silence:
                if not silence.connected:
                    raise
                if not idempotent:
                    raise Unreachable(silence.sentence + UNKNOWN_OUTCOME, connected=True) from None
                if attempt >= ATTEMPTS:
                    raise
                await self._sleep(PAUSE_S * 2**attempt)

    async def send(self, call: tasks.Call, *, once: bool = False) -> Task:
        """Send one request and read the task in its answer. Raises Refused and Unreachable."""
        task = read_task(await self.document(call, once=once))
        if task is None or not (task.task_id or task.status):
            raise Unreachable(NO_TASK, connected=True)
        return task

    async def document(self, call: tasks.Call, *, once: bool = False) -> object:
        """Send one request and return the JSON of its answer. Raises Refused and Unreachable."""
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        if call.content is not None:
            headers["content-type"] = call.content_type
        request = UpstreamRequest(
            call.method, call.path, call.query, headers, call.content, once=once
        )
        try:
            async with self._upstream.send(request) as response:
                current().credits_left(response.headers, before=False)
                body = await response.read()
                document: object = json.loads(body)
        except (aiohttp.ClientError, TimeoutError):
            sentence = "The gateway's answer was cut before its end."
            raise Unreachable(sentence, connected=True) from None
        except ValueError:
            sentence = "The gateway's answer is not JSON."
            raise Unreachable(sentence, connected=True) from None
        if isinstance(document, dict) and read_task(document) is None and "error" in document:
            status = parse_error(body).http_code or 502
            headers = lower_case(response)
            raise Refused(classify(status, body, headers=headers, path=call.path), headers)
        return document

    def _journal_sending(self, record: Record, submission: Submission) -> None:
        if self._journal is not None:
            with contextlib.suppress(ConfigurationError):
                self._journal.sending(
                    record.out_task_id, form=submission.form.value, slug=submission.slug
                )

    def _journal_refused(self, record: Record, message: str, *, sure: bool) -> None:
        if self._journal is not None and sure:
            with contextlib.suppress(ConfigurationError):
                self._journal.refused(record.out_task_id, message)

    def _journal_seen(self, record: Record, task: Task) -> None:
        if self._journal is not None:
            with contextlib.suppress(ConfigurationError):
                self._journal.observed(record, task)

    def _journal_observed(self, task: Task) -> None:
        """Note what is new of a task that may have been submitted by anybody."""
        if self._journal is None or not task.state.is_final:
            return
        with contextlib.suppress(ConfigurationError, UsageError):
            name = task.out_task_id or task.task_id
            record = self._journal.find(name) if name else None
            if record is not None and not record.is_final:
                self._journal.observed(record, task)
