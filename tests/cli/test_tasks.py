"""`bytespike tasks`, and what a killed process leaves behind."""

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bytespike_cli.cli.main import invoke
from bytespike_cli.direct.part import Part
from bytespike_cli.errors import OutputError
from bytespike_cli.journal.record import Record, new_id
from bytespike_cli.journal.store import Journal
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import NOW, Cli
from tests.cli.media import at, seconds_of
from tests.conftest import MakeSandbox

VIDEO = ("video", "fog over a lake", "--duration", "5", "-o", "fog.mp4")


@pytest.fixture
def film(cli: Cli, sandbox: SandboxServer) -> Cli:
    return at(cli, sandbox)


def the_one(cli: Cli) -> Record:
    with Journal(cli.env()) as journal:
        (record,) = journal.latest()
    return record


def test_an_empty_list(cli: Cli) -> None:
    assert "No task yet" in cli("tasks", "list").err
    assert json.loads(cli("tasks", "list", "--json").out) == {"tasks": []}


def test_a_list_asks_nobody(film: Cli, sandbox: SandboxServer) -> None:
    film(*VIDEO, "--no-wait")
    before = len(sandbox.state.journal)
    lines = film("tasks", "list").out.splitlines()
    assert lines[0].split() == ["ID", "STATE", "MODEL", "AGE", "COST", "PROMPT"]
    assert lines[1].split()[1:3] == ["pending", "veo-3.1"]
    assert all(len(line) <= 80 for line in lines)
    assert len(sandbox.state.journal) == before


def test_a_thousand_tasks(cli: Cli) -> None:
    with Journal(cli.env()) as journal:
        journal._database.execute("PRAGMA synchronous = OFF")
        for number in range(1000):
            assert journal.add(
                Record(new_id(), "video", "veo-3.1", "k", "https://x", f"p{number}", NOW + number)
            )
    cli.now = NOW + 2000
    assert len(cli("tasks", "list").out.splitlines()) == 21
    assert cli("tasks", "list").out.splitlines()[1].endswith("p999")
    assert len(json.loads(cli("tasks", "list", "--all", "--json").out)["tasks"]) == 1000


def test_show_asks_while_it_runs(film: Cli) -> None:
    film(*VIDEO, "--no-wait")
    short = the_one(film).short_id
    assert "state     pending" in film("tasks", "show", short).out
    film("tasks", "show", short)
    document = json.loads(film("tasks", "show", short, "--json").out)
    assert document["state"] == "completed"
    assert film("tasks", "show", the_one(film).task_id).status == 0


def test_submit_sends_what_it_is_given(film: Cli, sandbox: SandboxServer) -> None:
    args = ("tasks", "submit", "-m", "veo-3.1", "fog", "-p", "duration_seconds=5")
    first = film(*args, "--out-task-id", "mine-1")
    again = film(*args, "--out-task-id", "mine-1")
    assert (first.out, again.out) == ("mine-1\n", "mine-1\n")
    assert sandbox.state.tasks[0].order.params == {"prompt": "fog", "duration_seconds": 5}
    assert len(sandbox.state.tasks) == 1
    other = film("tasks", "submit", "-m", "veo-3.1", "rain", "--out-task-id", "mine-1")
    assert other.status == 2


def test_waiting_twice_is_free(film: Cli, sandbox: SandboxServer) -> None:
    film(*VIDEO)
    short = the_one(film).short_id
    before = len(sandbox.state.journal)
    assert film("tasks", "wait", short).out == "fog.mp4\n"
    assert len(sandbox.state.journal) == before


def test_download_somewhere_else(film: Cli) -> None:
    film(*VIDEO)
    short = the_one(film).short_id
    assert film("tasks", "download", short, "-o", "other.mp4").out == "other.mp4\n"
    assert film("tasks", "download", short, "-o", "fog.mp4").status == 2
    assert film("tasks", "download", short, "-o", "fog.mp4", "--force").status == 0


def test_nothing_to_download_yet(film: Cli) -> None:
    film(*VIDEO, "--no-wait")
    result = film("tasks", "download", the_one(film).short_id)
    assert result.status == 12
    assert "nothing to download yet" in result.err


@pytest.mark.parametrize("how", ["both", "path", "body"])
def test_cancel(cli: Cli, make_sandbox: MakeSandbox, how: str) -> None:
    sandbox = make_sandbox(dialects={"task-cancel": how})
    at(cli, sandbox)(*VIDEO, "--no-wait")
    short = the_one(cli).short_id
    result = cli("tasks", "cancel", short)
    assert (result.status, "is cancelled" in result.err) == (0, True)
    assert sandbox.state.tasks.billed == []
    again = cli("tasks", "wait", short)
    assert (again.status, "was cancelled" in again.err) == (12, True)


@pytest.mark.parametrize(("typed", "status"), [("n\n", 1), ("y\n", 0)])
def test_cancelling_what_runs_may_cost(film: Cli, typed: str, status: int) -> None:
    film(*VIDEO, "--no-wait")
    short = the_one(film).short_id
    film("tasks", "show", short)
    result = film("tasks", "cancel", short, stdin=typed, terminal=True)
    assert result.status == status, result.err
    assert "may be billed" in result.err


