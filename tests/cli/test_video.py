"""`bytespike video` against every dialect and fault of the sandbox: a file, billed once."""

import base64
import json
import signal
from typing import Any

import pytest

from bytespike_cli.cli import media_cost
from bytespike_cli.context import Environment
from bytespike_cli.journal.record import Record
from bytespike_cli.journal.store import Journal
from bytespike_cli.sandbox.dialects import DIALECTS
from bytespike_cli.sandbox.media import picture
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli, Result
from tests.cli.media import GEMINI, asked, at, seconds_of
from tests.conftest import MakeSandbox

VIDEO = ("video", "fog over a lake", "--duration", "5", "-o", "fog.mp4")

MATTERS = (
    "task-params", "submit-status", "first-state", "task-states", "task-result", "task-query",
    "duplicate", "task-stream", "video-limits", "veo-slugs", "asset-host", "asset-ranges", "auth",
    "quota-headers", "models", "management", "compression",
)  # fmt: skip
EVERY = [(name, value) for name in MATTERS for value in DIALECTS[name].values]


@pytest.fixture
def film(cli: Cli, sandbox: SandboxServer) -> Cli:
    return at(cli, sandbox)


def journal_of(cli: Cli) -> list[Record]:
    with Journal(cli.env()) as journal:
        return journal.latest()


def the_one(cli: Cli) -> Record:
    (record,) = journal_of(cli)
    return record


def assert_made(cli: Cli, result: Result, sandbox: SandboxServer) -> None:
    assert result.status == 0, result.err
    assert result.out == "fog.mp4\n"
    assert seconds_of(cli.cwd / "fog.mp4") == pytest.approx(5, abs=0.2)
    assert [p.name for p in cli.cwd.iterdir()] == ["fog.mp4"], "nothing else is left behind"
    assert len(sandbox.state.tasks) == len(sandbox.state.tasks.billed) == 1
    record = the_one(cli)
    assert (record.state, record.files) == ("completed", (str(cli.cwd / "fog.mp4"),))
    assert record.task_id == sandbox.state.tasks[0].id


def test_a_video(film: Cli, sandbox: SandboxServer) -> None:
    result = film(*VIDEO)
    assert_made(film, result, sandbox)
    assert "veo-3.1 · 5 s · about $0.55 to $2.00" in result.err
    assert "$0.509 used" in result.err
    assert the_one(film).cost_usd == "0.5088"


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_every_dialect(cli: Cli, make_sandbox: MakeSandbox, name: str, value: str) -> None:
    sandbox = make_sandbox(dialects={name: value})
    assert_made(at(cli, sandbox), cli(*VIDEO), sandbox)


@pytest.mark.parametrize("result", DIALECTS["task-result"].values)
@pytest.mark.parametrize("first", DIALECTS["first-state"].values)
def test_the_other_surface(cli: Cli, make_sandbox: MakeSandbox, result: str, first: str) -> None:
    dialects = {"tasks": "absent", "videos": "served", "task-result": result, "first-state": first}
    sandbox = make_sandbox(dialects=dialects)
    assert_made(at(cli, sandbox), cli(*VIDEO), sandbox)
    record = the_one(cli)
    assert (record.form, record.task_id[:3]) == ("videos", "vt_")


def test_a_surface_of_choice(cli: Cli, make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"videos": "served"})
    assert_made(at(cli, sandbox), cli(*VIDEO, "--surface", "videos"), sandbox)
    assert not any(path.startswith("/v1/tasks") for path in asked(sandbox))


def test_a_surface_of_choice_is_the_only_one(cli: Cli, make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"tasks": "absent", "videos": "served"})
    result = at(cli, sandbox)(*VIDEO, "--surface", "tasks")
    assert result.status == 1
    assert len(sandbox.state.tasks) == 0
    assert the_one(cli).state == "refused"


