"""Fixtures of the tests with real clients; each test has a sandbox and a user of its own."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.user import BYTESPIKE, NODE, User, script_of

MakeUser = Callable[..., User]


def need(thing: object, what: str) -> None:
    """Skip a test without `thing`, but never in CI."""
    if thing:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {what}: the real clients are tested there, never skipped")
    pytest.skip(f"{what} is not installed")


@pytest.fixture
def make_user(tmp_path: Path, sandbox: SandboxServer) -> Iterator[MakeUser]:
    """Make users: `make_user("oldest", key=CLAUDE_KEY)`; each in folders of its own.

    A `client=` of the test's own needs no node.
    """
    users: list[User] = []

    def make(age: str = "newest", **fields: Any) -> User:
        script = script_of(age)
        if "client" not in fields:
            need(NODE, "node")
            need(script.exists(), f"gemini-cli ({age}; `make test` fetches it)")
        assert BYTESPIKE.exists(), "install the package: `make test` does"
        root = tmp_path / f"user{len(users)}"
        user = User(root, **{"sandbox": sandbox, "client": script, **fields})
        users.append(user)
        if age == "oldest":
            # It fetches ripgrep from github.com at its first start, unless it is told not to.
            user.write(user.settings, {"tools": {"useRipgrep": False}})
        return user

    yield make
    for user in users:
        user.leave()


@pytest.fixture
def user(make_user: MakeUser) -> User:
    """A user with the newest gemini-cli and the usual key."""
    return make_user()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the matrix as a table, where any of it was run."""
    results = []
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            for name, value in report.user_properties:
                if name == "matrix":
                    client, dialect, tried, failed = value
                    unseen = outcome == "failed" and not failed
                    results.append((client, dialect, tried, tried if unseen else failed))
    if results:
        from tests.clients.matrix_table import lines

        terminalreporter.section("matrix of real clients")
        for line in lines(results):
            terminalreporter.line(line)
