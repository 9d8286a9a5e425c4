"""The real key is nowhere but with us: not in the client, not in what it starts, not in a file."""

import os
import sys
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import BY_NAME
from tests.clients.conftest import MakeUser
from tests.clients.user import User, finish, until, until_home_again

pytestmark = pytest.mark.client

CANARY = BY_NAME["custom"].secret
"""A key without ByteSpike's prefix: nothing can recognise it by its looks."""


def files_with(secret: str, *folders: Path) -> list[Path]:
    """Return every file below the folders whose name or content has the secret.

    What is removed meanwhile (by a client that runs, or by what cleans up after it) is passed over.
    """
    found = []
    for folder in folders:
        for inside, _, names in os.walk(folder):
            for path in (Path(inside) / name for name in names):
                if secret in path.name or (not path.is_symlink() and has(path, secret)):
                    found.append(path)
    return found


def has(path: Path, secret: str) -> bool:
    """Return whether a file has the secret in it; one that is gone has not."""
    try:
        return path.is_file() and secret.encode() in path.read_bytes()
    except FileNotFoundError:
        return False


def descendants(pid: int) -> list[Path]:
    """Return the /proc folders of a process and of everything that it has started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    family, ahead = [], [pid]
    while ahead:
        member = ahead.pop()
        family.append(Path("/proc") / str(member))
        ahead += parents.get(member, [])
    return family


def shown(file: Path) -> bytes:
    """Return what a file of /proc says; nothing when its process has ended meanwhile."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_no_process_of_the_client_has_the_key(make_user: MakeUser) -> None:
    """Looked at while the client runs a shell command, which waits for us to have looked."""
    user = make_user(key=CANARY)
    command = "env > inner.txt; while [ ! -e go ]; do sleep 0.05; done"
    prompt = f'call run_shell_command with {{"command": "{command}"}}'
    client = user.start("gemini", "-y", "-p", prompt, "-m", "gemini-3-1-pro")
    inner = user.project / "inner.txt"
    until(lambda: inner.exists() and "PATH=" in inner.read_text(), "the shell command", 90.0)
    family = descendants(client.pid)
    seen = [shown(process / name) for process in family for name in ("environ", "cmdline")]
    written = files_with(CANARY, user.home, user.tmp, user.config, user.project)
    (user.project / "go").touch()
    run = finish(client)
    assert run.status == 0, run.said
    assert len(family) > 1, "the shell command was not among them"
    led = [content for content in seen if b"GOOGLE_GEMINI_BASE_URL=http://127.0.0.1" in content]
    assert len(led) > 1, "neither the client nor its shell was looked at"
    assert not any(CANARY.encode() in content for content in seen)
    assert written == []
    assert CANARY not in inner.read_text() + run.out + run.err
    assert len(user.billed) == 2


def test_no_file_and_no_output_has_the_key(make_user: MakeUser) -> None:
    """A stored key, a good turn, and one whose failure the client reports in a file of its own."""
    user = make_user(key="")
    folders = (user.home, user.tmp, user.config, user.project)
    (user.root / "key").write_text(CANARY)
    with (user.root / "key").open() as typed:
        stored = user.run("keys", "add", "work", "--key-stdin", stdin=typed)
    assert stored.status == 0, stored.said
    good = user.gemini("-p", "say hi")
    user.sandbox.state.set_faults(["bad-key"])
    refused = user.gemini("-p", "say hi", "-m", "gemini-3-1-pro")
    assert (good.status, refused.status) == (0, 1), good.said + refused.said
    assert "the key 'work'" in refused.err
    assert list(user.tmp.glob("gemini-client-error-*")), "the client wrote no report to look at"
    until_home_again(user)
    assert files_with(CANARY, *folders) == [user.config / "keys.toml"]
    for run in (stored, good, refused):
        assert CANARY not in run.out + run.err


def test_a_key_of_googles_is_not_the_clients_either(user: User) -> None:
    """The user's own Google key would outrank ours in most SDKs (clients.md 3)."""
    client = user.write(user.root / "gemini", "#!/bin/sh\nenv\n")
    client.chmod(0o755)
    google = "AIza" + "x" * 35
    user.variables |= {"GOOGLE_API_KEY": google, "GEMINI_API_KEY": google}
    run = user.gemini("-p", "say hi", BYTESPIKE_GEMINI_BIN=str(client))
    assert run.status == 0, run.said
    assert "GEMINI_API_KEY=bytespike-session-" in run.out
    assert "GOOGLE_API_KEY=\n" in run.out
    assert google not in run.out
