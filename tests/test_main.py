import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from bytespike_cli import __main__ as entry
from bytespike_cli import __version__


def run(
    tmp_path: Path,
    *args: str,
    stdout: int | IO[str] = subprocess.PIPE,
    stderr: int = subprocess.PIPE,
    **variables: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bytespike_cli", *args],
        stdout=stdout,
        stderr=stderr,
        text=True,
        env={"BYTESPIKE_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path), **variables},
        timeout=60,
    )


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(tmp_path: Path, flag: str) -> None:
    done = run(tmp_path, flag)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"bytespike {__version__}\n", "")


@pytest.mark.parametrize(("args", "status"), [(["nonsense"], 2), (["models"], 3)])
def test_the_status_of_the_process(tmp_path: Path, args: list[str], status: int) -> None:
    done = run(tmp_path, *args)
    assert (done.returncode, done.stdout) == (status, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("args", [["--version"], ["--help"], ["keys", "-h"], ["config", "show"]])
def test_a_stdout_that_takes_nothing_is_one_sentence(
    tmp_path: Path, args: list[str], unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = run(tmp_path, *args, stdout=full, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if line.startswith("error:")] == [
        "error: The output cannot be written: no space left on device."
    ]
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("args", [["--version"], ["--help"], ["config", "show", "--json"]])
def test_a_reader_that_leaves_early_is_no_error(
    tmp_path: Path, args: list[str], unbuffered: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(tmp_path, *args, stdout=writer, PYTHONUNBUFFERED=unbuffered)
    os.close(writer)
    assert (done.returncode, "Pipe" in done.stderr) == (0, False)


def test_a_stderr_that_takes_nothing_keeps_the_status(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(tmp_path, "models", stderr=writer)
    os.close(writer)
    assert done.returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(tmp_path: Path, closed: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m bytespike_cli config show {closed}', sys.executable],
        capture_output=True,
        text=True,
        env={"BYTESPIKE_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)},
        timeout=60,
    )
    assert (done.returncode, "Error" in done.stderr) == (0, False)


def test_what_the_encoding_lacks_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('model = "hé"\n', encoding="utf-8")
    for args in (["config", "get", "model"], ["config", "get", "model", "--json"]):
        done = run(tmp_path, *args, PYTHONIOENCODING="ascii")
        assert (done.returncode, done.stderr) == (0, "")
        shown = json.loads(done.stdout)["value"] if "--json" in args else done.stdout
        assert shown in ("hé", "h\\xe9\n")


def test_both_scripts_end_with_the_status_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def fake(args: list[str], *, drop_in: bool = False) -> int:
        seen.append((args, drop_in))
        return 7

    monkeypatch.setattr(entry, "run", fake)
    monkeypatch.setattr(sys, "argv", ["bytespike", "-p", "hi"])
    for script in (entry.main, entry.main_gemini):
        with pytest.raises(SystemExit) as ended:
            script()
        assert ended.value.code == 7
    assert seen == [(["-p", "hi"], False), (["gemini", "-p", "hi"], True)]