def test_the_form_that_worked_is_remembered(cli: Cli, make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"task-params": "flat"})
    at(cli, sandbox)(*VIDEO)
    before = asked(sandbox).count("/v1/tasks/submit")
    assert cli("video", "again", "--duration", "5").status == 0
    assert (before, asked(sandbox).count("/v1/tasks/submit")) == (2, 3)


def test_options_reach_the_request(film: Cli, sandbox: SandboxServer) -> None:
    film.cwd.joinpath("in.png").write_bytes(picture(64, 64, {}))
    result = film(
        *VIDEO, "-m", "veo-3.1", "--resolution", "720p", "--aspect-ratio", "9:16", "--seed", "7",
        "--image", "in.png", "-p", "style=noir", "-p", "weights=[1, 2]",
    )  # fmt: skip
    assert result.status == 0, result.err
    params = dict(sandbox.state.tasks[0].order.params)
    sent = base64.b64decode(params.pop("image_init").partition(",")[2])
    assert sent == picture(64, 64, {})
    assert params == {
        "prompt": "fog over a lake",
        "duration_seconds": 5,
        "resolution": "720p",
        "aspect_ratio": "9:16",
        "seed": 7,
        "style": "noir",
        "weights": [1, 2],
    }


def test_sound_comes_in_a_file_of_its_own(film: Cli) -> None:
    result = film("video", "fog", "-m", "veo3.1", "--audio", "-o", "fog.mp4")
    assert result.status == 0, result.err
    assert result.out.split() == ["fog.mp4", "fog.m4a"]
    assert film.cwd.joinpath("fog.m4a").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("typed", ["veo 3.1", "VEO-3-1", "veo31", "models/veo-3.1", "veo-3.1"])
