"""Starting the long-lived shim in the background: it outlives the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bytespike_cli.config.files import FILE_MODE, make_folder
from bytespike_cli.context import redirect

LOG_LIMIT_BYTES = 1024 * 1024
"""From this size on the log is begun anew."""


def start(arguments: Sequence[str], variables: Mapping[str, str]) -> dict[str, Any] | int:
    """Start `bytespike ARGUMENTS` on its own and return the line of JSON that says it is ready.

    When it ends before that, it has said why itself: then its exit status is returned.
    """
    # Not in Windows' type stubs nor in those of other systems: each has what it needs.
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    child = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "bytespike_cli", *arguments],
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        **apart,
    )
    assert child.stdout is not None
    with child.stdout as stdout:
        line = stdout.readline()
    if not line:
        return child.wait()
    document = json.loads(line)
    # The child goes on by itself; nobody waits for it any more.
    child.returncode = 0
    assert isinstance(document, dict)
    return document


def leave_terminal(log: Path, stdout: Any, stderr: Any) -> None:
    """Let go of the terminal: from now on what is said goes to the log."""
    make_folder(log.parent)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.unlink()
    log.touch(FILE_MODE)
    redirect(stdout, log)
    redirect(stderr, log)