def test_a_task_of_another_machine(film: Cli, sandbox: SandboxServer) -> None:
    film(*VIDEO, "--no-wait")
    task_id = the_one(film).task_id
    film.variables["BYTESPIKE_CONFIG_DIR"] = str(film.root / "elsewhere")
    result = film("tasks", "wait", task_id, "-o", "fog.mp4")
    assert result.out == "fog.mp4\n", result.err
    assert len(sandbox.state.tasks.billed) == 1


def test_a_task_that_nobody_knows(film: Cli) -> None:
    result = film("tasks", "wait", "task_nobody")
    assert (result.status, "Neither the journal nor the gateway" in result.err) == (12, True)


def test_another_gateways_key_is_not_sent(film: Cli) -> None:
    film(*VIDEO, "--no-wait")
    film.variables["BYTESPIKE_BASE_URL"] = "http://127.0.0.1:9"
    result = film("tasks", "show", the_one(film).short_id)
    assert (result.status, "is for http://127.0.0.1:9" in result.err) == (3, True)


def test_a_journal_that_takes_nothing_costs_nothing(film: Cli, sandbox: SandboxServer) -> None:
    film.config.mkdir(parents=True)
    film.config.joinpath("state").write_text("in the way")
    result = film(*VIDEO)
    assert result.status == 3
    assert len(sandbox.state.tasks) == 0


def test_a_submit_of_the_other_surface_is_never_repeated_blindly(
    cli: Cli, make_sandbox: MakeSandbox
) -> None:
    sandbox = make_sandbox(dialects={"tasks": "absent", "videos": "served"})
    at(cli, sandbox)
    sandbox.state.set_faults(["submit/answer-lost@2"])
    cli(*VIDEO)
    result = cli("tasks", "wait", the_one(cli).short_id)
    assert (result.status, "Nobody knows" in result.err) == (12, True)
    assert len(sandbox.state.tasks) == 1


def test_two_terminals_do_not_disturb_each_other(film: Cli, sandbox: SandboxServer) -> None:
    film(*VIDEO, "--no-wait")
    short = the_one(film).short_id
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: film("tasks", "wait", short), range(2)))
    assert [result.status for result in results] == [0, 0], [result.err for result in results]
    assert [result.out for result in results] == ["fog.mp4\n", "fog.mp4\n"]
    assert [p.name for p in film.cwd.iterdir()] == ["fog.mp4"]
    assert len(sandbox.state.tasks.billed) == 1


def test_a_full_disk_keeps_the_task(
    film: Cli, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OutputError("The folder cannot be written: no space left on device.")

    monkeypatch.setattr(Part, "write", full)
    result = film(*VIDEO)
    monkeypatch.undo()
    short = the_one(film).short_id
    assert (result.status, "no space left on device" in result.err) == (1, True)
    assert f"the task is kept: bytespike tasks download {short}" in result.err
    assert list(film.cwd.iterdir()) == []
    assert film("tasks", "download", short).out == "fog.mp4\n"
    assert len(sandbox.state.tasks.billed) == 1


# Killed at any point: a forked process kills itself at the Nth call of something that matters.

POINTS = (
    ("bytespike_cli.journal.store", "Journal.add"),
    ("bytespike_cli.journal.store", "Journal.sending"),
    ("bytespike_cli.journal.store", "Journal.observed"),
    ("bytespike_cli.journal.store", "Journal.saved"),
    ("httpx", "Client.send"),
    ("httpx", "Response.read"),
    ("httpx", "Response.iter_bytes"),
    ("bytespike_cli.direct.part", "Part.write"),
    ("bytespike_cli.direct.part", "Part.finish"),
    ("os", "fsync"),
    ("os", "link"),
)


def killing(module: str, name: str, countdown: int, *, after: bool) -> None:
    """Have the process kill itself before or after the Nth call of a function."""
    __import__(module)
    holder: object = sys.modules[module]
    *owners, attribute = name.split(".")
    for owner in owners:
        holder = getattr(holder, owner)
    before = getattr(holder, attribute)
    left = [countdown]

    def deadly(*args: object, **named: object) -> object:
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = before(*args, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, attribute, deadly)


def run_killed(cli: Cli, *args: str, kill: Callable[[], None]) -> bool:
    """Run a command line in a forked process that dies; return whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            kill()
            invoke(cli.env(), list(args))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("seed", range(50))
def test_killed_anywhere_it_is_found_again(cli: Cli, make_sandbox: MakeSandbox, seed: int) -> None:
    chance = random.Random(seed)
    dialects = {"task-params": chance.choice(["nested", "flat"])}
    sandbox = make_sandbox(dialects=dialects)
    at(cli, sandbox)
    module, name = POINTS[seed % len(POINTS)]
    countdown, after = chance.randint(1, 3), chance.random() < 0.5
    run_killed(cli, *VIDEO, kill=lambda: killing(module, name, countdown, after=after))
    with Journal(cli.env()) as journal:
        records = journal.latest()
    if not records:
        assert len(sandbox.state.tasks) == 0, "it was paid, and nobody knows of it"
        return
    result = cli("tasks", "wait", records[0].short_id)
    assert result.status == 0, result.err
    assert len(sandbox.state.tasks) == len(sandbox.state.tasks.billed) == 1
    assert sandbox.state.tasks[0].id == the_one(cli).task_id
    (saved,) = [Path(path) for path in the_one(cli).files]
    assert saved == cli.cwd / "fog.mp4"
    assert seconds_of(saved) == pytest.approx(5, abs=0.2)
    visible = [p.name for p in cli.cwd.iterdir()]
    assert visible == ["fog.mp4"]
