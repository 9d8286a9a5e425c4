"""`bytespike exec`: what the arguments lead to, and real programs in our place."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.launch import program
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli

BYTESPIKE = Path(sys.executable).parent / "bytespike"
Launched = list[tuple[str, str, tuple[str, ...]]]


@pytest.fixture
def launched(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Launched:
    """Catch launches instead of becoming them; each ends with status 7."""
    cli.variables["BYTESPIKE_API_KEY"] = "sk-byts-of-the-user"
    seen: Launched = []

    class Caught:
        notes = ("a note",)

        def run(self, _platform: str) -> int:
            return 7

    def caught(way: str) -> Any:
        def launch(_env: Any, client: Any, command: Sequence[str], **_given: Any) -> Caught:
            seen.append((way, client.name, tuple(command)))
            return Caught()

        return launch

    monkeypatch.setattr(program, "through_shim", caught("shim"))
    monkeypatch.setattr(program, "directly", caught("direct"))
    return seen


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--", "python", "app.py"), ("shim", "generic", ("python", "app.py"))),
        (("python", "app.py", "--direct"), ("shim", "generic", ("python", "app.py", "--direct"))),
        (("--", "x", "--", "--key", "k"), ("shim", "generic", ("x", "--", "--key", "k"))),
        (("aider", "-m", "pro"), ("shim", "aider", ("aider", "-m", "pro"))),
        (("--client", "python", "--", "x"), ("shim", "google-genai", ("x",))),
        (("--direct", "--", "aider"), ("direct", "aider", ("aider",))),
        (("--", "/opt/gemini", "-p", "hi"), ("shim", "gemini-cli", ("/opt/gemini", "-p", "hi"))),
    ],
)
def test_arguments_are_untouched(
    cli: Cli,
    launched: Launched,
    arguments: tuple[str, ...],
    expected: tuple[str, str, tuple[str, ...]],
) -> None:
    result = cli("exec", *arguments)
    assert result.status == 7
    assert launched == [expected]
    assert "warning: a note" in result.err
    assert result.out == ""


def test_verbose_names_the_client_and_the_key(cli: Cli, launched: Launched) -> None:
    assert "aider, through the shim, with the key" in cli("exec", "-v", "aider").err


@pytest.mark.parametrize("arguments", [(), ("--",), ("--client", "aider")])
def test_without_a_command(cli: Cli, launched: Launched, arguments: tuple[str, ...]) -> None:
    result = cli("exec", *arguments)
    assert result.status == 2
    assert "no command" in result.err


def test_an_unknown_client_is_usage(cli: Cli, launched: Launched) -> None:
    assert cli("exec", "--client", "aidr", "x").status == 2
    assert launched == []


def test_without_a_key_nothing_starts(cli: Cli, launched: Launched) -> None:
    del cli.variables["BYTESPIKE_API_KEY"]
    assert cli("exec", "--", "x").status == 3
    assert launched == []


def test_a_program_that_is_not_there(cli: Cli) -> None:
    cli.variables.update(BYTESPIKE_API_KEY="sk-byts-of-the-user", PATH="/nowhere")
    assert cli("exec", "--", "x").status == 127
    assert cli("exec", "--", "/bin").status == 126
    assert cli("exec", "--", "llm").status == 125


def start(root: Path, origin: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start `bytespike exec`, with a marked variable that all that comes of it inherits."""
    return subprocess.Popen(
        [str(BYTESPIKE), "exec", *arguments],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(root),
            "BYTESPIKE_CONFIG_DIR": str(root / "bytespike"),
            "BYTESPIKE_BASE_URL": origin,
            "BYTESPIKE_API_KEY": GEMINI_KEY,
            "OTHER_TOOL_KEY": GEMINI_KEY,
            "MARK": str(root),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def marked(root: Path) -> set[int]:
    """Return the processes that were started with our mark."""
    found = set()
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            try:
                environment = (process / "environ").read_bytes()
            except OSError:
                continue
            if f"MARK={root}\0".encode() in environment:
                found.add(int(process.name))
    return found


@pytest.mark.parametrize("way", [(), ("--direct",)])
def test_the_exit_status_is_the_programs(
    tmp_path: Path, sandbox: SandboxServer, way: tuple[str, ...]
) -> None:
    process = start(tmp_path, sandbox.origin, *way, "--", "sh", "-c", "echo out; exit 7")
    assert process.communicate(timeout=30)[0] == "out\n"
    assert process.returncode == 7


def test_a_signal_reaches_the_program_itself(tmp_path: Path, sandbox: SandboxServer) -> None:
    process = start(tmp_path, sandbox.origin, "--", "sh", "-c", "echo $$; read line")
    assert process.stdout is not None
    assert int(process.stdout.readline()) == process.pid
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGTERM


def test_the_program_never_has_the_real_key(tmp_path: Path, sandbox: SandboxServer) -> None:
    process = start(tmp_path, sandbox.origin, "--", "sh", "-c", "env; cat /proc/$$/cmdline")
    out, err = process.communicate(timeout=30)
    assert "GEMINI_API_KEY=bytespike-session-" in out
    assert GEMINI_KEY not in out
    assert "OTHER_TOOL_KEY: not passed on" in err


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs Linux's /proc")
@pytest.mark.parametrize(("way", "processes"), [((), 2), (("--direct",), 1)])
def test_directly_nothing_of_ours_remains(
    tmp_path: Path, sandbox: SandboxServer, way: tuple[str, ...], processes: int
) -> None:
    """The program is the process that was ours; beside it is the shim, or directly nothing."""
    process = start(tmp_path, sandbox.origin, *way, "--", "sh", "-c", "echo up; read line")
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    running = marked(tmp_path)
    assert process.pid in running
    assert len(running) == processes
    process.communicate("go\n", timeout=30)
