"""From a task to a file, as a user sees it: shared by `video`, `image --async` and `tasks`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.cli.interrupts import finishing
from bytespike_cli.cli.media_cost import keeps_estimate
from bytespike_cli.cli.media_options import path_words, size_words
from bytespike_cli.cli.task_screen import TaskScreen
from bytespike_cli.direct.target import Target
from bytespike_cli.errors import (
    ConfigurationError,
    QuotaError,
    RequestError,
    TaskError,
    UsageError,
)
from bytespike_cli.journal.record import Record, new_id
from bytespike_cli.journal.store import Journal
from bytespike_cli.status import ExitStatus
from bytespike_cli.wire.media_slug import Surface
from bytespike_cli.wire.money import usd
from bytespike_cli.wire.task_state import TaskState
from bytespike_cli.wire.tasks import MAX_BODY_BYTES, SubmitForm, submit

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.direct.connect import Connection
    from bytespike_cli.direct.task_run import TaskRun


@dataclass(frozen=True, slots=True)
class Session:
    """A journal, a gateway, and what is seen of the work on a task."""

    app: App
    journal: Journal
    run: TaskRun
    screen: TaskScreen


@contextmanager
def session(app: App, connection: Connection) -> Iterator[Session]:
    """Open what the work on tasks needs."""
    from bytespike_cli.direct.task_run import TaskRun

    with Journal(app.env) as journal, TaskScreen(app) as screen:
        run = TaskRun(app.env, journal, connection.gateway, warn=screen.warn, on_state=screen.state)
        connection.notify = screen.warn if app.flags.verbose else lambda _: None
        yield Session(app, journal, run, screen)


def connect_for(app: App, record: Record) -> Connection:
    """Return the connection with the key that a task was submitted with.

    A key that is named by a flag or variable comes first. Raises ConfigurationError where the
    gateway is another: no key is sent there.
    """
    from bytespike_cli.config.credential import choose_key, open_key
    from bytespike_cli.config.keystore import KeyStore
    from bytespike_cli.config.settings import Level
    from bytespike_cli.direct.connect import Connection

    named = app.settings.origin_of("key").level in (Level.FLAG, Level.ENVIRONMENT)
    stored = None if named else next(
        (key for key in KeyStore(app.env).keys() if key.name == record.key), None  # noqa: SIM118
    )  # fmt: skip
    key = stored or choose_key(app.env, app.settings)
    if key.origin != record.origin:
        raise ConfigurationError(
            f"This task is at {record.origin}, and the key '{key.name}' is for {key.origin}.",
            fix=f"use the key that it was submitted with: --key {record.key}",
        )
    return Connection(app.env, app.settings, open_key(app.env, key))


def new_record(
    app: App,
    connection: Connection,
    journal: Journal,
    *,
    kind: str,
    model: str,
    prompt: str,
    params: Mapping[Surface, Mapping[str, Any]],
    target: Target | None,
    surface: str = "auto",
    out_task_id: str = "",
) -> Record:
    """Return a task that is in the journal, and not sent.

    Raises UsageError for a request that no gateway takes, or an id that is another task's;
    ConfigurationError where the journal cannot be written: then nothing is sent.
    """
    origin = connection.credential.origin
    form = SubmitForm.VIDEOS if surface == Surface.VIDEOS else _last_form(journal, origin)
    record = Record(
        out_task_id=out_task_id or new_id(),
        kind=kind,
        model=model,
        key=connection.credential.name,
        origin=origin,
        prompt=prompt,
        created_at=app.env.now(),
        form=form.value,
        pinned=surface != "auto" or kind != "video",
        params={name.value: dict(values) for name, values in params.items()},
        target=target.text if target else "",
    )
    for name, values in params.items():
        content = submit(form, model, values, record.out_task_id).content or b""
        if len(content) > MAX_BODY_BYTES:
            raise UsageError(
                f"The request is too large: {len(content) / 2**20:.1f} MiB of at most 1 MiB.",
                fix="give a smaller picture, or its URL",
                detail=f"surface: {name}",
            )
    if not journal.add(record):
        known = journal.get(record.out_task_id)
        if known is None or (known.model, known.prompt) != (model, prompt):
            raise UsageError(
                f"'{record.out_task_id}' is another task's id.", fix="use another --out-task-id"
            )
        return known
    return record


def adopt(found: Session, connection: Connection, typed: str) -> Record:
    """Return a task that the journal does not know, by a whole id, and write it down.

    Raises TaskError where the gateway does not know it either.
    """
    from bytespike_cli.gateway.tasks import TaskNotFound

    blank = Record(
        out_task_id=typed,
        kind="",
        model="",
        key=connection.credential.name,
        origin=connection.credential.origin,
        prompt="",
        created_at=found.app.env.now(),
        state=TaskState.UNKNOWN.value,
    )
    for record in (replace(blank, task_id=typed), blank):
        try:
            seen, _ = found.run.look(record)
        except (TaskNotFound, RequestError):
            continue
        found.journal.add(seen)
        return seen
    raise TaskError(
        f"Neither the journal nor the gateway knows a task '{typed}'.", fix="bytespike tasks list"
    )


def submit_once(
    found: Session, record: Record, catalogue: Sequence[str] | None, max_cost: float | None = None
) -> Record:
    """Submit a task; the first Ctrl-C waits for the answer, so that the task is known.

    Raises KeyboardInterrupt after it, QuotaError for an estimate above `max_cost` (the task is
    cancelled: that is free before it runs).
    """
    if record.is_accepted or record.is_final:
        return record
    say = found.app.render.say
    with finishing(lambda: say("\nSubmitting; a moment. Ctrl-C again leaves at once.")) as pending:
        record = found.run.submit(record, catalogue)
    found.screen.close()
    if not keeps_estimate(found.app, record.estimate_usd, max_cost):
        cancelled, _ = found.run.cancel(record)
        cost = usd(cancelled.cost_usd) if cancelled.cost_usd else "nothing"
        raise QuotaError(
            f"The task is {cancelled.state}: the gateway's estimate is above --max-cost. "
            f"It cost {cost}.",
            fix="raise --max-cost, or ask for less",
        )
    if pending.pressed:
        raise Detached(record)
    return record


class Detached(Exception):
    """The user left a task that goes on."""

    def __init__(self, record: Record) -> None:
        super().__init__(record.out_task_id)
        self.record = record


def finish(
    found: Session, record: Record, target: Target, *, timeout_s: float, force: bool = False
) -> Record:
    """Wait for a task that is submitted, and fetch its results. Raises Detached at Ctrl-C."""
    from bytespike_cli.direct.task_run import ended_badly

    try:
        task = None
        if not record.is_final:
            record, task = found.run.wait(record, timeout_s=timeout_s)
        failure = ended_badly(record)
        if failure is not None:
            found.screen.close()
            raise failure
        return found.run.collect(
            record, task, target, force=force, on_progress=found.screen.download
        )
    except KeyboardInterrupt:
        found.screen.close()
        kept = found.journal.get(record.out_task_id)
        raise Detached(kept or record) from None


def shown(app: App, record: Record) -> int:
    """Print a task that has its files: paths to stdout, the rest to stderr."""
    if app.flags.json:
        app.render.data(record.document())
        return ExitStatus.OK
    for name in record.files:
        app.render.out(path_words(Path(name), app.env.cwd))
    facts = [size_words(sum(Path(name).stat().st_size for name in record.files))]
    if record.cost_usd:
        facts.append(f"{usd(record.cost_usd)} used")
    facts.append(record.slug or record.model)
    app.render.say(" · ".join(facts))
    return ExitStatus.OK


def left(app: App, record: Record) -> int:
    """Say how to come back to a task that the user left; return the status."""
    if app.flags.json:
        app.render.data(record.document())
    if record.is_accepted:
        words = "Left. The task goes on at the gateway." if not record.is_final else "Left."
    else:
        words = "Left. The gateway may have the task, or not; to find out is free of charge."
    app.render.say(
        f"\n{words}\n  go on:  bytespike tasks wait {record.short_id}"
        + ("" if record.is_final else f"\n  cancel: bytespike tasks cancel {record.short_id}")
    )
    return ExitStatus.INTERRUPTED


def submitted(app: App, record: Record) -> int:
    """Print a task that is not waited for."""
    if app.flags.json:
        app.render.data(record.document())
    else:
        app.render.out(record.out_task_id)
        app.render.say(f"go on: bytespike tasks wait {record.short_id}")
    return ExitStatus.OK


def saved_already(record: Record, output: str | None) -> bool:
    """Return whether the results are where they were saved, and no other place is asked for."""
    return not output and bool(record.files) and all(Path(name).is_file() for name in record.files)


def target_of(app: App, record: Record, output: str | None, *, force: bool = False) -> Target:
    """Return where to save: what is asked for now, else at the submit. Raises UsageError.

    A file that has appeared at the latter since then is no reason to lose a result: it gets another
    name.
    """
    target = Target.parse(output or record.target or None, app.env.cwd)
    if not output and target.name and not force:
        replace(target, name="").check()
        return target
    target.check(force=force)
    return target


def _last_form(journal: Journal, origin: str) -> SubmitForm:
    """Return the form of /v1/tasks that this gateway took last."""
    last = journal.last_form(origin)
    return SubmitForm.FLAT if last == SubmitForm.FLAT else SubmitForm.NESTED