def test_any_spelling_of_a_slug(film: Cli, typed: str) -> None:
    assert film(*VIDEO, "-m", typed).status == 0


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["video"], 2, "no prompt"),
        (["video", "x", "-m", "veo-9"], 6, "no model 'veo-9'"),
        (["video", "x", "-m", "gemini-3-flash"], 2, "makes no videos"),
        (["video", "x", "-m", "nano-banana"], 2, "makes no videos"),
        (["video", "x", "--image", "none.png"], 2, "Cannot read none.png"),
        (["video", "x", "--image", "text.txt"], 2, "no picture"),
        (["video", "x", "--image", "large.png"], 2, "too large"),
        (["video", "x", "-p", "nonsense"], 2, "KEY=VALUE"),
        (["video", "x", "-p", "model=veo-9"], 2, "--model"),
        (["video", "x", "-o", "absent/fog.mp4"], 2, "no folder"),
        (["video", "x", "-o", "text.txt"], 2, "not overwritten"),
        (["video", "x", "--duration", "99"], 1, "duration_seconds must be one of"),
    ],
)
def test_what_is_wrong_is_said_before_it_costs(
    film: Cli, sandbox: SandboxServer, args: list[str], status: int, words: str
) -> None:
    film.cwd.joinpath("text.txt").write_text("hello")
    film.cwd.joinpath("large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(800_000))
    result = film(*args)
    assert (result.status, result.out) == (status, "")
    assert words in result.err
    assert len(sandbox.state.tasks) == 0


def test_no_model_that_makes_videos(cli: Cli, sandbox: SandboxServer) -> None:
    result = at(cli, sandbox, GEMINI)(*VIDEO)
    assert result.status == 5
    assert "reaches no model that makes videos" in result.err


def test_a_text_model_of_the_settings_is_no_reason_to_fail(film: Cli) -> None:
    film.variables["BYTESPIKE_MODEL"] = "gemini-3-flash"
    assert film(*VIDEO).status == 0


def test_names_are_made_of_the_prompt_and_replace_nothing(film: Cli) -> None:
    assert film("video", "Fog: over a lake!").out == "fog-over-a-lake.mp4\n"
    assert film("video", "fog over a lake", "--seed", "1").out == "fog-over-a-lake-1.mp4\n"
    assert film("video", "fog", "-o", "fog-over-a-lake.mp4").status == 2
    assert film("video", "fog", "-o", "fog-over-a-lake.mp4", "--force").status == 0


def test_without_waiting(film: Cli, sandbox: SandboxServer) -> None:
    result = film(*VIDEO, "--no-wait")
    record = the_one(film)
    assert (result.status, result.out) == (0, record.out_task_id + "\n")
    assert f"bytespike tasks wait {record.short_id}" in result.err
    assert film("tasks", "wait", record.short_id).out == "fog.mp4\n"
    assert len(sandbox.state.tasks.billed) == 1


def test_json_is_one_document(film: Cli) -> None:
    result = film(*VIDEO, "--json")
    document = json.loads(result.out)
    assert document["state"] == "completed"
    assert document["files"] == [str(film.cwd / "fog.mp4")]
    assert document["cost_usd"] == 0.5088
    assert result.err == ""


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("submit/overloaded", 10),
        ("submit/internal", 10),
        ("submit/bad-gateway-html", 10),
        ("submit/spend-cap", 8),
        ("submit/close", 9),
        ("submit/reset", 9),
        ("submit/garbled", 11),
        ("submit/empty-body", 11),
        ("submit/error-in-200", 10),
        ("submit/blocked", 1),
        ("submit/empty-wallet", 7),
        ("query/overloaded", 10),
        ("query/garbled", 11),
        ("query/close", 9),
        ("submit/task-fails", 12),
        ("submit/task-blocked", 12),
        ("submit/task-expires", 12),
        ("submit/task-forgotten", 12),
        ("download/asset-page", 11),
        ("download/asset-garbled", 11),
        ("download/asset-short", 11),
        ("download/asset-expired", 12),
        ("download/overloaded", 10),
        ("download/close", 9),
    ],
)
def test_what_lasts_ends_with_its_status_and_the_way_on(
    film: Cli, sandbox: SandboxServer, fault: str, status: int
) -> None:
    clock = iter(range(0, 10**9, 20))
    sandbox.state.set_faults(["watch/close", fault])
    result = run_with_clock(film, clock, *VIDEO)
    assert result.status == status, result.err
    record = the_one(film)
    assert not film.cwd.joinpath("fog.mp4").exists()
    if status not in (1, 12):
        assert record.short_id in result.err, "the command to go on"
        sandbox.state.set_faults([])
        command = "download" if "download" in fault else "wait"
        again = film("tasks", command, record.short_id)
        assert_made(film, again, sandbox)


def run_with_clock(cli: Cli, clock: Any, *args: str) -> Result:
    """Run a command line whose monotonic clock jumps: patience ends without waiting."""
    from bytespike_cli.cli.main import invoke

    env = cli.env()
    env.monotonic = lambda: float(next(clock))
    status = invoke(env, list(args))
    return Result(int(status), env.stdout.getvalue(), env.stderr.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "fault",
    [
        "submit/overloaded@1",
        "submit/close@1-2",
        "submit/answer-lost@1",
        "submit/answer-524@1",
        "submit/concurrency@1",
        "query/overloaded@1",
        "query/close@1-3",
        "query/answer-lost@1",
        "watch/cut:1",
        "watch/early-end:1",
        "watch/garbled",
        "watch/overloaded",
        "watch/bad-gateway-html",
        "download/asset-cut:500@1-4",
        "download/asset-no-length",
        "download/asset-untyped",
        "download/asset-expired@1",
        "download/overloaded@1",
        "download/close@1-2",
    ],
)
def test_what_passes_is_waited_out(film: Cli, sandbox: SandboxServer, fault: str) -> None:
    sandbox.state.set_faults([fault])
    assert_made(film, film(*VIDEO), sandbox)


def test_the_key_is_not_sent_to_the_host_of_the_files(cli: Cli, make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"asset-host": "other"})
    assert at(cli, sandbox)(*VIDEO).status == 0
    files = [r for r in sandbox.state.journal if r.path.endswith(".mp4")]
    assert files
    names = {name.lower() for record in files for name in record.headers}
    assert names.isdisjoint({"authorization", "x-api-key", "x-goog-api-key"})
    assert not any("key=" in record.query for record in files)


