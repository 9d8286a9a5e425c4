import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.prompts import ask, confirm
from bytespike_cli.errors import Interrupted

from .conftest import Cli


def app_typing(cli: Cli, typed: str) -> App:
    return App(cli.env(typed, terminal=True))


@pytest.mark.parametrize(("typed", "answer"), [("x\n", "x"), ("\n", "d"), ("  y \n", "y")])
def test_ask(cli: Cli, typed: str, answer: str) -> None:
    app = app_typing(cli, typed)
    assert ask(app, "Which", default="d") == answer
    assert app.env.stderr.getvalue() == "Which [d]: "  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "default", "answer"),
    [("y\n", False, True), ("No\n", True, False), ("\n", True, True), ("what\nyes\n", False, True)],
)
def test_confirm(cli: Cli, typed: str, default: bool, answer: bool) -> None:
    assert confirm(app_typing(cli, typed), "Sure?", default=default) is answer


def test_the_end_of_input_interrupts(cli: Cli) -> None:
    with pytest.raises(Interrupted):
        confirm(app_typing(cli, ""), "Sure?")


LOGIN = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from bytespike_cli.__main__ import main
main(["login", "--no-verify"])
"""


def read_until(terminal: int, words: bytes) -> bytes:
    """Return what the terminal shows until `words`, or to its end when there are none."""
    seen = b""
    while not words or words not in seen:
        assert select.select([terminal], [], [], 30)[0], f"silent after {seen!r}"
        try:
            chunk = os.read(terminal, 1024)
        except OSError:  # how Linux says that nobody writes to the terminal any more
            chunk = b""
        if not chunk:
            break
        seen += chunk
    return seen


@pytest.mark.parametrize(
    ("typed", "status"),
    [([b"sk-byts-hidden-0042\n", b"\n"], 0), ([b"\x03"], 130), ([b"\x04"], 130)],
    ids=["a key", "Ctrl-C", "Ctrl-D"],
)
def test_a_key_is_not_echoed_by_a_real_terminal(
    tmp_path: Path, typed: list[bytes], status: int
) -> None:
    master, slave = os.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", LOGIN],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={"BYTESPIKE_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)},
        start_new_session=True,
    )
    os.close(slave)
    try:
        seen = b""
        for keys, prompt in zip(typed, (b"Key (not shown): ", b"[gemini-default]: "), strict=False):
            seen += read_until(master, prompt)
            os.write(master, keys)
        seen += read_until(master, b"")
        assert child.wait(timeout=30) == status
    finally:
        child.kill()
        child.wait()
        os.close(master)
    assert b"hidden" not in seen
    assert (tmp_path / "keys.toml").exists() is (status == 0)
