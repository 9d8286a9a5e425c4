"""The shim in the background: ready when the command returns, and the terminal let go."""

import os
import stat
from pathlib import Path

import pytest

from bytespike_cli.shim.service import detach
from tests.clients.user import User
from tests.conftest import MakeSandbox


@pytest.fixture
def user(tmp_path: Path, make_sandbox: MakeSandbox) -> User:
    return User(tmp_path / "user", make_sandbox(), client=Path(""))


def test_from_start_to_stop(user: User) -> None:
    started = user.run("shim", "serve", "--daemon", "--port", "0", "--json")
    assert started.status == 0, started.said
    try:
        told = started.json
        assert os.getsid(told["pid"]) == told["pid"]
        status = user.run("shim", "status", "--json")
        assert status.json["pid"] == told["pid"]
        again = user.run("shim", "serve", "--daemon")
        assert again.status == 3
        assert "runs already" in again.err
    finally:
        ended = user.run("shim", "stop")
    assert ended.status == 0, ended.said
    assert "has ended" in ended.err
    assert user.run("shim", "status").status == 1
    log = user.config / "state" / "shim.log"
    assert "ready on" in log.read_text()
    assert user.key not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_what_goes_wrong_is_said_and_its_status_is_passed_on(user: User) -> None:
    failed = user.run("shim", "serve", "--daemon", "--port", "0", BYTESPIKE_API_KEY="")
    assert failed.status == 3
    assert "No ByteSpike key" in failed.err
    assert failed.out == ""


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "state" / "shim.log"
    monkeypatch.setattr(detach, "LOG_LIMIT_BYTES", 10)
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        detach.leave_terminal(log, out, err)
        err.write("words of the first\n")
    with (tmp_path / "out").open("w") as out, (tmp_path / "err").open("w") as err:
        detach.leave_terminal(log, out, err)
        err.write("second\n")
    assert log.read_text() == "second\n"