@pytest.mark.parametrize(("typed", "status"), [("n\n", 1), ("y\n", 7)])
def test_more_than_the_credits_that_are_left(
    cli: Cli, make_sandbox: MakeSandbox, typed: str, status: int
) -> None:
    sandbox = make_sandbox(dialects={"catalogue": "media"})
    at(cli, sandbox, "sk-byts-sandbox-low-0001")
    result = cli(*VIDEO, stdin=typed, terminal=True)
    assert result.status == status, result.err
    assert "The credits left ($0.03) may not cover this." in result.err
    assert len(sandbox.state.tasks) == 0


@pytest.mark.parametrize(("typed", "status", "made"), [("n\n", 1, 0), ("y\n", 0, 1)])
def test_above_max_cost_a_terminal_is_asked(
    film: Cli, sandbox: SandboxServer, typed: str, status: int, made: int
) -> None:
    result = film(*VIDEO, "--max-cost", "0.60", stdin=typed, terminal=True)
    assert result.status == status, result.err
    assert "may cost more than --max-cost $0.60" in result.err
    assert len(sandbox.state.tasks) == made


def test_surely_above_max_cost_nothing_is_sent(film: Cli, sandbox: SandboxServer) -> None:
    result = film(*VIDEO, "--max-cost", "0.10")
    assert result.status == 7
    assert "Nothing was sent" in result.err
    assert len(sandbox.state.tasks) == 0


@pytest.mark.parametrize(
    ("max_cost", "kinds"), [("0.60", ["warning"]), ("0.10", ["warning", "error"])]
)
def test_with_json_all_that_is_said_is_json(film: Cli, max_cost: str, kinds: list[str]) -> None:
    result = film(*VIDEO, "--max-cost", max_cost, "--json")
    assert [next(iter(json.loads(line))) for line in result.err.splitlines()] == kinds


def test_an_estimate_above_max_cost_is_cancelled_before_it_costs(
    film: Cli, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_cost, "check_before", lambda *_: None)
    result = film(*VIDEO, "--max-cost", "0.10")
    assert result.status == 7
    assert "The gateway estimates $0.55, above --max-cost $0.10" in result.err
    assert sandbox.state.tasks[0].is_over
    assert sandbox.state.tasks.billed == []


def test_ctrl_c_leaves_the_task_running(
    film: Cli, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.state.set_faults(["watch/close"])

    def press(_env: Environment) -> Any:
        def sleep(_s: float) -> None:
            raise KeyboardInterrupt

        return sleep

    monkeypatch.setattr(Cli, "env", _with(lambda env: setattr(env, "sleep", press(env))))
    result = film(*VIDEO)
    monkeypatch.undo()
    record = the_one(film)
    assert result.status == 130
    assert f"bytespike tasks wait {record.short_id}" in result.err
    assert f"bytespike tasks cancel {record.short_id}" in result.err
    assert_made(film, film("tasks", "wait", record.short_id), sandbox)


def test_ctrl_c_during_the_submit_waits_for_the_answer(
    film: Cli, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Journal.sending

    def pressed(self: Journal, out_task_id: str, **how: str) -> bool:
        signal.raise_signal(signal.SIGINT)
        return before(self, out_task_id, **how)

    monkeypatch.setattr(Journal, "sending", pressed)
    result = film(*VIDEO)
    record = the_one(film)
    assert result.status == 130
    assert "Ctrl-C again" in result.err
    assert record.task_id == sandbox.state.tasks[0].id
    assert_made(film, film("tasks", "wait", record.short_id), sandbox)


def _with(change: Any) -> Any:
    build = Cli.env

    def env(self: Cli, *args: Any, **named: Any) -> Environment:
        made = build(self, *args, **named)
        change(made)
        return made

    return env
