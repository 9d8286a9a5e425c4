import io

from bytespike_cli.cli.app import App
from bytespike_cli.cli.task_screen import TaskScreen
from tests.cli.conftest import Cli, Terminal
from tests.journal.test_record import record


def said(app: App) -> str:
    assert isinstance(app.env.stderr, io.StringIO)
    return app.env.stderr.getvalue()


def test_a_line_for_each_new_state(cli: Cli) -> None:
    app = App(cli.env())
    with TaskScreen(app) as screen:
        for state in ("pending", "pending", "running"):
            screen.state(record(state=state))
        screen.download(1, 2)
    assert said(app) == "bsp-01234567 pending\nbsp-01234567 running\n"


def test_nothing_beside_json(cli: Cli) -> None:
    app = App(cli.env())
    app.flags.json = True
    with TaskScreen(app) as screen:
        screen.state(record(state="running"))
    assert said(app) == ""


def test_a_bar_on_a_terminal(cli: Cli) -> None:
    env = cli.env()
    env.stderr = Terminal()
    app = App(env)
    with TaskScreen(app) as screen:
        screen.state(record(state="running", estimate_s=45.0, created_at=cli.now - 20))
        screen.warn("No connection.")
        screen.download(500, 1000)
    words = said(app)
    assert "running" in words
    assert "0:00:20" in words
    assert "of about 45 s" in words
    assert "No connection." in words
    assert "50%" in words
