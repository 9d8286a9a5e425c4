import io
import sys
import time
from pathlib import Path

import pytest

from bytespike_cli.context import Environment, is_terminal, redirect


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def env(tmp_path: Path, stdin: io.StringIO | None = None, **variables: str) -> Environment:
    return Environment(
        stdin=stdin or io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        variables=variables,
        home=tmp_path / "home",
        cwd=tmp_path,
    )


def test_one_folder_moves_all_three(tmp_path: Path) -> None:
    paths = env(tmp_path, BYTESPIKE_CONFIG_DIR=str(tmp_path / "all")).paths
    assert paths.config == tmp_path / "all"
    assert paths.state == tmp_path / "all" / "state"
    assert paths.cache == tmp_path / "all" / "cache"
    assert not paths.config.exists()


def test_a_relative_folder_is_below_the_working_folder(tmp_path: Path) -> None:
    assert env(tmp_path, BYTESPIKE_CONFIG_DIR="here").paths.config == tmp_path / "here"


def test_without_it_the_system_s_folders_are_used(tmp_path: Path) -> None:
    paths = env(tmp_path).paths
    assert len({paths.config, paths.state, paths.cache}) >= 2 or sys.platform == "win32"
    assert all("bytespike" in path.parts for path in (paths.config, paths.state, paths.cache))


@pytest.mark.parametrize(
    ("value", "answer"),
    [("1", True), ("true", True), (" YES ", True), ("on", True), ("0", False), ("", False)],
)
def test_flags_of_the_environment(tmp_path: Path, value: str, answer: bool) -> None:
    assert env(tmp_path, SOME=value).flag("SOME") is answer
    assert not env(tmp_path).flag("SOME")


def test_no_input_by_variable_or_without_a_terminal(tmp_path: Path) -> None:
    assert env(tmp_path).no_input
    assert not env(tmp_path, Terminal()).no_input
    assert env(tmp_path, Terminal(), BYTESPIKE_NO_INPUT="1").no_input


def test_a_closed_stream_is_no_terminal() -> None:
    stream = Terminal()
    assert is_terminal(stream)
    closed = io.StringIO()
    closed.close()
    assert not is_terminal(closed)
    assert not is_terminal(None)  # type: ignore[arg-type]


def test_of_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BYTESPIKE_CONFIG_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    made = Environment.from_process()
    assert made.paths.config == tmp_path
    assert made.cwd == Path.cwd()
    assert made.home == Path.home()
    assert made.platform == sys.platform
    assert made.now is time.time
    monkeypatch.setenv("BYTESPIKE_CONFIG_DIR", "changed later")
    assert made.variables["BYTESPIKE_CONFIG_DIR"] == str(tmp_path)


def test_a_working_folder_that_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert Environment.from_process().cwd == Path("/")


def test_an_output_goes_on_in_a_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    with (tmp_path / "out").open("w") as out:
        out.write("before\n")
        redirect(out, log)
        out.write("after\n")
    assert (tmp_path / "out").read_text() == "before\n"
    assert log.read_text() == "old\nafter\n"
