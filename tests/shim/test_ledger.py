"""The ledger on disk: whole lines, bounded, read again and followed."""

import json
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli import redact
from bytespike_cli.shim import ledger
from bytespike_cli.shim.ledger import (
    FLUSH_S,
    LEDGER_FILE,
    MADE_TOGETHER,
    OLDER_FILE,
    SERVE_RUN,
    Ledger,
)
from tests.conftest import MakeEnv


def test_lines_are_written_together_and_read_in_order(make_env: MakeEnv) -> None:
    env = make_env()
    due: list[Callable[[], None]] = []
    book = Ledger(env.paths.state, SERVE_RUN, lambda _delay, flush: due.append(flush))
    book.add(lambda: {"asked": "a"})
    book.add(lambda: {"asked": "b"})
    assert ledger.read(env) == []
    assert len(due) == 1
    due[0]()
    assert [line["asked"] for line in ledger.read(env)] == ["a", "b"]
    file = env.paths.state / LEDGER_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(env.paths.state.stat().st_mode) == 0o700


def test_no_more_than_a_few_lines_are_made_at_once(make_env: MakeEnv) -> None:
    env = make_env()
    due: list[tuple[float, Callable[[], None]]] = []
    made: list[int] = []
    book = Ledger(env.paths.state, SERVE_RUN, lambda delay, call: due.append((delay, call)))

    def make(number: int) -> dict[str, Any]:
        made.append(number)
        return {"number": number}

    for number in range(2 * MADE_TOGETHER - 1):
        book.add(partial(make, number))
        if number == MADE_TOGETHER - 1:
            assert made == []  # not while the request is answered, but right after it
            due.pop()[1]()
            assert made == list(range(MADE_TOGETHER))
    assert [delay for delay, _ in due] == [FLUSH_S]
    assert ledger.read(env) == []
    due[0][1]()
    assert [line["number"] for line in ledger.read(env)] == list(range(2 * MADE_TOGETHER - 1))
    book.add(partial(make, 99))
    assert [delay for delay, _ in due[1:]] == [FLUSH_S]


def test_runs_are_told_apart_and_a_broken_line_is_no_line(make_env: MakeEnv) -> None:
    env = make_env()
    Ledger(env.paths.state, SERVE_RUN).add(lambda: {"asked": "a"})
    with (env.paths.state / LEDGER_FILE).open("ab") as file:
        file.write(b'{"half": \n[]\n\xff\n')
    Ledger(env.paths.state, "launch-1").add(lambda: {"asked": "b"})
    assert [line["asked"] for line in ledger.read(env)] == ["a", "b"]
    assert [line["asked"] for line in ledger.read(env, run="launch-1")] == ["b"]


def test_it_is_bounded(make_env: MakeEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    env = make_env()
    monkeypatch.setattr(ledger, "LIMIT_BYTES", 2000)
    book = Ledger(env.paths.state, SERVE_RUN)
    for number in range(300):
        book.add(partial(dict, number=number, asked="x" * 50))
    sizes = [path.stat().st_size for path in env.paths.state.iterdir()]
    assert sum(sizes) < 3 * 2000
    numbers = [line["number"] for line in ledger.read(env)]
    assert numbers == list(range(numbers[0], 300))
    assert len(numbers) > 10


def test_no_secret_is_written(make_env: MakeEnv, monkeypatch: pytest.MonkeyPatch) -> None:
    env = make_env()
    monkeypatch.setattr(redact, "_known", {"the-secret-of-somebody"})
    Ledger(env.paths.state, SERVE_RUN).add(lambda: {"asked": "the-secret-of-somebody"})
    assert b"the-secret" not in (env.paths.state / LEDGER_FILE).read_bytes()


def test_a_place_that_takes_nothing_costs_no_request(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    Ledger(file / "below", SERVE_RUN).add(lambda: {"asked": "a"})
    assert file.read_text() == ""


def test_following_survives_a_new_file(make_env: MakeEnv) -> None:
    env = make_env()
    book = Ledger(env.paths.state, SERVE_RUN)
    book.add(lambda: {"number": 0})
    state = env.paths.state

    def rotate() -> None:
        (state / LEDGER_FILE).replace(state / OLDER_FILE)
        book.add(lambda: {"number": 2})

    def half() -> None:
        with (state / LEDGER_FILE).open("ab") as file:
            file.write(json.dumps({"run": SERVE_RUN, "number": 3}).encode())

    def rest() -> None:
        with (state / LEDGER_FILE).open("ab") as file:
            file.write(b"\n")

    steps: list[Callable[[], Any]] = [
        lambda: book.add(lambda: {"number": 1}),
        lambda: Ledger(state, "launch-1").add(lambda: {"number": 9}),
        rotate,
        half,
        rest,
    ]
    lines = ledger.follow(env, lambda: steps.pop(0)(), run=SERVE_RUN)
    assert [next(lines)["number"] for _ in range(3)] == [1, 2, 3]
