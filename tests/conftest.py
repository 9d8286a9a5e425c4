"""Fixtures that every test may use: a sandbox on loopback, and an Environment of one's own."""

import io
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.constants import VAR_CONFIG_DIR
from bytespike_cli.context import Environment
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.server import SandboxServer, running

# A shell that starts a job in the background has it ignore Ctrl-C, and so would every program that
# a test starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)

MakeSandbox = Callable[..., SandboxServer]
MakeEnv = Callable[..., Environment]


@pytest.fixture
def make_sandbox() -> Iterator[MakeSandbox]:
    """Start sandboxes: `make_sandbox(dialects={"done": "never"}, faults=["cut:2@1"])`."""
    with ExitStack() as stack:

        def make(**settings: Any) -> SandboxServer:
            config = SandboxConfig(**{"now": time.time, **settings})
            return stack.enter_context(running(config))

        yield make


@pytest.fixture
def sandbox(make_sandbox: MakeSandbox) -> SandboxServer:
    """A sandbox in its default dialect, on a free port, without delays."""
    return make_sandbox()


@pytest.fixture
def make_env(tmp_path: Path) -> MakeEnv:
    """Build an Environment: `make_env("typed\\n", BYTESPIKE_MODEL="gemini-3-flash")`.

    Streams are StringIO, all folders are under `tmp_path`, and no variable comes from the process.
    """

    def make(stdin: str = "", /, **variables: str) -> Environment:
        home, cwd = tmp_path / "home", tmp_path / "cwd"
        home.mkdir(exist_ok=True)
        cwd.mkdir(exist_ok=True)
        return Environment(
            stdin=io.StringIO(stdin),
            stdout=io.StringIO(),
            stderr=io.StringIO(),
            variables={VAR_CONFIG_DIR: str(tmp_path / "bytespike"), **variables},
            home=home,
            cwd=cwd,
        )

    return make
