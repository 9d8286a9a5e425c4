"""What starting the program imports: instant is a feature, and imports are what costs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"httpx", "aiohttp", "rich", "asyncio", "httpcore", "anyio", "ssl", "readline"}

LIGHT_PATHS = {
    "version": ["--version"],
    "help": ["--help"],
    "keys list": ["keys", "list"],
    "config show": ["config", "show"],
    "config path": ["config", "path"],
    "models resolve": ["models", "resolve", "gemini-3.1-pro"],
    "generate help": ["generate", "--help"],
    "generate curl": ["generate", "hi", "--curl", "-m", "gemini-3-1-pro"],
    "env": ["env", "--direct"],
    "env without a shim": ["env"],
    "shim status": ["shim", "status"],
    "shim rules": ["shim", "rules"],
    "shim log": ["shim", "log"],
    "usage": ["usage"],
    "snippet": ["snippet", "python", "-m", "gemini-3-1-pro"],
    "explain": ["explain", "401 UNAUTHENTICATED"],
    "tasks list": ["tasks", "list"],
    "video help": ["video", "--help"],
    "image help": ["image", "--help"],
    "completion script": ["completions", "show", "bash"],
}


def imported(args: list[str], tmp_path: Path, **variables: str) -> set[str]:
    """Return the top-level modules that a run of the program imports."""
    env = {
        "PATH": os.environ["PATH"],
        "BYTESPIKE_CONFIG_DIR": str(tmp_path),
        "BYTESPIKE_API_KEY": "sk-byts-start-up-test",
        **variables,
    }
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bytespike_cli", *args],
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize("args", LIGHT_PATHS.values(), ids=LIGHT_PATHS.keys())
def test_light_paths_import_nothing_heavy(args: list[str], tmp_path: Path) -> None:
    modules = imported(args, tmp_path)
    assert "bytespike_cli" in modules
    assert modules & HEAVY == set()


def test_completion_imports_nothing_heavy(tmp_path: Path) -> None:
    modules = imported(
        [],
        tmp_path,
        _BYTESPIKE_COMPLETE="bash_complete",
        COMP_WORDS="bytespike keys use ",
        COMP_CWORD="3",
    )
    assert modules & HEAVY == set()
