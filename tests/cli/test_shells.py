"""Completion scripts, where they go, and what real shells make of them."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from bytespike_cli.cli.shells import BEGIN, SHELLS, find_shell, install, script, uninstall
from bytespike_cli.errors import UsageError
from tests.conftest import MakeEnv


@pytest.mark.parametrize("name", SHELLS)
def test_install_and_uninstall_leave_everything_else_alone(make_env: MakeEnv, name: str) -> None:
    env = make_env()
    startup = SHELLS[name].startup(env, Path("x"))
    if startup is not None:
        startup[0].write_text("export MINE=1")
    first = install(env, SHELLS[name])
    assert first[0].read_text() == script(name)
    if startup is not None:
        assert startup[0].read_text().startswith("export MINE=1\n")
        installed = startup[0].read_text()
        assert install(env, SHELLS[name])[1:] == []
        assert startup[0].read_text() == installed
    uninstall(env, SHELLS[name])
    assert not first[0].exists()
    if startup is not None:
        assert startup[0].read_text() == "export MINE=1\n"
    assert uninstall(env, SHELLS[name]) == []


def test_a_block_that_was_broken_by_hand_is_left_alone(make_env: MakeEnv) -> None:
    env = make_env()
    startup = env.home / ".bashrc"
    startup.write_text(f"{BEGIN}\nexport MINE=1\n")
    uninstall(env, SHELLS["bash"])
    assert startup.read_text() == f"{BEGIN}\nexport MINE=1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions and links")
def test_a_linked_start_up_file_keeps_its_bytes_its_mode_and_its_link(make_env: MakeEnv) -> None:
    env = make_env()
    mine = b"export NAME='caf\xe9'\n"
    real = env.home / "dotfiles"
    real.write_bytes(mine)
    real.chmod(0o640)
    startup = env.home / ".bashrc"
    startup.symlink_to(real)
    install(env, SHELLS["bash"])
    assert real.read_bytes().startswith(mine + BEGIN.encode())
    uninstall(env, SHELLS["bash"])
    assert real.read_bytes() == mine
    assert real.stat().st_mode & 0o777 == 0o640
    assert startup.is_symlink()


def test_a_start_up_file_that_was_made_is_removed_again(make_env: MakeEnv) -> None:
    env = make_env()
    startup = env.home / ".bashrc"
    for _ in range(2):
        install(env, SHELLS["bash"])
    assert startup.exists()
    assert startup in uninstall(env, SHELLS["bash"])
    assert not startup.exists()
    install(env, SHELLS["bash"])
    with startup.open("a") as file:
        file.write("export MINE=1\n")
    uninstall(env, SHELLS["bash"])
    assert startup.read_text() == "export MINE=1\n"
    startup.write_text("")
    install(env, SHELLS["bash"])
    uninstall(env, SHELLS["bash"])
    assert startup.read_text() == ""


def test_the_shell_is_found_by_name_or_by_variable(make_env: MakeEnv) -> None:
    assert find_shell(make_env(), "zsh").name == "zsh"
    assert find_shell(make_env(SHELL="/usr/bin/fish"), None).name == "fish"
    with pytest.raises(UsageError, match="not 'tcsh'"):
        find_shell(make_env(SHELL="/bin/tcsh"), None)
    with pytest.raises(UsageError, match=r"\$SHELL is not set"):
        find_shell(make_env(), None)


COMMANDS = {"bash": ["bash", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}


def needs(*programs: str) -> None:
    """Skip where a program is missing on a developer's machine; in CI it must be there."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI lacks {missing}: see .ci/run")
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


class Terminal:
    """A shell in a terminal of its own."""

    def __init__(self, home: Path, command: list[str], variables: dict[str, str]) -> None:
        self._socket = f"bytespike-{uuid.uuid4().hex[:12]}"
        exports = [f"{name}={value}" for name, value in variables.items()]
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "150", "-y", "40",
            "-c", str(home), "env", "-i", *exports, *command,
        )  # fmt: skip

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-L", self._socket, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout

    def type(self, text: str, key: str) -> None:
        self._tmux("send-keys", "-t", "t", "-l", "--", text)
        self._tmux("send-keys", "-t", "t", key)

    def until(self, words: str) -> str:
        """Wait until the screen shows words; fail after twenty seconds."""
        for _ in range(400):
            screen = self._tmux("capture-pane", "-t", "t", "-p")
            if words in screen:
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{words!r} never appeared:\n{screen}")

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture(params=sorted(COMMANDS))
def terminal(
    request: pytest.FixtureRequest, tmp_path: Path, make_env: MakeEnv
) -> Iterator[Terminal]:
    """Each shell with bytespike on PATH, two stored keys, and completion installed."""
    shell: str = request.param
    needs(shell, "tmux")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".zshrc").write_text("PS1='ready> '\nautoload -Uz compinit && compinit -u\n")
    (home / ".bashrc").write_text("PS1='ready> '\n")
    variables = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        "BYTESPIKE_CONFIG_DIR": str(tmp_path / "bytespike"),
    }
    program = [sys.executable, "-m", "bytespike_cli"]
    for name in ("alpha", "beta"):
        subprocess.run(
            [
                *program,
                "keys",
                "add",
                name,
                "--group",
                f"group-{name}",
                "--key-stdin",
                "--no-verify",
            ],
            input=f"sk-byts-for-{name}-0001",
            text=True,
            env=variables,
            check=True,
            capture_output=True,
            timeout=60,
        )
    subprocess.run(
        [*program, "completions", "install", shell],
        env=variables,
        check=True,
        capture_output=True,
        timeout=60,
    )
    terminal = Terminal(home, COMMANDS[shell], variables)
    if shell == "fish":
        terminal.type("function fish_prompt; echo 'ready> '; end", "Enter")
    terminal.until("ready>")
    yield terminal
    terminal.close()


def test_tab_in_the_real_shell(terminal: Terminal) -> None:
    terminal.type("bytespike gene", "Tab")
    terminal.until("bytespike generate")
    terminal.type("--key al", "Tab")
    terminal.until("bytespike generate --key alpha")
    terminal.type("--group group-b", "Tab")
    terminal.until("--group group-beta")
