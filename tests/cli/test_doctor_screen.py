from dataclasses import replace

from bytespike_cli.cli.app import App, Flags
from bytespike_cli.cli.doctor_screen import ERASE_LINE, Screen, screen_for
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, ok, unknown
from bytespike_cli.doctor.registry import Selection
from bytespike_cli.doctor.runner import Result
from tests.cli.conftest import Cli, Terminal
from tests.doctor.conftest import check_of

DNS, TCP, ALIVE = (check_of(id_) for id_ in ("network.dns", "network.tcp", "key.alive"))
ALL = (DNS, TCP, ALIVE)
BAD = error("network.tcp", "Nobody.", evidence="refused", fix="look")


def result(check: Check, finding: Finding | None = None) -> Result:
    found = finding or ok(check.id, "Good.")
    return Result(check, (replace(found, check=check.id),))


def screen_of(
    cli: Cli, *, asked: tuple[Check, ...] = ALL, flags: Flags | None = None
) -> tuple[Screen, App]:
    app = App(cli.env(), flags or Flags())
    screen = screen_for(app, Selection(ALL, frozenset(c.id for c in asked), {}))
    assert isinstance(screen, Screen)
    return screen, app


def printed(app: App) -> str:
    return app.env.stdout.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_lines_come_family_by_family_each_when_it_may(cli: Cli) -> None:
    screen, app = screen_of(cli)
    screen.show(result(ALIVE))
    assert printed(app) == ""
    screen.show(result(TCP))
    assert printed(app) == "network\n  ok    network.tcp: Good.\n"
    screen.show(result(DNS))
    assert printed(app).endswith("network.dns: Good.\nkey\n  ok    key.alive: Good.\n")


def test_what_was_only_needed_is_shown_when_it_is_not_good(cli: Cli) -> None:
    screen, app = screen_of(cli, asked=(ALIVE,))
    for check, finding in ((DNS, None), (TCP, BAD)):
        screen.show(result(check, finding))
    skipped = replace(unknown("key.not-tried", "Not tried.", evidence="x"), because="network.tcp")
    screen.show(result(ALIVE, skipped))
    assert "network.dns" not in printed(app)
    assert "ERROR network.tcp: Nobody." in printed(app)
    assert "key\n  ?     not tried, because of network.tcp: key.alive\n" in printed(app)


def test_colour_marks_the_label_alone(cli: Cli) -> None:
    screen, app = screen_of(cli, flags=Flags(color="always"))
    screen.show(result(TCP, BAD))
    assert "\x1b[31m  ERROR\x1b[0m network.tcp: Nobody." in printed(app)


def test_a_terminal_is_told_what_is_under_way(cli: Cli) -> None:
    app = App(cli.env())
    app.env.stdout, app.env.stderr = Terminal(), Terminal()
    screen_for(app, Selection(ALL, frozenset(c.id for c in ALL), {})).show(result(DNS))
    assert isinstance(app.env.stderr, Terminal)
    assert f"{ERASE_LINE}checking network.dns, network.tcp, key.alive" in app.env.stderr.getvalue()
    assert app.env.stderr.getvalue().endswith("checking network.tcp, key.alive")
