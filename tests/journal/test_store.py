import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.journal.record import PREPARED, REFUSED, SENDING, Record
from bytespike_cli.journal.store import Journal
from bytespike_cli.wire.task_state import Task, TaskState
from tests.conftest import MakeEnv
from tests.journal.test_record import record

PARAMS = {"tasks": {"prompt": "fog", "image_init": "data:image/png;base64,aGk="}}


@pytest.fixture
def journal(make_env: MakeEnv) -> Iterator[Journal]:
    with Journal(make_env()) as journal:
        yield journal


def add(journal: Journal, out_task_id: str = "bsp-a1", **values: Any) -> Record:
    new = record(out_task_id=out_task_id, **values)
    assert journal.add(new)
    return new


def test_what_is_added_is_there(journal: Journal) -> None:
    add(journal, params=PARAMS, target="/x/fog.mp4", pinned=True)
    found = journal.get("bsp-a1")
    assert found is not None
    assert (found.params, found.target, found.pinned) == (PARAMS, "/x/fog.mp4", True)
    assert found.state == PREPARED
    assert journal.get("bsp-a2") is None


def test_an_id_is_added_once(journal: Journal) -> None:
    add(journal, prompt="first")
    assert not journal.add(record(out_task_id="bsp-a1", prompt="second"))
    found = journal.get("bsp-a1")
    assert found is not None
    assert found.prompt == "first"


def test_it_is_the_owners_alone(journal: Journal) -> None:
    old = os.umask(0)
    try:
        add(journal)
        modes = {p.name: p.stat().st_mode & 0o777 for p in journal.path.parent.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bsp-a1b2", "bsp-a1b2"),
        ("task_01X", "bsp-a1b2"),
        ("bsp-a1", "bsp-a1b2"),
        ("a1b", "bsp-a1b2"),
        ("01X", "bsp-a1b2"),
        ("task_02", "bsp-c3"),
        ("c3", "bsp-c3"),
        ("zz", None),
        ("%", None),
        ("task%01X", None),
    ],
)
def test_finding(journal: Journal, typed: str, found: str | None) -> None:
    add(journal, "bsp-a1b2", task_id="task_01X", state="running")
    add(journal, "bsp-c3", task_id="task_02X", state="running")
    match = journal.find(typed)
    assert (match.out_task_id if match else None) == found


@pytest.mark.parametrize("typed", ["", " "])
def test_nothing_typed_finds_nothing(journal: Journal, typed: str) -> None:
    add(journal, "bsp-a1")
    with pytest.raises(UsageError, match="no id"):
        journal.find(typed)


def test_several_that_begin_alike(journal: Journal) -> None:
    add(journal, "bsp-a1")
    add(journal, "bsp-a12")
    with pytest.raises(UsageError, match="several") as caught:
        journal.find("bsp-a")
    assert "bsp-a12" in caught.value.detail
    exact = journal.find("bsp-a1")
    assert exact is not None
    assert exact.out_task_id == "bsp-a1"


def test_the_life_of_a_task(journal: Journal) -> None:
    add(journal, params=PARAMS)
    journal.sending("bsp-a1", form="flat", slug="veo-3.1")
    sent = journal.get("bsp-a1")
    assert sent is not None
    assert (sent.state, sent.form, sent.slug) == (SENDING, "flat", "veo-3.1")
    assert sent.params == PARAMS
    pending = Task(TaskState.PENDING, task_id="t1", estimate_usd=Decimal("0.66"), estimate_s=45.0)
    journal.observed(sent, pending)
    accepted = journal.get("bsp-a1")
    assert accepted is not None
    journal.observed(accepted, Task(TaskState.COMPLETED, cost_usd=Decimal("0.61")))
    journal.saved("bsp-a1", ["/x/fog.mp4"])
    done = journal.get("bsp-a1")
    assert done is not None
    assert (done.state, done.task_id) == ("completed", "t1")
    assert (done.estimate_usd, done.estimate_s, done.cost_usd) == ("0.66", 45.0, "0.61")
    assert done.files == ("/x/fog.mp4",)
    assert done.params == {}, "pictures are not kept longer than they are needed"


def test_a_final_state_is_never_taken_back(journal: Journal) -> None:
    old = add(journal)
    journal.observed(old, Task(TaskState.COMPLETED, task_id="t1"))
    journal.observed(old, Task(TaskState.RUNNING, task_id="t1"))
    found = journal.get("bsp-a1")
    assert found is not None
    assert found.state == "completed"


