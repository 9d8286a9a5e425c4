import io
from dataclasses import replace
from pathlib import Path

import pytest

from bytespike_cli.cli import task_flow
from bytespike_cli.cli.app import App
from bytespike_cli.direct.connect import connect
from bytespike_cli.direct.target import Target
from bytespike_cli.errors import UsageError
from bytespike_cli.journal.store import Journal
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.media_slug import Surface
from tests.cli.conftest import Cli
from tests.cli.media import at
from tests.journal.test_record import record


def test_a_new_task_is_written_down_and_not_sent(cli: Cli, sandbox: SandboxServer) -> None:
    app = App(at(cli, sandbox).env())
    with connect(app.env, app.settings) as connection, Journal(app.env) as journal:
        new = task_flow.new_record(
            app, connection, journal, kind="video", model="veo-3.1", prompt="fog",
            params={Surface.TASKS: {"prompt": "fog"}}, target=Target(app.env.cwd, "fog.mp4"),
        )  # fmt: skip
        assert journal.get(new.out_task_id) is not None
        with pytest.raises(UsageError, match="too large"):
            task_flow.new_record(
                app, connection, journal, kind="video", model="veo-3.1", prompt="fog",
                params={Surface.TASKS: {"image_init": "x" * 2**20}}, target=None,
            )  # fmt: skip
        assert len(journal.latest()) == 1
    assert new.target == str(cli.cwd / "fog.mp4")
    assert len(sandbox.state.tasks) == 0


def test_where_results_go(cli: Cli) -> None:
    app = App(cli.env())
    kept = record(target=str(cli.cwd / "fog.mp4"))
    assert task_flow.target_of(app, kept, None) == Target(cli.cwd, "fog.mp4")
    (cli.cwd / "fog.mp4").touch()
    assert task_flow.target_of(app, kept, None).name == "fog.mp4", "it gets another name later"
    with pytest.raises(UsageError):
        task_flow.target_of(app, kept, "fog.mp4")
    assert task_flow.target_of(app, record(), None) == Target(cli.cwd)


def test_what_is_saved_already(cli: Cli) -> None:
    cli.env()
    path = cli.cwd / "fog.mp4"
    done = record(files=(str(path),))
    assert not task_flow.saved_already(done, None)
    path.touch()
    assert task_flow.saved_already(done, None)
    assert not task_flow.saved_already(done, "other.mp4")
    assert not task_flow.saved_already(record(), None)


@pytest.mark.parametrize(
    ("state", "words"), [("running", "goes on"), ("sending", "may have"), ("completed", "Left.")]
)
def test_how_to_come_back(cli: Cli, state: str, words: str) -> None:
    app = App(cli.env())
    assert task_flow.left(app, record(state=state)) == 130
    assert isinstance(app.env.stderr, io.StringIO)
    assert words in app.env.stderr.getvalue()
    assert "bytespike tasks wait bsp-01234567" in app.env.stderr.getvalue()


def test_what_is_shown_in_the_end(cli: Cli) -> None:
    app = App(cli.env())
    path = Path(cli.cwd / "fog.mp4")
    path.write_bytes(bytes(3300))
    done = replace(record(state="completed", cost_usd="0.61"), files=(str(path),))
    assert task_flow.shown(app, done) == 0
    assert isinstance(app.env.stdout, io.StringIO)
    assert isinstance(app.env.stderr, io.StringIO)
    assert app.env.stdout.getvalue() == "fog.mp4\n"
    assert app.env.stderr.getvalue() == "3.3 kB · $0.61 used · veo 3.1\n"
