"""`bytespike doctor`: what is wrong, why, and what to do first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import (
    SELECTING,
    Command,
    client_option,
    complete_checks,
    json_option,
)
from bytespike_cli.cli.render import GREEN, RED
from bytespike_cli.errors import UsageError
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.doctor.check import Check
    from bytespike_cli.doctor.verdict import Diagnosis

DEFAULT_TIMEOUT_S = 30.0


@click.command(
    cls=Command,
    selects=SELECTING,
    epilog="""\b
Examples:
  bytespike doctor
  bytespike doctor network key.alive
  bytespike doctor --client gemini-cli --no-billable
  bytespike doctor contract --json""",
)
@click.argument("words", metavar="[CHECK]...", nargs=-1, shell_complete=complete_checks)
@client_option
@click.option("--list", "list_", is_flag=True, help="List the checks and end.")
@click.option("--no-billable", is_flag=True, help="Send nothing that costs anything.")
@click.option("--offline", is_flag=True, help="Only what can be learnt without the network.")
@click.option(
    "--timeout", "timeout_s", metavar="SECONDS", default=DEFAULT_TIMEOUT_S, show_default=True,
    type=click.FloatRange(0.1, 3600), help="End after this time, whatever is still unknown.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Make the safe local repairs, asking before each.")
@click.option("--yes", is_flag=True, help="With --fix: do not ask.")
@click.option("--undo", is_flag=True, help="Undo what --fix has changed, and end.")
@click.option("--report", "report_", is_flag=True, help="Print a report for a ticket (Markdown).")
@json_option
def doctor(
    words: tuple[str, ...],
    client: str | None,
    list_: bool,
    no_billable: bool,
    offline: bool,
    timeout_s: float,
    fix: bool,
    yes: bool,
    undo: bool,
    report_: bool,
) -> int:
    """Find out what is wrong, name its cause, and say what to do first.

    CHECK is a family (network, key, stream …), an id, or the beginning of one. At most one request
    of a few tokens is billed. Status 1 when there is an error, or something could not be learnt.

    `doctor contract` shows what the gateway does where its own pages contradict each other.
    """
    from bytespike_cli.cli.doctor_contract import WORD, run_contract
    from bytespike_cli.cli.doctor_screen import screen_for
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.doctor.registry import all_checks, select
    from bytespike_cli.doctor.runner import run
    from bytespike_cli.doctor.verdict import diagnose

    app = current_app()
    _refuse_nonsense(app, fix=fix, yes=yes, report=report_)
    if undo:
        _undo(app)
        return ExitStatus.OK
    if list_:
        _list(app, all_checks())
        return ExitStatus.OK
    if client:
        from bytespike_cli.launch.registry import find

        client = find(client).name
    case = Case(
        app.env,
        lambda: app.settings,
        client=client or "",
        billable=not no_billable,
        timeout_s=timeout_s,
    )
    if words == (WORD,):
        with case:
            run_contract(app, case)
        return ExitStatus.OK
    selection = select(words, client=client or "", offline=offline, billable=not no_billable)
    screen = screen_for(app, selection, report=report_)
    results = []
    with case:
        for result in run(selection.checks, case):
            results.append(result)
            screen.show(result)
    diagnosis = diagnose(results)
    screen.end(diagnosis, case)
    if fix:
        _fix(app, diagnosis, ask=not yes)
    return ExitStatus.OK if diagnosis.healthy else ExitStatus.ERROR


def _refuse_nonsense(app: App, *, fix: bool, yes: bool, report: bool) -> None:
    if yes and not fix:
        raise UsageError("--yes answers the questions of --fix.", fix="add --fix")
    if report and app.flags.json:
        raise UsageError("A report is Markdown, not JSON.", fix="leave out --json or --report")
    if fix and not yes and not app.may_ask:
        raise UsageError("--fix asks before each change, and here nobody answers.", fix="add --yes")


def _fix(app: App, diagnosis: Diagnosis, *, ask: bool) -> None:
    from bytespike_cli.cli.prompts import confirm
    from bytespike_cli.doctor.cure import apply, repairs_of

    repairs = repairs_of(diagnosis)
    changed = 0
    for repair in repairs:
        app.render.say(f"\nTo {repair.description}:")
        for line in repair.diff(app.env):
            app.render.say(f"  {line}", style=RED if line.startswith("-") else GREEN)
        if not ask or confirm(app, "Change it?", default=True):
            apply(app.env, repair)
            changed += 1
    if not repairs:
        app.render.say("\nNothing here can be repaired by --fix.")
    elif changed:
        app.render.say(f"\nChanged: {changed}. To undo it: bytespike doctor --undo")


def _undo(app: App) -> None:
    from bytespike_cli.doctor.cure import undo

    undone, left = undo(app.env)
    for line in undone:
        app.render.say(line, style=RED if line.startswith("-") else GREEN)
    for name in left:
        app.render.warn(f"{name} was changed since, and is left as it is.")


def _list(app: App, checks: Sequence[Check]) -> None:
    if app.flags.json:
        app.render.data(
            [
                {
                    "id": check.id,
                    "title": check.title,
                    "needs": list(check.needs),
                    "network": check.network,
                    "billable": check.billable,
                    "clients": list(check.clients),
                }
                for check in checks
            ]
        )
        return
    app.render.table(
        ["CHECK", "FINDS OUT", "NEEDS"],
        [[check.id, check.title, ", ".join(check.needs) or "-"] for check in checks],
    )
