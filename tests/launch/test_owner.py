"""Whose a launch is."""

import os
import subprocess

import pytest

from bytespike_cli.launch.owner import has_ended, owner_of
from bytespike_cli.launch.process import is_running


def test_a_process_is_known_until_it_has_ended() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        owner = owner_of(process.pid)
        assert not has_ended(owner, is_running)
    assert has_ended(owner, is_running)


def test_another_process_with_the_same_number_is_told_apart() -> None:
    owner = owner_of(os.getpid())
    assert owner["started"], "Linux says when a process was started"
    assert has_ended({**owner, "started": "1"}, is_running)


def test_a_restart_of_this_machine_ends_everything() -> None:
    assert has_ended({**owner_of(os.getpid()), "boot": "the last one"}, is_running)


@pytest.mark.parametrize("key", ["host", "namespace"])
def test_what_cannot_be_seen_from_here_is_taken_for_alive(key: str) -> None:
    owner = {**owner_of(os.getpid()), key: "elsewhere"}
    assert not has_ended(owner, lambda _pid: False)


@pytest.mark.parametrize("owner", [{}, {"pid": "1"}, {"pid": None}])
def test_a_note_that_says_nothing_is_taken_for_alive(owner: dict[str, str]) -> None:
    assert not has_ended(owner, lambda _pid: False)
