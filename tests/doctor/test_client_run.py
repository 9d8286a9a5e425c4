"""The run of a client, with a program in gemini-cli's place."""

from pathlib import Path

import pytest

from bytespike_cli.doctor.client_run import PROMPT, ClientRun, run_client
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.doctor.conftest import MakeCase


@pytest.fixture
def gemini(tmp_path: Path) -> Path:
    """Something that takes gemini-cli's arguments and tells what it was given."""
    program = tmp_path / "gemini"
    program.write_text(
        '#!/bin/sh\necho "$@"\necho "key $GEMINI_API_KEY trust $GEMINI_CLI_TRUST_WORKSPACE"\n'
    )
    program.chmod(0o755)
    return program


def test_it_is_run_as_bytespike_gemini_runs_it(
    make_case: MakeCase, sandbox: SandboxServer, gemini: Path
) -> None:
    case = make_case(
        client="gemini-cli",
        PATH="/usr/bin:/bin",
        BYTESPIKE_BASE_URL=sandbox.origin,
        BYTESPIKE_API_KEY=GEMINI_KEY,
        BYTESPIKE_GEMINI_BIN=str(gemini),
    )
    done = run_client(case, 60.0)
    assert done.status == 0, done.err
    assert PROMPT in done.out
    assert "-m gemini-3-5-flash" in done.out
    assert "trust true" in done.out
    assert GEMINI_KEY not in done.out


def test_the_last_line() -> None:
    assert ClientRun(1, "one\n", "two\n\n", 0.0).last_line == "two"
    assert ClientRun(1, "", "", 0.0).last_line == ""
