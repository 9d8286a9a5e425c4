"""`bytespike tasks`: every task that was submitted from here, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.media_options import (
    extra_option,
    max_cost_option,
    output_options,
    read_extra,
    read_prompt,
    timeout_option,
)
from bytespike_cli.cli.options import CREDENTIAL, SELECTING, Group, complete_tasks, json_option
from bytespike_cli.cli.prompts import confirm
from bytespike_cli.errors import BytespikeError, TaskError
from bytespike_cli.wire.money import usd

if TYPE_CHECKING:
    from bytespike_cli.cli.task_flow import Session
    from bytespike_cli.journal.record import Record
    from bytespike_cli.journal.store import Journal

SHOWN = 20
PROMPT_WIDTH = 30

id_argument = click.argument("task_id", metavar="ID", shell_complete=complete_tasks)


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  bytespike tasks list
  bytespike tasks wait bsp-3f9c            # any unique beginning of an id
  bytespike tasks submit -m veo-3.1 "fog" -p duration_seconds=6
  bytespike tasks cancel bsp-3f9c""",
)
def tasks() -> None:
    """Submit, follow and fetch what is made at the gateway: videos, and images with --async.

    Every task is written down here before it is sent, so that none is lost and none is paid twice.
    """


@tasks.command("list")
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True, metavar="N",
    help="The newest N.",
)  # fmt: skip
@click.option("--all", "all_", is_flag=True, help="All of them.")
@click.option("--unfinished", is_flag=True, help="Only those that have not ended.")
@json_option
def list_(limit: int, all_: bool, unfinished: bool) -> None:
    """List the tasks of this machine, the newest first, as they were last seen. Asks nobody."""
    app = current_app()
    with _journal(app) as journal:
        records = journal.latest(-1 if all_ else limit, unfinished=unfinished)
    if app.flags.json:
        app.render.data({"tasks": [record.document() for record in records]})
    elif records:
        app.render.table(
            ("ID", "STATE", "MODEL", "AGE", "COST", "PROMPT"),
            [_row(record, app.env.now()) for record in records],
        )
    else:
        app.render.say('No task yet: bytespike video "fog over a lake"')


@tasks.command(selects=SELECTING)
@click.argument("prompt", nargs=-1)
@extra_option
@click.option(
    "--surface", type=click.Choice(["auto", "tasks", "videos"]), default="auto",
    help="The API: /v1/tasks, /v1/videos, or (auto) the first that is there.",
)  # fmt: skip
@click.option(
    "--out-task-id", metavar="ID", default="",
    help="An id of yours: the same one again is the same task, and is paid once.",
)  # fmt: skip
@max_cost_option
@json_option
def submit(
    prompt: tuple[str, ...],
    extra: tuple[str, ...],
    surface: str,
    out_task_id: str,
    max_cost: float | None,
) -> int:
    """Submit a task with PROMPT and exactly the parameters given with -p; print its id.

    `bytespike video` and `bytespike image --async` know the parameters by name.
    """
    from bytespike_cli.cli import task_flow
    from bytespike_cli.cli.media_model import choose
    from bytespike_cli.direct.connect import connect
    from bytespike_cli.wire.media_slug import Kind, Surface, kind_of

    app = current_app()
    words = read_prompt(prompt)
    params = {"prompt": words, **read_extra(extra)}
    named = kind_of(app.settings.model) if app.settings.model else None
    wanted = Surface.VIDEOS if surface == "videos" else Surface.TASKS
    with connect(app.env, app.settings) as connection:
        choice = choose(app, connection, named or Kind.VIDEO, wanted)
        with task_flow.session(app, connection) as found:
            record = task_flow.new_record(
                app,
                connection,
                found.journal,
                kind=kind_of(choice.model) or "",
                model=choice.model,
                prompt=words,
                params=dict.fromkeys((Surface.TASKS, Surface.VIDEOS), params),
                target=None,
                surface=surface,
                out_task_id=out_task_id,
            )
            try:
                record = task_flow.submit_once(found, record, choice.catalogue, max_cost)
            except (task_flow.Detached, KeyboardInterrupt) as leaving:
                kept = found.journal.get(record.out_task_id) or record
                return task_flow.left(app, getattr(leaving, "record", kept))
        return task_flow.submitted(app, record)


@tasks.command(selects=CREDENTIAL)
@id_argument
@json_option
def show(task_id: str) -> None:
    """Show a task; the gateway is asked for its state, free of charge, unless it has ended."""
    app = current_app()
    with _working_on(app, task_id) as (found, record):
        if record.is_accepted and not record.is_final:
            record, _ = found.run.look(record)
        found.screen.close()
        _print(app, record)


@tasks.command(selects=CREDENTIAL)
@id_argument
@output_options
@timeout_option
@json_option
def wait(task_id: str, output: str | None, force: bool, timeout_s: float) -> int:
    """Wait for a task, and save its results; whatever became of the command that submitted it.

    A task that may not have been submitted is looked for, and submitted if it is not there. Status
    12: it failed, was cancelled, or is there no more.
    """
    return _to_files(current_app(), task_id, output, force=force, timeout_s=timeout_s)


