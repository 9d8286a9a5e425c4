import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.chat import COMMANDS, run_chat
from bytespike_cli.errors import AuthenticationError, NoKeyError
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeEnv, MakeSandbox


class Talk:
    """A chat over a pipe: what was typed, what came of it."""

    def __init__(self, make_env: MakeEnv, origin: str, key: str, typed: str) -> None:
        self.env = make_env(typed, BYTESPIKE_API_KEY=key, BYTESPIKE_BASE_URL=origin)
        self.status = run_chat(App(self.env))
        self.out: str = self.env.stdout.getvalue()  # type: ignore[attr-defined]
        self.err: str = self.env.stderr.getvalue()  # type: ignore[attr-defined]


def talk(make_env: MakeEnv, server: SandboxServer, *lines: str, key: str = GEMINI_KEY) -> Talk:
    return Talk(make_env, server.origin, key, "".join(line + "\n" for line in lines))


def test_a_conversation(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    said = talk(make_env, sandbox, "say hi", "", "and now?")
    assert said.status == 0
    first, second = said.out.splitlines()
    assert first.startswith("Hi!")
    assert "turn 2" in second
    assert said.err == ""


def test_several_lines_are_one_message(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    talk(make_env, sandbox, '"""', "a", "", "b", '"""')
    assert sandbox.state.journal[-1].body["contents"][0]["parts"] == [{"text": "a\n\nb"}]


def test_errors_do_not_end_the_session(make_env: MakeEnv, make_sandbox: MakeSandbox) -> None:
    server = make_sandbox(faults=["invalid-param@1"])
    said = talk(make_env, server, "first", "say hi")
    assert said.out.startswith("Hi!")
    assert "invalid" in said.err
    assert said.status == 1, "a script can tell that something failed"
    assert len(server.state.journal[-1].body["contents"]) == 1, "what failed is not remembered"


def test_a_broken_answer_is_remembered_as_such(
    make_env: MakeEnv, make_sandbox: MakeSandbox
) -> None:
    server = make_sandbox(faults=["cut:3@1"])
    said = talk(make_env, server, "count to 9", "go on")
    assert said.status == 11
    contents = server.state.journal[-1].body["contents"]
    assert [turn["parts"][0]["text"] for turn in contents] == ["count to 9", "1 2 3 […]", "go on"]


def test_model(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    said = talk(make_env, sandbox, "/model", "/model gemini-3.1-pro", "say hi", "/model gemini-9")
    assert "gemini-3-1-pro" in said.out
    assert "* gemini-3-5-flash" in said.err
    assert "no model 'gemini-9'" in said.err
    assert said.status == 6


def test_file_and_save(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    env = make_env()
    (env.cwd / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9))
    (env.cwd / "old.md").write_text("kept")
    said = talk(
        make_env, sandbox, "/file a.png", "what?", "and?", "/save new.md", "/save new.md",
        "/save old.md", "/file gone.png",
    )  # fmt: skip
    assert "image/png" in said.out.splitlines()[0]
    assert len(sandbox.state.journal[-1].body["contents"][2]["parts"]) == 1
    assert "## You\n\n*[image/png]*\n\nwhat?" in (env.cwd / "new.md").read_text()
    assert (env.cwd / "old.md").read_text() == "kept"
    assert "old.md exists" in said.err
    assert "gone.png: no such file" in said.err


def test_resume_and_clear(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    talk(make_env, sandbox, "remember me", "/model pro", "twice")
    said = talk(make_env, sandbox, "/resume", "and?", "/clear", "new")
    contents = [record.body["contents"] for record in sandbox.state.journal if record.body]
    assert [len(turns) for turns in contents] == [1, 3, 5, 1]
    assert "Resumed: 2 messages with gemini-3-1-pro." in said.err
    assert "turn 3" in said.out.splitlines()[0]


def test_nothing_to_resume(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    assert "no earlier conversation" in talk(make_env, sandbox, "/resume").err


def test_help_quit_and_the_unknown(make_env: MakeEnv, sandbox: SandboxServer) -> None:
    said = talk(make_env, sandbox, "/nope", "/help", "/quit", "never asked")
    assert said.out == ""
    assert "no command /nope" in said.err
    assert all(f"{name} " in said.err for name in COMMANDS)


@pytest.mark.parametrize("line", ["/usr/bin/env is what?", "/ is a slash"])
def test_a_path_is_no_command(make_env: MakeEnv, sandbox: SandboxServer, line: str) -> None:
    said = talk(make_env, sandbox, line)
    assert ("heard" in said.out) is line.startswith("/usr")


def test_where_nothing_can_be_kept_one_talks_all_the_same(
    make_env: MakeEnv, sandbox: SandboxServer, tmp_path: Path
) -> None:
    (tmp_path / "bytespike").mkdir()
    (tmp_path / "bytespike" / "state").write_text("a file in the way")
    said = talk(make_env, sandbox, "say hi", "say hi")
    assert (said.status, said.out.count("Hi!"), said.err.count("not kept")) == (0, 2, 1)


def test_what_makes_every_conversation_impossible(
    make_env: MakeEnv, sandbox: SandboxServer
) -> None:
    with pytest.raises(NoKeyError):
        run_chat(App(make_env("hi\n")))
    with pytest.raises(AuthenticationError):
        talk(make_env, sandbox, "hi", key="sk-byts-not-a-key")


class Screen:
    """A chat on a real terminal."""

    def __init__(self, master: int, process: subprocess.Popen[bytes]) -> None:
        self.master = master
        self.process = process
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, words: str) -> str:
        """Read until `words` appear; return everything up to there, and forget it."""
        while words not in self.seen:
            piece = self._read(f"before {words!r}")
            assert piece, f"it ended before {words!r}: {self.seen!r}"
            self.seen += piece
        before, _, self.seen = self.seen.partition(words)
        return before + words

    def press(self, key: str, words: str) -> None:
        """Press a key until `words` appear, as a person would.

        readline loses an interrupt that arrives in the instant before it waits for a key.
        """
        for _ in range(30):
            self.type(key)
            while select.select([self.master], [], [], 1.0)[0]:
                self.seen += self._read(f"before {words!r}")
                if words in self.seen:
                    self.until(words)
                    return
        raise AssertionError(f"{words!r} never came: {self.seen!r}")

    def ended(self) -> int:
        """Read to the end; return the exit status."""
        while self._read("before the end"):
            pass
        return self.process.wait(timeout=30)

    def _read(self, when: str) -> str:
        """Return what was written next; nothing once the process has ended."""
        ready, _, _ = select.select([self.master], [], [], 30)
        assert ready, f"silence {when}: {self.seen!r}"
        try:
            return os.read(self.master, 65536).decode("utf-8", "replace")
        except OSError:  # the other side is closed (Linux)
            return ""


@contextlib.contextmanager
def terminal(server: SandboxServer, home: Path) -> Iterator[Screen]:
    """Start the chat in a pseudo-terminal, as a user does."""
    master, slave = pty.openpty()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "INPUTRC": os.devnull,
        "BYTESPIKE_CONFIG_DIR": str(home / "config"),
        "BYTESPIKE_API_KEY": GEMINI_KEY,
        "BYTESPIKE_BASE_URL": server.origin,
    }
    code = (
        "import sys; from bytespike_cli.cli.app import App; from bytespike_cli.cli.chat import "
        "run_chat; from bytespike_cli.context import Environment; "
        "sys.exit(run_chat(App(Environment.from_process())))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=env,
        cwd=home,
        start_new_session=True,
        preexec_fn=_take_terminal,
    ) as process:
        os.close(slave)
        try:
            yield Screen(master, process)
        finally:
            process.kill()
            os.close(master)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


PROMPT = "›"


def test_ctrl_c_stops_the_answer_and_not_the_session(
    make_sandbox: MakeSandbox, tmp_path: Path
) -> None:
    server = make_sandbox(faults=["stall:2@1"])
    with terminal(server, tmp_path) as screen:
        screen.until(PROMPT)
        screen.type("count to 999\n")
        screen.until("1 2")
        screen.type("\x03")
        screen.until("(stopped)")
        assert server.state.journal.wait_for(lambda journal: journal[-1].aborted)
        screen.until(PROMPT)
        screen.type("say hi\n")
        screen.until("ByteSpike sandbox")
        screen.until(PROMPT)
        screen.type("half a line")
        screen.until("half a line")
        screen.press("\x03", "Ctrl-D or /quit leaves")
        screen.until(PROMPT)  # only then is the line editor listening
        screen.type("\x04")
        assert screen.ended() == 0


def test_what_is_pasted_stays_together_and_is_there_next_time(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    def last_message() -> str:
        return str(sandbox.state.journal[-1].body["contents"][-1]["parts"][0]["text"])

    with terminal(sandbox, tmp_path) as screen:
        screen.until(PROMPT)
        screen.type("\x1b[200~repeat: one\n\ntwo\x1b[201~")
        screen.until("two")
        screen.type("\n")
        screen.until(PROMPT)
        assert last_message() == "repeat: one\n\ntwo"
        screen.type("/mod\tgemini-3-1\t\n")
        screen.until("Now talking with gemini-3-1-pro")
        screen.until(PROMPT)
        screen.process.send_signal(signal.SIGKILL)
        screen.ended()
    with terminal(sandbox, tmp_path) as screen:
        screen.until(PROMPT)
        screen.type("\x1b[A\x1b[A\n")
        screen.until("two")
        screen.until(PROMPT)
        assert last_message() == "repeat: one\n\ntwo"
        screen.type("\x04")
        assert screen.ended() == 0
