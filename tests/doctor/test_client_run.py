"""The run of a client, with a program in gemini-cli's place."""

import os
import threading
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


def test_a_client_that_hangs_does_not_outlive_the_doctor(
    make_case: MakeCase, sandbox: SandboxServer, tmp_path: Path
) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    deaf = tmp_path / "gemini"
    deaf.write_text(f"#!/bin/sh\ntrap '' HUP INT TERM\nexec 9>{alive}\nsleep 60\necho late >&9\n")
    deaf.chmod(0o755)
    case = make_case(
        client="gemini-cli",
        PATH="/usr/bin:/bin",
        BYTESPIKE_BASE_URL=sandbox.origin,
        BYTESPIKE_API_KEY=GEMINI_KEY,
        BYTESPIKE_GEMINI_BIN=str(deaf),
    )
    probe = threading.Thread(target=run_client, args=(case, 60.0))
    with case:
        probe.start()
        held = alive.open()  # opened as soon as the client is up
    with held:
        assert held.read() == ""
    probe.join()


def test_one_that_is_late_has_no_status(make_case: MakeCase, sandbox: SandboxServer) -> None:
    case = make_case(BYTESPIKE_BASE_URL=sandbox.origin, BYTESPIKE_API_KEY=GEMINI_KEY)
    assert run_client(case, 0.0).status is None


def test_the_last_line() -> None:
    assert ClientRun(1, "one\n", "two\n\n", 0.0).last_line == "two"
    assert ClientRun(1, "", "", 0.0).last_line == ""
