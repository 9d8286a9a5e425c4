"""`bytespike sandbox try`: the whole main job, as a real process."""

import os
import subprocess
import sys
from pathlib import Path


def run_try(tmp_path: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bytespike_cli", "sandbox", "try"],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "/nowhere", "HOME": str(tmp_path), **variables},
        cwd=tmp_path,
    )


def test_it_works_without_node_and_says_so(tmp_path: Path) -> None:
    done = run_try(tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("Hi!")
    assert "$ bytespike generate --no-stream 'say hi'" in done.stderr
    assert "gemini-cli is not here" in done.stderr
    assert "2 of 2 worked" in done.stderr
    assert "bytespike login" in done.stderr
    assert os.listdir(tmp_path) == [], "nothing of the user's is touched"


def test_a_step_that_fails_is_a_failure(tmp_path: Path) -> None:
    gemini = tmp_path / "gemini"
    gemini.write_text("#!/bin/sh\necho broken >&2\nexit 9\n")
    gemini.chmod(0o755)
    done = run_try(tmp_path, BYTESPIKE_GEMINI_BIN=str(gemini))
    assert done.returncode == 1
    assert "It ended with status 9" in done.stderr
    assert "broken" in done.stderr
    assert "2 of 4 worked" in done.stderr


def test_variables_of_the_user_do_not_reach_the_steps(tmp_path: Path) -> None:
    gemini = tmp_path / "gemini"
    gemini.write_text("#!/bin/sh\necho hi\n")
    gemini.chmod(0o755)
    done = run_try(
        tmp_path,
        BYTESPIKE_GEMINI_BIN=str(gemini),
        BYTESPIKE_MODEL="no-such-model",
        BYTESPIKE_GROUP="mine",
        BYTESPIKE_KEY="mine",
        GEMINI_MODEL="no-such-model",
        GOOGLE_GENAI_API_VERSION="v9",
        XDG_CONFIG_HOME=str(tmp_path / "mine"),
    )
    assert "4 of 4 worked" in done.stderr, done.stderr
