"""Runs the program of a client, and asks it one scenario at a time."""

from __future__ import annotations

import json
import select
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SLOWEST_S = 60.0


class Program:
    """A program of `programs/` that is running. Its words on stderr are kept for the failure."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str], words: Path) -> None:
        self._words = words
        with words.open("w") as stderr:
            self._process = subprocess.Popen(
                command,
                env=dict(variables),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )

    def ask(self, scenario: str, variables: Mapping[str, str], **asked: Any) -> dict[str, Any]:
        """Return what the program tells of a scenario. Fails when it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = json.dumps({"scenario": scenario, "variables": dict(variables), **asked})
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        ready, _, _ = select.select([self._process.stdout], [], [], SLOWEST_S)
        assert ready, f"no answer to {scenario}: {self._words.read_text()[-3000:]}"
        told = self._process.stdout.readline()
        assert told, f"the program ended: {self._words.read_text()[-3000:]}"
        document: dict[str, Any] = json.loads(told)
        return document

    def end(self) -> None:
        """Let the program end, and wait for that."""
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
