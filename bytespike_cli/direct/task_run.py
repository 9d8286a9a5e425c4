"""A task from the journal to a file: submitted once, waited for, fetched; from any point on.

The journal is written before the gateway is asked, so that whoever comes next (after a crash, a
closed laptop, in another terminal) goes on where this process stopped, and pays nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli import errors
from bytespike_cli.direct.results import OnProgress, Saving, save
from bytespike_cli.direct.target import Target
from bytespike_cli.gateway.download import ExpiredError
from bytespike_cli.gateway.tasks import TaskNotFound, Tasks
from bytespike_cli.journal.record import PREPARED, REFUSED, SENDING, Record
from bytespike_cli.wire.cadence import poll_delay_s
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.quota import duration
from bytespike_cli.wire.submission import Submission
from bytespike_cli.wire.task_state import Task, TaskState
from bytespike_cli.wire.tasks import SubmitForm

if TYPE_CHECKING:
    from bytespike_cli.context import Environment
    from bytespike_cli.gateway import Gateway
    from bytespike_cli.journal.store import Journal

RESUBMIT_S = 24 * 3600.0
"""How long an out_task_id is trusted to be remembered (how long it is, no page says)."""
PATIENCE_S = 120.0
"""How long the gateway may be gone, or overloaded, while a task is waited for: asking is free."""

_FOR_GOOD = (errors.RequestError, errors.UnknownModelError, errors.PermissionDeniedError)
_FOR_NOW = (errors.AuthenticationError, errors.QuotaError, errors.RateLimitedError)


class TaskRun:
    """Works on the tasks of one gateway and key.

    `warn` is given a sentence for what the user should know, `on_state` each record that is new.
    Every error that leaves a task to go on with says how.
    """

    def __init__(
        self,
        env: Environment,
        journal: Journal,
        gateway: Gateway,
        *,
        warn: Callable[[str], None] = lambda _: None,
        on_state: Callable[[Record], None] = lambda _: None,
    ) -> None:
        self._env = env
        self._journal = journal
        self._tasks = Tasks(gateway)
        self._warn = warn
        self._on_state = on_state
        self._journal_failed = False

    def submit(self, record: Record, catalogue: Sequence[str] | None = None) -> Record:
        """Submit a task that is in the journal, or find out what became of an earlier attempt.

        Return it as the gateway has it. Raises the error tree; TaskError where it is not known
        whether it was accepted, and to ask again might pay twice.
        """
        with resumable(record):
            if record.state == SENDING:
                found = self._find_sent(record)
                if found is not None:
                    return self._note(record, found)
            return self._note(*self._submit(record, catalogue))

    def look(self, record: Record) -> tuple[Record, Task]:
        """Ask the gateway for a task; note and return what it says. Raises TaskNotFound."""
        task = self._tasks.query(
            task_id=record.task_id,
            out_task_id="" if record.task_id else record.out_task_id,
            surface=record.surface,
        )
        return self._note(record, task), task

    def wait(self, record: Record, *, timeout_s: float) -> tuple[Record, Task]:
        """Return a task when it has ended, however it ended.

        Follows its stream, and asks where there is none. Raises NetworkError after `timeout_s`, or
        when the gateway was not to be reached for too long; the task goes on meanwhile.
        """
        with resumable(record):
            until = self._env.monotonic() + timeout_s
            if record.surface is Surface.TASKS and record.task_id:
                for told in self._tasks.states(record.task_id):
                    if told is not None:
                        record = self._note(record, told)
                        if told.state.is_final:
                            break
                    if self._env.monotonic() >= until:
                        break
            return self._ask_until(record, until, timeout_s)

    def cancel(self, record: Record) -> tuple[Record, Task]:
        """Cancel a task; return it in the state that it is in then (it may have ended before)."""
        if record.surface is Surface.VIDEOS:
            raise errors.TaskError(
                "This task was submitted to /v1/videos, which has no way to cancel.",
                fix=f"let it end: bytespike tasks wait {record.short_id}",
            )
        task = self._tasks.cancel(
            task_id=record.task_id, out_task_id="" if record.task_id else record.out_task_id
        )
        return self._note(record, task), task

    def collect(
        self,
        record: Record,
        task: Task | None,
        target: Target,
        *,
        force: bool = False,
        on_progress: OnProgress = lambda _done, _total: None,
    ) -> Record:
        """Fetch the results of a completed task; return the record with its files.

        `task` is what the gateway said last, None to ask it. An address that has expired is asked
        for anew, once. Raises TaskError for one that stays so, and the errors of `save`.
        """
        with resumable(record, "download"):
            fresh = task is None
            for _ in range(2):
                if task is None or not task.media:
                    record, task = self._look_again(record)
                if not task.media:
                    raise errors.ProtocolError(
                        "The task is completed, and the gateway names no result.", fix=""
                    )
                saving = Saving(
                    target,
                    record.prompt,
                    record.kind,
                    record.out_task_id,
                    self._env.variables,
                    pause=self._env.sleep,
                    force=force,
                    etag=record.etag,
                    on_version=self._version_noter(record),
                    on_progress=on_progress,
                )
                try:
                    paths = save(task.media, saving)
                except ExpiredError as expired:
                    if fresh:
                        self._journaled(self._journal.expired, record.out_task_id, expired.cause)
                        raise
                    task, fresh = None, True
                else:
                    return self._saved(record, paths)
            raise AssertionError("the second attempt returns or raises")

    def _submit(self, record: Record, catalogue: Sequence[str] | None) -> tuple[Record, Task]:
        submission = Submission(
            record.model,
            lambda surface: record.params.get(surface.value, {}),
            record.out_task_id,
            catalogue=catalogue,
            form=SubmitForm(record.form),
            slug=record.slug,
            may_change=not record.pinned,
        )
        try:
            task = self._tasks.submit(submission, lambda attempt: self._sending(record, attempt))
        except _FOR_GOOD as refused:
            self._journaled(self._journal.refused, record.out_task_id, _said(refused))
            raise
        except errors.BytespikeError as failed:
            if isinstance(failed, _FOR_NOW) or not failed.arrived:
                self._journaled(
                    self._journal.refused, record.out_task_id, _said(failed), state=PREPARED
                )
            raise
        return replace(record, form=submission.form.value, slug=submission.slug), task

    def _sending(self, record: Record, attempt: Submission) -> None:
        ours = self._journal.sending(record.out_task_id, form=attempt.form.value, slug=attempt.slug)
        if not ours:
            raise _unknown(record)

    def _find_sent(self, record: Record) -> Task | None:
        """Return the task of a submit that got no answer; None when it has to be sent again."""
        if not SubmitForm(record.form).is_idempotent:
            raise _unknown(record)
        try:
            return self._tasks.query(out_task_id=record.out_task_id)
        except (TaskNotFound, errors.RequestError):
            pass
        age_s = self._env.now() - (record.sent_at or record.created_at)
        if age_s > RESUBMIT_S:
            words = f"It was sent {duration(age_s)} ago, and the gateway does not know it."
            self._journaled(self._journal.expired, record.out_task_id, words)
            raise errors.TaskError(words, fix="submit it anew")
        return None

    def _ask_until(self, record: Record, until: float, timeout_s: float) -> tuple[Record, Task]:
        last_word = self._env.monotonic()
        while True:
            try:
                record, task = self._look_again(record)
                last_word = self._env.monotonic()
                if task.state.is_final:
                    return record, task
            except (errors.NetworkError, errors.GatewayError) as unreachable:
                if self._env.monotonic() - last_word > PATIENCE_S:
                    raise
                self._warn(f"{unreachable.cause} Still trying.")
            if self._env.monotonic() >= until:
                raise errors.NetworkError(
                    f"The task is not done after {duration(timeout_s)}; it goes on at the gateway."
                )
            elapsed_s = self._env.now() - (record.sent_at or record.created_at)
            pause_s = poll_delay_s(
                max(0.0, elapsed_s),
                model=record.slug or record.model,
                surface=record.surface,
                estimate_s=record.estimate_s,
            )
            self._env.sleep(min(pause_s, max(0.0, until - self._env.monotonic())))

    def _look_again(self, record: Record) -> tuple[Record, Task]:
        """Ask for a task that the gateway once had: not to know it any more is an end."""
        try:
            return self.look(record)
        except TaskNotFound as gone:
            self._journaled(self._journal.expired, record.out_task_id, gone.cause)
            raise errors.TaskError(
                "The gateway does not know this task any more.", detail=gone.detail
            ) from None

    def _saved(self, record: Record, paths: list[Path]) -> Record:
        files = [str(path) for path in paths]
        self._journaled(self._journal.saved, record.out_task_id, files)
        return replace(record, files=tuple(files), etag="", updated_at=self._env.now())

    def _version_noter(self, record: Record) -> Callable[[str], None]:
        return lambda etag: self._journaled(self._journal.downloading, record.out_task_id, etag)

    def _note(self, record: Record, task: Task) -> Record:
        seen = record.seen(task)
        if seen != record:
            self._journaled(self._journal.observed, record, task)
            seen = replace(seen, updated_at=self._env.now())
        self._on_state(seen)
        return seen

    def _journaled(self, write: Callable[..., Any], *values: Any, **named: Any) -> None:
        """Write to the journal; when it takes nothing, say so once: the task is worth more."""
        try:
            write(*values, **named)
        except errors.ConfigurationError as full:
            if not self._journal_failed:
                self._journal_failed = True
                ids = " or ".join(
                    str(value.task_id) for value in values[:1] if hasattr(value, "task_id")
                )
                self._warn(full.cause + (f" Keep this id: {ids}" if ids else ""))


def ended_badly(record: Record) -> errors.TaskError | None:
    """Return the error for a task that ended without a result, or None for any other."""
    words = {
        TaskState.FAILED.value: "The task failed; failed tasks are not billed.",
        TaskState.CANCELLED.value: "The task was cancelled.",
        TaskState.EXPIRED.value: "The task has expired: the gateway has its result no more.",
        REFUSED: "The gateway refused this task when it was submitted; nothing is billed.",
    }
    if record.state not in words:
        return None
    fix = "change what it says, and submit it anew" if record.state == REFUSED else ""
    return errors.TaskError(words[record.state], fix=fix, detail=record.message)


@contextmanager
def resumable(record: Record, command: str = "wait") -> Iterator[None]:
    """Have an error say how to go on with a task, where there is a task to go on with."""
    try:
        yield
    except _FOR_GOOD:
        raise
    except errors.TaskError:
        raise
    except errors.BytespikeError as failed:
        way = f"the task is kept: bytespike tasks {command} {record.short_id}"
        failed.fix = f"{failed.fix}; {way}" if failed.fix else way
        raise


def _unknown(record: Record) -> errors.TaskError:
    return errors.TaskError(
        "Nobody knows whether the gateway took this task: the connection broke while it was sent, "
        "and /v1/videos has no way to ask. It is not sent again, because it may have been billed.",
        fix="look at https://console.bytespike.ai/usage, then submit it anew",
        detail=f"sent as {record.out_task_id}",
    )


def _said(refused: errors.BytespikeError) -> str:
    return f"{refused.cause} {refused.detail}".strip()
