"""The client in our place, with a companion beside it: tried with real processes."""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bytespike_cli.errors import ClientNotFoundError, NotExecutableError
from bytespike_cli.launch.process import become, spawn_beside

LAUNCHER = """
import asyncio, sys, time
from pathlib import Path
from bytespike_cli.launch.process import exec_beside
from bytespike_cli.shim.listener import listen

log = Path(sys.argv[1])

def companion(client):
    import os
    log.write_text(f"beside {os.getpid()} {os.getsid(0)}\\n")
    asyncio.run(client.wait())
    with log.open("a") as file:
        file.write("over\\n")
    while log.with_name("hold").exists():
        time.sleep(0.01)

exec_beside(sys.argv[2:], {"PATH": "/usr/bin:/bin", "MARK": "1"}, companion, listen())
"""


def launch(log: Path, *command: str, **options: object) -> "subprocess.Popen[str]":
    client: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(log), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    return client


def until(condition: str, log: Path) -> str:
    """Wait until the companion has written a line; fail after ten seconds."""
    for _ in range(1000):
        text = log.read_text() if log.exists() else ""
        if condition in text:
            return text
        time.sleep(0.01)
    raise AssertionError(f"the companion never wrote {condition!r}")


def shell(script: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script)


def test_the_clients_exit_status_is_ours_and_the_companion_ends(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = launch(log, *shell("echo pid $$; exit 7"))
    out, _ = client.communicate(timeout=20)
    assert client.returncode == 7
    assert out == f"pid {client.pid}\n"
    text = until("over", log)
    companion, session = map(int, text.split()[1:3])
    assert companion != client.pid
    assert session != os.getsid(0)


def test_a_signal_that_ends_the_client_is_seen_as_such(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = launch(log, *shell("echo up; exec sleep 60"))
    assert client.stdout is not None
    assert client.stdout.readline() == "up\n"
    client.send_signal(signal.SIGTERM)
    assert client.wait(timeout=20) == -signal.SIGTERM
    until("over", log)
    client.communicate()


def test_a_stopped_client_goes_on_and_the_companion_waits(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = launch(
        log, *shell("echo up; read line; echo got $line; exit 3"), stdin=subprocess.PIPE
    )
    assert client.stdout is not None
    assert client.stdout.readline() == "up\n"
    until("beside", log)
    client.send_signal(signal.SIGSTOP)
    assert os.WIFSTOPPED(os.waitpid(client.pid, os.WUNTRACED)[1])
    assert "over" not in log.read_text()
    client.send_signal(signal.SIGCONT)
    out, _ = client.communicate("on\n", timeout=20)
    assert out == "got on\n"
    assert client.returncode == 3
    until("over", log)


def test_an_interrupt_of_the_group_reaches_the_client_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    client = launch(
        log,
        *shell("trap 'echo interrupted; exit 130' INT; echo up; while :; do sleep 0.05; done"),
        start_new_session=True,
    )
    assert client.stdout is not None
    assert client.stdout.readline() == "up\n"
    until("beside", log)
    os.killpg(client.pid, signal.SIGINT)
    out, _ = client.communicate(timeout=20)
    assert out == "interrupted\n"
    assert client.returncode == 130
    until("over", log)


def test_the_companion_keeps_no_pipe_of_the_users_open(tmp_path: Path) -> None:
    """communicate() returns at the client's end: whoever reads our output sees it end then."""
    read, write = os.pipe()
    log, hold = tmp_path / "log", tmp_path / "hold"
    hold.touch()
    client = launch(log, *shell("echo up; read line"), stdin=subprocess.PIPE, pass_fds=(write,))
    os.close(write)
    until("beside", log)
    client.communicate("go\n", timeout=20)
    until("over", log)
    ended, _, _ = select.select([read], [], [], 20)
    hold.unlink()
    assert ended, "the companion, still running, has the pipe open"
    assert os.read(read, 1) == b""
    os.close(read)


def test_the_client_has_the_given_environment_and_default_signals(tmp_path: Path) -> None:
    client = launch(tmp_path / "log", *shell("echo $MARK; grep SigIgn /proc/self/status"))
    out, _ = client.communicate(timeout=20)
    mark, ignored = out.splitlines()
    assert mark == "1"
    assert int(ignored.split()[1], 16) & (1 << (signal.SIGPIPE - 1)) == 0


def test_a_client_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ClientNotFoundError):
        become((str(tmp_path / "nowhere"),), {})
    plain = tmp_path / "plain"
    plain.write_text("words")
    with pytest.raises(NotExecutableError):
        become((str(plain),), {})
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN


SPAWNER = """
import sys
from bytespike_cli.launch.process import spawn_beside
sys.exit(spawn_beside(sys.argv[1:], {"PATH": "/usr/bin:/bin"}, lambda over: over.wait()))
"""


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("kill -TERM $$", 143)])
def test_a_spawned_client_gives_its_status(script: str, status: int) -> None:
    done = subprocess.run([sys.executable, "-c", SPAWNER, *shell(script)], timeout=20)
    assert done.returncode == status


def test_a_signal_goes_on_to_a_spawned_client() -> None:
    spawned = subprocess.Popen(
        [
            sys.executable,
            "-c",
            SPAWNER,
            *shell("trap 'exit 9' TERM; echo up; while :; do sleep 0.05; done"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert spawned.stdout is not None
    assert spawned.stdout.readline() == "up\n"
    spawned.send_signal(signal.SIGTERM)
    assert spawned.wait(timeout=20) == 9
    spawned.stdout.close()


def test_a_spawned_client_that_is_not_there_ends_the_companion() -> None:
    ended = []
    with pytest.raises(ClientNotFoundError):
        spawn_beside(("/nowhere/gemini",), {}, lambda over: ended.append(over.wait(10)))
