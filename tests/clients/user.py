"""A user of bytespike for one test: a home, a project and an environment of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bytespike_cli.sandbox.journal import Record
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer

NODE = shutil.which("node")
BYTESPIKE = Path(sys.executable).parent / "bytespike"
CLIENTS = Path(__file__).parent / "node_modules"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

SLOWEST_S = 90.0
"""Longer than any run on a busy machine, shorter than gemini-cli's own four minutes of retries."""


def script_of(age: str) -> Path:
    """Return the script of a pinned gemini-cli: `newest` or `oldest`."""
    return CLIENTS / f"gemini-cli-{age}" / "bundle" / "gemini.js"


@dataclass(frozen=True)
class Run:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The documents of `--output-format stream-json`."""
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def said(self) -> str:
        return f"status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


@dataclass
class User:
    """Runs bytespike and the stock client as one user, in `project`, who has nothing but `key`.

    Nothing of the environment of the tests is passed on: no CI, no proxy, no other key.
    """

    root: Path
    sandbox: SandboxServer
    client: Path
    key: str = GEMINI_KEY
    variables: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.home, self.project, self.tmp):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def project(self) -> Path:
        return self.root / "work" / "project"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def config(self) -> Path:
        return self.root / "bytespike"

    @property
    def settings(self) -> Path:
        """The user's own settings of gemini-cli."""
        return self.home / ".gemini" / "settings.json"

    def write(self, path: Path, content: str | Mapping[str, Any]) -> Path:
        """Write a file and the folders above it; a mapping as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=2) + "\n"
        path.write_text(text, encoding="utf-8")
        return path

    def plain_environment(self, **variables: str) -> dict[str, str]:
        """Return what any program of this user is started with."""
        node = [str(Path(NODE).parent)] if NODE else []
        return {
            "PATH": os.pathsep.join([*node, SYSTEM_PATH]),
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "LANG": "C.UTF-8",
            "USER": "kim",
            "GEMINI_CLI_TRUST_WORKSPACE": "true",
            **variables,
        }

    def environment(self, **variables: str) -> dict[str, str]:
        """Return what bytespike is started with; a variable that is "" there is left out."""
        given = {
            **self.plain_environment(),
            "BYTESPIKE_CONFIG_DIR": str(self.config),
            "BYTESPIKE_BASE_URL": self.sandbox.origin,
            "BYTESPIKE_API_KEY": self.key,
            "BYTESPIKE_GEMINI_BIN": str(self.client),
            **self.variables,
            **variables,
        }
        return {name: value for name, value in given.items() if value}

    def start(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: IO[str] | None = None,
        new_session: bool = False,
        **variables: str,
    ) -> subprocess.Popen[str]:
        """Start `bytespike` with arguments; without `stdin`, that is empty."""
        process = subprocess.Popen(
            [str(BYTESPIKE), *arguments],
            cwd=cwd or self.project,
            env=self.environment(**variables),
            stdin=stdin or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=new_session,
        )
        self.started.append(process)
        return process

    def leave(self) -> None:
        """Kill what a failed test has left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def run(
        self,
        *arguments: str,
        cwd: Path | None = None,
        stdin: IO[str] | None = None,
        **variables: str,
    ) -> Run:
        """Run `bytespike` with arguments to its end."""
        process = self.start(*arguments, cwd=cwd, stdin=stdin, new_session=False, **variables)
        return finish(process)

    def gemini(self, *arguments: str, cwd: Path | None = None, **variables: str) -> Run:
        """Run `bytespike gemini` with arguments to its end."""
        return self.run("gemini", *arguments, cwd=cwd, stdin=None, **variables)

    def stock(self, *arguments: str, **variables: str) -> Run:
        """Run the client alone, without bytespike, with these variables."""
        assert NODE is not None
        return finish(
            subprocess.Popen(
                [NODE, str(self.client), *arguments],
                cwd=self.project,
                env=self.plain_environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    @property
    def calls(self) -> list[Record]:
        """What the gateway was asked to generate, oldest first."""
        return [r for r in self.sandbox.state.journal if r.path.startswith("/v1beta")]

    @property
    def billed(self) -> list[Record]:
        return [record for record in self.calls if record.billed]


def finish(process: subprocess.Popen[str]) -> Run:
    """Wait for a process; one that does not end is killed, and the test fails."""
    try:
        out, err = process.communicate(timeout=SLOWEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"it never ended:\n{out}\n{err}") from None
    return Run(process.returncode, out, err)


def until(condition: Callable[[], Any], what: str, within_s: float = 60.0) -> Any:
    """Wait until a condition holds and return its value; fail when it never does."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"never seen: {what}")


def until_home_again(user: User) -> None:
    """Wait until every launch has carried its changes home and removed what was its own."""
    launches = user.config / "state" / "launches"
    until(lambda: not list(launches.glob("home-*")), "the end of the private home")
