"""Snippets for programs: each is put where it says, and the real program asks with it.

Directly as the snippet describes it, through a shim of the program's own, and through one that
stays. There is no aichat, no promptfoo and no Zed to install here (crates.io builds aichat in
minutes, promptfoo is hundreds of packages, Zed is a window): programs that ask exactly as they do
stand for them (`programs/`).
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.service.state import TOKEN_PREFIX
from tests.clients.snippets import MODEL, SnippetUser, commands_of, stated
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

MakeSnippetUser = Callable[..., SnippetUser]

AIDER_ONCE = ("--message", "say hi", "--yes", "--no-git", "--chat-mode", "ask", "--no-pretty")
"""What a person would type in its window."""
SAID = (f"This is {MODEL}", f"{MODEL} heard")
SETTINGS = {
    "opencode": ("opencode.json", ("opencode", "run", "say hi")),
    "continue": (".continue/config.yaml", ("cn", "-p", "say hi")),
    "promptfoo": ("promptfooconfig.yaml", ("promptfoo", "eval")),
    "zed": (".config/zed/settings.json", ("zed", ".config/zed/settings.json", "say hi")),
}
"""Where the settings go, and what asks with them."""
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "gemini-cli": ("gemini", ()),
    "aider": ("aider", AIDER_ONCE),
    "aichat": ("aichat", ()),
}
"""The program that a printed command starts, and what is added to it for a run without a person."""


@pytest.fixture
def make_user(tmp_path: Path, make_sandbox: MakeSandbox) -> MakeSnippetUser:
    """Make a user with programs: `make_user("cn", dialects={"done": "never"})`."""

    def make(*programs: str, **settings: object) -> SnippetUser:
        return SnippetUser.at(tmp_path, make_sandbox(**settings), *programs)

    return make


@pytest.fixture
def make_standing(make_user: MakeSnippetUser) -> Iterator[MakeSnippetUser]:
    """Make a user whose shim stays."""
    users = []

    def make(*programs: str) -> SnippetUser:
        user = make_user(*programs)
        started = user.run("bytespike", "shim", "serve", "--daemon", "--port", "0")
        assert started.returncode == 0, started.stderr
        users.append(user)
        return user

    yield make
    for user in users:
        user.run("bytespike", "shim", "stop")


def placed(user: SnippetUser, name: str, *arguments: str) -> tuple[str, tuple[str, ...]]:
    """Write the settings where the snippet says; return them, and what asks with them."""
    text = user.snippet(name, *arguments)
    path, command = SETTINGS[name]
    assert path in text, "the snippet says where it goes"
    user.write(path, text)
    return text, command


def script(user: SnippetUser, name: str, *arguments: str) -> str:
    """Return a script of the printed commands, the last of which runs without a person."""
    first = [*commands_of(user.snippet(name, *arguments))]
    first[-1] += " " + shlex.join(COMMANDS[name][1])
    return "\n".join(first)


def assert_answered(
    user: SnippetUser, done: subprocess.CompletedProcess[str], *, through: bool
) -> None:
    """The model's answer was read, by a program that had the real key, or a token alone.

    The gateway takes no token: who has nothing else was answered through a shim.
    """
    said = done.stderr
    assert done.returncode == 0, said
    assert any(words in done.stdout for words in SAID), said
    assert user.calls, said
    assert all(record.status == 200 for record in user.calls), said
    assert {record.model for record in user.calls} == {MODEL}
    for file in user.home.rglob("*"):
        if through and file.is_file():
            assert GEMINI_KEY.encode() not in file.read_bytes(), file


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_lead_to_the_gateway(make_user: MakeSnippetUser, name: str) -> None:
    user = make_user(SETTINGS[name][1][0], dialects={"done": "never"})
    text, command = placed(user, name)
    done = user.alone(*command, **stated(text))
    assert_answered(user, done, through=False)


@pytest.mark.parametrize("name", ["continue", "zed"])
def test_without_the_shim_done_is_the_error_that_the_snippet_tells_of(
    make_user: MakeSnippetUser, name: str
) -> None:
    user = make_user(SETTINGS[name][1][0])
    text, command = placed(user, name)
    assert "[DONE]" in text
    done = user.alone(*command, **stated(text))
    assert done.returncode == 1
    assert "[DONE]" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["opencode", "continue", "promptfoo"])
def test_settings_go_through_a_shim_of_the_programs_own(
    make_user: MakeSnippetUser, name: str
) -> None:
    user = make_user(SETTINGS[name][1][0])
    _, command = placed(user, name)
    done = user.run("bytespike", "exec", "--", *command)
    assert_answered(user, done, through=True)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_lead_to_the_shim_that_stays(make_standing: MakeSnippetUser, name: str) -> None:
    user = make_standing(SETTINGS[name][1][0])
    text, command = placed(user, name, "--shim")
    assert user.sandbox.origin not in text
    assert TOKEN_PREFIX not in text
    start = shlex.join(command)
    if "{file:" not in text:
        evaluated = f'eval "$(bytespike env --client {name})"'
        assert evaluated in text, "the snippet says how the token gets there"
        start = f"{evaluated}\n{start}"
    done = user.run("sh", "-c", start)
    assert_answered(user, done, through=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_goes_through_a_shim_of_its_own(make_user: MakeSnippetUser, name: str) -> None:
    user = make_user(COMMANDS[name][0])
    done = user.run("sh", "-c", script(user, name))
    assert_answered(user, done, through=True)


@pytest.mark.parametrize("name", ["aider", "aichat"])
def test_a_command_works_with_the_variables_that_are_named(
    make_user: MakeSnippetUser, name: str
) -> None:
    user = make_user(COMMANDS[name][0], dialects={"done": "never"})
    command = script(user, name).removeprefix("bytespike exec -- ")
    done = user.alone("sh", "-c", command, **stated(user.snippet(name)))
    assert_answered(user, done, through=False)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_finds_the_shim_that_stays(make_standing: MakeSnippetUser, name: str) -> None:
    user = make_standing(COMMANDS[name][0])
    if name == "gemini-cli":
        text = user.snippet(name, "--shim")
        (setting,) = [line[1:] for line in text.splitlines() if "selectedType" in line]
        user.write(".gemini/settings.json", setting)
    done = user.run("sh", "-c", script(user, name, "--shim"))
    assert_answered(user, done, through=True)
