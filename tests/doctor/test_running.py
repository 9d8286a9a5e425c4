"""Programs that do not end by themselves, with a FIFO that they hold open as long as they live."""

import os
from pathlib import Path

import pytest

from bytespike_cli.doctor.running import Running

VARIABLES = {"PATH": "/usr/bin:/bin"}
DEAF = "trap '' HUP INT TERM; exec 9>alive; echo up; (sleep 60; echo late >&9) & wait"
"""Ignores whatever can be ignored, and its child does too."""
LEAVING = "exec 9>alive; echo up; (trap '' TERM; echo deaf >&9; sleep 60; echo late >&9) & wait"
"""Ends when it is asked to; its child does not."""


@pytest.fixture
def alive(tmp_path: Path) -> Path:
    """A FIFO: opened by a program when it is up, at its end when all who held it are gone."""
    os.mkfifo(tmp_path / "alive")
    return tmp_path / "alive"


def test_status_and_output(tmp_path: Path) -> None:
    with Running(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], VARIABLES, tmp_path) as done:
        assert done.wait(30.0) == 3
        assert done.printed() == ("out\n", "err\n")


def test_one_that_does_not_end_in_time(tmp_path: Path) -> None:
    with Running(["/bin/sh", "-c", "sleep 60"], VARIABLES, tmp_path) as slow:
        assert slow.wait(0.0) is None


def test_signals_that_are_ignored_save_nobody(tmp_path: Path, alive: Path) -> None:
    with Running(["/bin/sh", "-c", DEAF], VARIABLES, tmp_path) as deaf, alive.open() as held:
        deaf.end()
        assert held.read() == ""
        assert deaf.printed() == ("up\n", "")


def test_a_child_that_stays_behind_is_ended_too(tmp_path: Path, alive: Path) -> None:
    with Running(["/bin/sh", "-c", LEAVING], VARIABLES, tmp_path) as program, alive.open() as held:
        assert held.readline() == "deaf\n"
        program.end()
        assert held.read() == ""