def test_what_cannot_be_looked_up_is_sent_by_one_alone(journal: Journal) -> None:
    add(journal)
    assert journal.sending("bsp-a1", form="nested", slug="veo-3.1")
    assert journal.sending("bsp-a1", form="nested", slug="veo-3.1"), "idempotent"
    assert journal.sending("bsp-a1", form="videos", slug="veo3.1")
    assert not journal.sending("bsp-a1", form="videos", slug="veo3.1")
    journal.refused("bsp-a1", "no balance", state=PREPARED)
    assert journal.sending("bsp-a1", form="videos", slug="veo3.1")


def test_refusals(journal: Journal) -> None:
    add(journal)
    journal.refused("bsp-a1", "no balance", state=PREPARED)
    found = journal.get("bsp-a1")
    assert found is not None
    assert (found.state, found.message, found.is_final) == (PREPARED, "no balance", False)
    journal.refused("bsp-a1", "blocked")
    found = journal.get("bsp-a1")
    assert found is not None
    assert (found.state, found.is_final) == (REFUSED, True)


def test_the_newest_first_and_without_pictures(journal: Journal) -> None:
    for number in range(5):
        state = "completed" if number % 2 else "running"
        add(journal, f"bsp-{number}", created_at=float(number), params=PARAMS, state=state)
    assert [r.out_task_id for r in journal.latest(3)] == ["bsp-4", "bsp-3", "bsp-2"]
    assert len(journal.latest()) == 5
    assert [r.out_task_id for r in journal.latest(unfinished=True)] == ["bsp-4", "bsp-2", "bsp-0"]
    assert all(r.params == {} for r in journal.latest())


def test_a_list_of_a_thousand_goes_by_the_index(journal: Journal) -> None:
    add(journal)
    database = sqlite3.connect(journal.path)
    plan = database.execute(
        "EXPLAIN QUERY PLAN SELECT prompt FROM tasks ORDER BY created_at DESC LIMIT 20"
    ).fetchall()
    database.close()
    assert "USING INDEX by_time" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_the_form_that_worked_last(journal: Journal) -> None:
    assert journal.last_form("https://gateway.example") == ""
    add(journal, "bsp-1", task_id="t1", form="flat", created_at=1.0)
    add(journal, "bsp-2", form="videos", created_at=2.0)
    add(journal, "bsp-3", task_id="t3", form="nested", created_at=3.0, origin="https://other")
    assert journal.last_form("https://gateway.example") == "flat"


WRITER = """
import io, sys
from pathlib import Path
from bytespike_cli.context import Environment
from bytespike_cli.journal.record import Record
from bytespike_cli.journal.store import Journal

root, name = Path(sys.argv[1]), sys.argv[2]
streams = dict(stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO())
env = Environment(**streams, variables={"BYTESPIKE_CONFIG_DIR": str(root)}, home=root, cwd=root)
for number in range(15):
    with Journal(env) as journal:
        out_id = f"bsp-{name}-{number}"
        assert journal.add(Record(out_id, "video", "m", "k", "o", "p", 1.0))
        journal.sending(out_id, form="nested", slug="m")
"""


def test_several_processes_lose_nothing(journal: Journal, tmp_path: Path) -> None:
    root = journal.path.parent.parent
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(root), str(number)])
        for number in range(3)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert len(journal.latest()) == 45
    assert {r.state for r in journal.latest()} == {SENDING}


def test_a_full_disk_is_an_error_of_ours(journal: Journal) -> None:
    add(journal)
    journal._database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(ConfigurationError, match="full"):
        journal.add(record(out_task_id="bsp-a2", prompt="x" * 100_000))
    assert journal.get("bsp-a1") is not None


def test_a_folder_that_cannot_be_made(make_env: MakeEnv) -> None:
    env = make_env()
    env.paths.config.mkdir(parents=True)
    env.paths.state.write_text("in the way")
    with pytest.raises(ConfigurationError, match="cannot be used"):
        Journal(env).latest()


def test_a_damaged_file(make_env: MakeEnv) -> None:
    env = make_env()
    env.paths.state.mkdir(parents=True)
    (env.paths.state / "tasks.sqlite3").write_text("not a database, " * 100)
    with pytest.raises(ConfigurationError, match="damaged") as caught:
        Journal(env).latest()
    assert "mv " in caught.value.fix
