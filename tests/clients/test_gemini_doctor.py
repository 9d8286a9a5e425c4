"""The doctor runs the real gemini-cli, and names what is wrong with that."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clients.user import User

pytestmark = pytest.mark.client


def examine(user: User) -> dict[str, Any]:
    """Return the findings about the client, by id."""
    run = user.run("doctor", "client", "--client", "gemini-cli", "--timeout", "80", "--json")
    return {finding["id"]: finding for finding in json.loads(run.out)["findings"]}


def test_a_healthy_client(user: User) -> None:
    found = examine(user)
    assert found["client.run"]["verdict"] == "ok", found


def test_a_client_that_fails_without_a_word(user: User, tmp_path: Path) -> None:
    program = tmp_path / "gemini"
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 0.61.0 && exit\nexit 41\n')
    program.chmod(0o755)
    user.client = program
    found = examine(user)
    assert found["client.no-signin"]["verdict"] == "error", found
