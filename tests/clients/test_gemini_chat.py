"""`bytespike gemini chat` in a real terminal: trust, an answer, a theme, and all of it kept."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.conftest import need
from tests.clients.user import BYTESPIKE, User, until

pytestmark = pytest.mark.client

TMUX = shutil.which("tmux")
ENTER_AFTER_S = 0.3
"""gemini-cli takes an Enter within 30 ms of the last letter for a line of something pasted."""
TYPE_AGAIN_AFTER_S = 15.0


@dataclass
class Terminal:
    """A terminal of tmux, on a server of its own, that ends with the program in it."""

    socket: Path
    user: User

    def tmux(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        assert TMUX is not None
        return subprocess.run(
            [TMUX, "-S", str(self.socket), "-f", "/dev/null", *arguments],
            env=self.user.environment(**variables),
            cwd=self.user.project,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def start(self, *command: str, **variables: str) -> None:
        size = ("-x", "120", "-y", "50")
        begun = self.tmux("new-session", "-d", *size, *command, TERM="xterm", **variables)
        assert begun.returncode == 0, begun.stderr

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p").stdout

    def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen; show the screen when it never is."""
        shown = [""]

        def seen() -> bool:
            shown[0] = self.screen
            return text in shown[0]

        try:
            until(seen, text, 45.0)
        except AssertionError as never:
            raise AssertionError(f"{never}; on the screen:\n{shown[0]}") from None

    def type(self, text: str, expected: str) -> None:
        """Type a line and wait for what it brings; again if it was lost in a restart."""

        def typed() -> bool:
            self.press("C-u")
            self.tmux("send-keys", "-l", text)
            time.sleep(ENTER_AFTER_S)
            self.press("Enter")
            end = time.monotonic() + TYPE_AGAIN_AFTER_S
            while time.monotonic() < end:
                if expected in self.screen:
                    return True
                time.sleep(0.05)
            return False

        try:
            until(typed, expected)
        except AssertionError as never:
            raise AssertionError(f"{never}; on the screen:\n{self.screen}") from None

    def press(self, key: str) -> None:
        self.tmux("send-keys", key)

    def is_over(self) -> bool:
        return self.tmux("has-session").returncode != 0


@pytest.fixture
def terminal(user: User) -> Iterator[Terminal]:
    need(TMUX, "tmux")
    # Not in tmp_path: the path of a socket has room for a hundred characters.
    with tempfile.TemporaryDirectory(prefix="bytespike-") as folder:
        terminal = Terminal(Path(folder) / "tmux", user)
        yield terminal
        terminal.tmux("kill-server")


def test_a_chat_from_trust_to_theme(terminal: Terminal) -> None:
    user = terminal.user
    terminal.start(str(BYTESPIKE), "gemini", "chat", GEMINI_CLI_TRUST_WORKSPACE="")
    terminal.wait_for("Do you trust the files in this folder?")
    terminal.press("Enter")
    # The client starts anew now, and the prompt may still be the old one.
    terminal.wait_for("Type your message")
    terminal.type("say hi", "Hi! This is gemini-3-5-flash in the ByteSpike sandbox.")
    terminal.type("/theme", "Select Theme")
    before = until(lambda: chosen(terminal), "the theme of now")
    terminal.press("Down")
    theme = until(lambda: {chosen(terminal)} - {before, ""}, "the next theme").pop()
    terminal.press("Enter")
    terminal.wait_for("Type your message")
    terminal.tmux("send-keys", "-l", "/quit")
    terminal.wait_for("> /quit")
    time.sleep(ENTER_AFTER_S)
    terminal.press("Enter")
    until(terminal.is_over, "the end of the chat")

    until(lambda: "theme" in (user.settings.read_text() if user.settings.exists() else ""), theme)
    settings = json.loads(user.settings.read_text())
    assert settings == {"ui": {"theme": settings["ui"]["theme"]}}, "our own pins were carried home"
    assert theme.endswith(settings["ui"]["theme"])
    trusted = json.loads((user.home / ".gemini" / "trustedFolders.json").read_text())
    assert trusted == {str(user.project): "TRUST_FOLDER"}
    assert {record.status for record in user.calls} == {200}


def chosen(terminal: Terminal) -> str:
    """Return the name of the theme that the dialog points at."""
    lines = [line for line in terminal.screen.splitlines() if "●" in line]
    return lines[0].split("●")[1].split("│")[0].strip() if lines else ""
