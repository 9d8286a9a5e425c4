"""A program that is run for a while and not trusted to end: what it started ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Self

GRACE_S = 1.0
"""Between asking a program to end and ending it."""


class Running:
    """A program in a process group of its own, with nothing on stdin; ended with its `with` block.

    Its output goes into files that have no name: a child that keeps a pipe open cannot make us wait
    for it.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603 - the caller's own program
            list(command),
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            start_new_session=True,
        )

    def wait(self, timeout_s: float) -> int | None:
        """Return its exit status, or None if it does not end in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout_s)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._out.close()
        self._err.close()

    def end(self) -> None:
        """End it, if it has not ended, and everything that it started; it is asked first."""
        if self._process.poll() is None:
            for ask in (True, False):
                self._signal(ask=ask)
                self.wait(GRACE_S)

    def printed(self) -> tuple[str, str]:
        """Return what it has written to stdout and to stderr so far."""
        return _text(self._out), _text(self._err)

    def _signal(self, *, ask: bool) -> None:
        if not hasattr(os, "killpg"):  # Windows
            tree = ["taskkill", "/T", "/PID", str(self._process.pid), *([] if ask else ["/F"])]
            subprocess.run(tree, capture_output=True, check=False)  # noqa: S603 - of the system
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGTERM if ask else signal.SIGKILL)


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