@tasks.command(selects=CREDENTIAL)
@id_argument
@output_options
@json_option
def download(task_id: str, output: str | None, force: bool) -> int:
    """Save the results of a completed task, again or somewhere else.

    The gateway keeps results for 24 hours.
    """
    return _to_files(current_app(), task_id, output, force=force, timeout_s=None)


@tasks.command(selects=CREDENTIAL)
@id_argument
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@json_option
def cancel(task_id: str, yes: bool) -> None:
    """Cancel a task. One that runs already may be billed for what was made of it."""
    app = current_app()
    with _working_on(app, task_id) as (found, record):
        if not record.is_final:
            record = _cancel(app, found, record, yes=yes)
        found.screen.close()
        if app.flags.json:
            app.render.data(record.document())
            return
        cost = f" It cost {usd(record.cost_usd)}." if record.cost_usd else ""
        app.render.say(f"{record.short_id} is {record.state}.{cost}")


def _cancel(app: App, found: Session, record: Record, *, yes: bool) -> Record:
    if not record.is_accepted and record.sent_at is None:
        found.journal.refused(record.out_task_id, "cancelled before it was sent", state="cancelled")
        return found.journal.get(record.out_task_id) or record
    record, _ = found.run.look(record)
    found.screen.close()
    if record.is_final:
        return record
    if record.state != "pending":
        app.render.warn("This task runs already; what was made of it may be billed.")
        if not yes and app.may_ask and not confirm(app, "Cancel it?"):
            raise BytespikeError("Nothing was cancelled.")
    return found.run.cancel(record)[0]


def _to_files(
    app: App, task_id: str, output: str | None, *, force: bool, timeout_s: float | None
) -> int:
    from bytespike_cli.cli import task_flow

    with _working_on(app, task_id) as (found, record):
        if timeout_s is not None and task_flow.saved_already(record, output):
            return task_flow.shown(app, record)
        target = task_flow.target_of(app, record, output, force=force)
        try:
            if timeout_s is None and record.is_accepted and not record.is_final:
                record, _ = found.run.look(record)
            if timeout_s is None and not (record.is_accepted and record.is_final):
                raise TaskError(
                    f"There is nothing to download yet: the task is {record.state}.",
                    fix=f"bytespike tasks wait {record.short_id}",
                )
            if timeout_s is not None:
                record = task_flow.submit_once(found, record, None)
            record = task_flow.finish(
                found, record, target, timeout_s=timeout_s or 0.0, force=force
            )
        except (task_flow.Detached, KeyboardInterrupt) as leaving:
            found.screen.close()
            kept = found.journal.get(record.out_task_id) or record
            return task_flow.left(app, getattr(leaving, "record", kept))
        found.screen.close()
        return task_flow.shown(app, record)


@contextmanager
def _journal(app: App) -> Iterator[Journal]:
    from bytespike_cli.journal.store import Journal

    with Journal(app.env) as journal:
        yield journal


@contextmanager
def _working_on(app: App, typed: str) -> Iterator[tuple[Session, Record]]:
    """Find a task by what is typed, here or (by a whole id) at the gateway."""
    from bytespike_cli.cli import task_flow
    from bytespike_cli.direct.connect import connect

    with _journal(app) as journal:
        record = journal.find(typed)
    if record is not None:
        with (
            task_flow.connect_for(app, record) as connection,
            task_flow.session(app, connection) as found,
        ):
            yield found, record
        return
    with connect(app.env, app.settings) as connection, task_flow.session(app, connection) as found:
        yield found, task_flow.adopt(found, connection, typed)


def _row(record: Record, now: float) -> tuple[str, ...]:
    from bytespike_cli.wire.quota import duration

    prompt = " ".join(record.prompt.split())
    if len(prompt) > PROMPT_WIDTH:
        prompt = prompt[: PROMPT_WIDTH - 1] + "…"
    cost = usd(record.cost_usd) if record.cost_usd else ""
    if not cost and record.estimate_usd and not record.is_final:
        cost = f"~{usd(record.estimate_usd)}"
    age = duration(now - record.created_at)
    return record.short_id, record.state, record.slug or record.model, age, cost, prompt


def _print(app: App, record: Record) -> None:
    from bytespike_cli.wire.quota import duration

    if app.flags.json:
        app.render.data(record.document())
        return
    facts = {
        "id": record.out_task_id,
        "task": record.task_id,
        "state": record.state,
        "why": record.message,
        "model": record.slug or record.model,
        "prompt": record.prompt,
        "key": f"{record.key} at {record.origin}",
        "age": duration(app.env.now() - record.created_at),
        "estimate": usd(record.estimate_usd) if record.estimate_usd else "",
        "cost": usd(record.cost_usd) if record.cost_usd else "",
        "files": "\n          ".join(record.files),
    }
    for name, value in facts.items():
        if value:
            app.render.out(f"{name:<9} {value}")
