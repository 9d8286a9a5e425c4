"""The client in our place: its status, its signals, and a shim that leaves when it does."""

import signal
import socket
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bytespike_cli.sandbox.seed import BY_NAME
from tests.clients.conftest import MakeUser
from tests.clients.user import User, finish, until
from tests.conftest import MakeSandbox


@dataclass
class Fake:
    """A script in the place of gemini-cli, running; `base` and `token` are what it was given."""

    process: subprocess.Popen[str]
    project: Path
    base: str
    token: str

    def go(self) -> None:
        """Let it go on from `WAIT`."""
        (self.project / "go").touch()

    def shim_answers(self) -> bool:
        """Ask the shim for its models, as the client would."""
        asked = urllib.request.Request(
            f"{self.base}/v1beta/models", headers={"x-goog-api-key": self.token}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return b"gemini-3-1-pro" in answer.read()

    def shim_is_gone(self) -> bool:
        address = urlsplit(self.base)
        try:
            socket.create_connection((address.hostname or "", address.port or 0), 1).close()
        except ConnectionRefusedError:
            return True
        except TimeoutError:
            return False
        return False


StartFake = Callable[[str], Fake]

WAIT = "while [ ! -e go ]; do sleep 0.02; done"


@pytest.fixture
def start_fake(tmp_path: Path, make_user: MakeUser) -> StartFake:
    """Start `bytespike gemini` with a shell script as the client, and wait until it is up."""
    script = tmp_path / "gemini"
    user = make_user(client=script)

    def start(body: str) -> Fake:
        noted = user.project / "noted"
        note = 'echo "$GOOGLE_GEMINI_BASE_URL $GEMINI_API_KEY" > noted.new; mv noted.new noted'
        script.write_text(f"#!/bin/sh\n{note}\n{body}\n")
        script.chmod(0o755)
        process = user.start("gemini", "-p", "say hi", new_session=True)
        until(noted.exists, "the client's start")
        return Fake(process, user.project, *noted.read_text().split())

    return start


def test_its_exit_status_is_passed_on(start_fake: StartFake) -> None:
    fake = start_fake(f"{WAIT}; exit 7")
    assert fake.shim_answers()
    fake.go()
    assert finish(fake.process).status == 7
    until(fake.shim_is_gone, "the end of the shim")


def test_one_that_is_terminated(start_fake: StartFake) -> None:
    fake = start_fake(WAIT)
    fake.process.terminate()
    assert finish(fake.process).status == -signal.SIGTERM
    until(fake.shim_is_gone, "the end of the shim")


def test_one_that_is_killed(start_fake: StartFake) -> None:
    fake = start_fake(WAIT)
    fake.process.kill()
    assert finish(fake.process).status == -signal.SIGKILL
    until(fake.shim_is_gone, "the end of the shim")


def test_one_that_is_stopped_and_goes_on(start_fake: StartFake) -> None:
    """The shim waits for it, and serves what it left running."""
    fake = start_fake(f"{WAIT}; exit 3")
    fake.process.send_signal(signal.SIGSTOP)
    stat = Path("/proc") / str(fake.process.pid) / "stat"
    if stat.exists():
        until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "the stop")
    assert fake.shim_answers()
    fake.go()
    fake.process.send_signal(signal.SIGCONT)
    assert finish(fake.process).status == 3
    until(fake.shim_is_gone, "the end of the shim")


def test_one_that_is_interrupted_and_goes_on(start_fake: StartFake) -> None:
    """Ctrl-C goes to the whole group of a terminal; the shim is not in it."""
    fake = start_fake(f"trap 'touch caught' INT; {WAIT}; exit 5")
    fake.process.send_signal(signal.SIGINT)
    until((fake.project / "caught").exists, "the interrupt")
    assert fake.shim_answers()
    fake.go()
    assert finish(fake.process).status == 5
    until(fake.shim_is_gone, "the end of the shim")


@pytest.mark.client
def test_an_interrupted_answer_is_stopped_at_the_gateway(
    make_user: MakeUser, make_sandbox: MakeSandbox
) -> None:
    """An abandoned stream costs money: it ends upstream with the client."""
    user = make_user(sandbox=make_sandbox(word_delay_ms=20.0))
    client = user.start("gemini", "-p", "count to 5000", "-m", "gemini-3-1-pro", new_session=True)
    journal = user.sandbox.state.journal
    assert journal.wait_for(lambda _: any(r.events_sent for r in user.calls), 60.0)
    client.send_signal(signal.SIGINT)
    finish(client)
    assert journal.wait_for(lambda _: all(r.finished for r in user.calls), 60.0)
    (record,) = user.calls
    assert record.aborted
    assert record.events_sent < record.events_planned


@pytest.mark.client
def test_two_at_once_with_different_keys(user: User) -> None:
    """One user, one home, one folder; each launch has its own shim, token and key."""
    names = {"gemini-0001": "repeat: alpha", "gemini-0002": "repeat: omega"}
    running = {
        name: user.start("gemini", "-p", prompt, BYTESPIKE_API_KEY=BY_NAME[name].secret)
        for name, prompt in names.items()
    }
    for name, process in running.items():
        run = finish(process)
        assert run.status == 0, run.said
        assert run.out.strip() == names[name].split()[-1]
    assert len(user.calls) == 4
    for record in user.calls:
        assert names[record.key_name] in str(record.body)
