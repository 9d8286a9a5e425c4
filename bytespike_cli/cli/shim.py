"""`bytespike shim`: the long-lived shim, for IDEs and shells."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import CREDENTIAL, Group, json_option
from bytespike_cli.cli.render import BOLD
from bytespike_cli.constants import SHIM_PORT, VAR_API_KEY
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings

STOP = "bytespike shim stop"
FOLLOW_S = 0.2
NONE_RUNS = "No shim runs."
START = "Start one: bytespike shim serve, or in the background: bytespike shim serve --daemon"


@click.group(cls=Group, name="shim")
def shim() -> None:
    """A shim that stays, at a fixed address, for IDEs and long-lived programs."""


@shim.command(selects=CREDENTIAL)
@click.option(
    "--port",
    default=SHIM_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port on 127.0.0.1; 0 takes a free one.",
)
@click.option("--daemon", is_flag=True, help="Go on in the background; return when it is ready.")
@click.option("--detached", is_flag=True, hidden=True)
@json_option
def serve(port: int, daemon: bool, detached: bool) -> int:
    """Run the shim until Ctrl-C or `shim stop`.

    Clients find it with `eval "$(bytespike env)"`; its address and its token stay the same, so that
    they can be written into an IDE's settings. A change of the configuration (`keys use`, `config
    set`, a new key) counts from the next request on, without a restart.
    """
    app = current_app()
    if daemon:
        return _start(app, port)
    from bytespike_cli.shim.quick_import import quick_imports

    with quick_imports():
        from bytespike_cli.shim.service.serve import serve as run

    def ready(status: dict[str, Any]) -> None:
        if detached:
            from bytespike_cli.shim.service.detach import leave_terminal
            from bytespike_cli.shim.service.state import ServiceState

            app.render.json_line(status)
            leave_terminal(ServiceState(app.env).log, app.env.stdout, app.env.stderr)
            app.render.say(f"{_clock(app.env.now())} ready on {status['address']}")
        else:
            _announce(app, status, f"Ctrl-C, or from elsewhere: {STOP}")

    def say(words: str) -> None:
        app.render.say(f"{_clock(app.env.now())} {words}")

    run(app.env, port=port, resolve=_resolver(app), ready=ready, say=say)
    app.render.say("The shim has ended.")
    return ExitStatus.OK


@shim.command()
@json_option
def status() -> int:
    """Say where a shim runs, with which key, since when.

    The shim itself is asked. Exit status 1: none runs.
    """
    from bytespike_cli.shim.service import ask

    app = current_app()
    found = ask.status(app.env, time.sleep)
    if found is None:
        if app.flags.json:
            app.render.data({"running": False})
        else:
            app.render.say(f"{NONE_RUNS} {START}")
        return ExitStatus.ERROR
    if app.flags.json:
        app.render.data(found)
    else:
        _describe(app, found)
    return ExitStatus.OK


@shim.command()
def stop() -> None:
    """End the shim that runs.

    Requests that are under way have five seconds to end.
    """
    from bytespike_cli.shim.service import ask

    app = current_app()
    ended = ask.stop(app.env, time.sleep)
    if ended is None:
        app.render.say(NONE_RUNS)
    else:
        app.render.say(f"The shim on {ended['address']} has ended.")


@shim.command()
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option(
    "-n",
    "count",
    default=20,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="Show the last N requests.",
)
@click.option("--all", "all_", is_flag=True, help="The requests of launches, too.")
@json_option
def log(follow: bool, count: int, all_: bool) -> None:  # fmt: skip
    """Show what was asked: one line a request.

    Never a prompt, a reply or a key. Time, status, client, model asked → served, tokens in→out,
    time to the first byte, credits, and the repairs that were made (`bytespike shim rules`).
    """
    from bytespike_cli.shim import ledger
    from bytespike_cli.shim.service import ask

    app = current_app()
    ask.flush(app.env, time.sleep)
    run = None if all_ else ledger.SERVE_RUN
    lines = ledger.read(app.env, run=run)
    for line in lines[-count:] if count else []:
        _show(app, line)
    if follow:
        app.render.flush()
        for line in ledger.follow(app.env, lambda: time.sleep(FOLLOW_S), run=run):
            _show(app, line)
            app.render.flush()
    elif not lines and not app.flags.json:
        app.render.say("Nothing was asked yet.")


@shim.command()
@json_option
def rules() -> None:
    """List every repair, by the name it has in the log."""
    from bytespike_cli.wire.rules import RULES

    app = current_app()
    if app.flags.json:
        app.render.data(
            [{"rule": rule.name, "part": rule.part, "what": rule.what} for rule in RULES.values()]
        )
        return
    app.render.table(
        ["RULE", "PART", "WHAT IT DOES"],
        [[rule.name, rule.part, rule.what] for rule in RULES.values()],
    )


def _show(app: App, line: dict[str, Any]) -> None:
    if app.flags.json:
        app.render.json_line(line)
    else:
        from bytespike_cli.cli.request_line import request_line

        app.render.out(request_line(line))


def _start(app: App, port: int) -> int:
    from bytespike_cli.shim.service.detach import start
    from bytespike_cli.shim.service.state import ServiceState

    arguments = ["shim", "serve", "--detached", "--port", str(port)]
    for name in CREDENTIAL:
        value = getattr(app.flags, name)
        if value is not None:
            arguments += ["--" + name.replace("_", "-"), value]
    started = start(arguments, app.env.variables)
    if isinstance(started, int):
        return started
    _announce(app, started, f"{STOP}   (its words: {ServiceState(app.env).log})")
    return ExitStatus.OK


def _announce(app: App, status: dict[str, Any], end: str) -> None:
    """Say that it is ready: the first line on stdout has the address."""
    if app.flags.json:
        app.render.json_line(status)
        return
    app.render.out(f"listening on {status['address']}")
    app.render.flush()
    group = f" (group {status['group']})" if status["group"] else ""
    key = f"in {VAR_API_KEY}" if status["key"] == VAR_API_KEY else f"'{status['key']}'"
    app.render.say(f"For {status['origin']}, with the key {key}{group}.")
    app.render.say('Clients find it with: eval "$(bytespike env)"', style=BOLD)
    app.render.say("For an IDE: bytespike snippet NAME --shim, or bytespike env --shell json")
    app.render.say(f"To end it: {end}")


def _describe(app: App, status: dict[str, Any]) -> None:
    rows = [
        ("address", status["address"]),
        ("gateway", status["origin"] or "-"),
        ("key", status["key"] or "-"),
        ("group", status["group"] or "-"),
        ("process", str(status["pid"])),
        ("since", _clock(status["since"])),
        ("requests", f"{status['requests']} answered, {status['in_flight']} under way"),
        ("version", status["version"]),
    ]
    app.render.out("A shim runs.")
    for name, value in rows:
        app.render.out(f"  {name:<9} {value}")
    problem = status["problem"]
    if problem is not None:
        app.render.warn(f"its configuration cannot be used: {problem['cause']}")
        app.render.say(f"  fix: {problem['fix']}")


def _resolver(app: App) -> Callable[[], Settings]:
    """Return what reads the settings anew, under the flags of this run."""
    from bytespike_cli.config.precedence import resolve_settings

    flags = app.flags
    return lambda: resolve_settings(
        app.env, key=flags.key, group=flags.group, base_url=flags.base_url
    )


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
