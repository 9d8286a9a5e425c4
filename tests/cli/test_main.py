import importlib
import json
from typing import Any

import click
import pytest

from bytespike_cli import __version__
from bytespike_cli.cli import main
from bytespike_cli.cli.main import COMMANDS, Entry, invoke
from bytespike_cli.errors import QuotaError
from bytespike_cli.sandbox.server import SandboxServer

from .conftest import Cli


@pytest.fixture
def add_command(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Add a command `act` that runs a function."""

    def add(function: Any) -> None:
        monkeypatch.setattr(main, "act", click.command()(function), raising=False)
        monkeypatch.setitem(COMMANDS, "act", Entry("main:act", "Act."))

    return add


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there_and_says_what_it_does(name: str) -> None:
    module, attribute = COMMANDS[name].target.split(":")
    command = getattr(importlib.import_module(f"bytespike_cli.cli.{module}"), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help
    assert COMMANDS[name].help.endswith(".")


def test_help_lists_every_command(cli: Cli) -> None:
    result = cli("--help")
    assert result.status == 0
    text = result.out
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "bytespike sandbox try" in text


def test_version(cli: Cli) -> None:
    for flag in ("-V", "--version"):
        result = cli(flag)
        assert (result.status, result.out) == (0, f"bytespike {__version__}\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["kyes"], "There is no command 'kyes'."),
        (["kyes"], "fix: bytespike keys"),
        (["xyzzy"], "fix: bytespike --help"),
        (["keys", "list", "--bogus"], "fix: bytespike keys list --help"),
        (["keys", "use"], "NAME"),
        (["--bogus"], "--bogus"),
    ],
)
def test_usage_is_two_and_says_where_help_is(cli: Cli, args: list[str], words: str) -> None:
    result = cli(*args)
    assert (result.status, result.out) == (2, "")
    assert words in result.err


def test_our_errors_end_with_their_status(cli: Cli, add_command: Any) -> None:
    def act() -> None:
        raise QuotaError("Nothing left.", fix="top up")

    add_command(act)
    result = cli("act")
    assert (result.status, result.out) == (7, "")
    assert result.err == "error: Nothing left.\n  fix: top up\n"


def test_errors_as_json(cli: Cli) -> None:
    result = cli("models", "--json")
    assert result.status == 3
    assert json.loads(result.err)["error"]["kind"] == "NoKeyError"


def test_a_defect_is_one_sentence_and_status_one(cli: Cli, add_command: Any) -> None:
    def act() -> None:
        raise RuntimeError("sk-byts-hidden-0001")

    add_command(act)
    result = cli("act")
    assert result.status == 1
    assert "a defect of bytespike" in result.err
    assert "Traceback" not in result.err
    assert "hidden" not in result.err


@pytest.mark.parametrize("kind", [KeyboardInterrupt, click.Abort])
def test_ctrl_c_is_130(cli: Cli, add_command: Any, kind: type[BaseException]) -> None:
    def act() -> None:
        raise kind

    add_command(act)
    assert cli("act").status == 130


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (5, 5), ("text", 0)])
def test_a_command_may_return_a_status(
    cli: Cli, add_command: Any, returned: object, status: int
) -> None:
    def act() -> Any:
        return returned

    add_command(act)
    assert cli("act").status == status


def test_the_drop_in_is_known_to_the_command(cli: Cli, add_command: Any) -> None:
    seen = []

    def act() -> None:
        seen.append(click.get_current_context().obj.drop_in)

    add_command(act)
    invoke(cli.env(), ["act"], drop_in=True)
    invoke(cli.env(), ["act"])
    assert seen == [True, False]


def test_usage_errors_are_json_too(cli: Cli) -> None:
    result = cli("keys", "list", "--json", "--bogus")
    assert result.status == 2
    assert json.loads(result.err)["error"]["kind"] == "UsageError"


@pytest.mark.parametrize("args", [[], ["keys"]])
def test_without_a_command_the_help_is_shown(cli: Cli, args: list[str]) -> None:
    result = cli(*args)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith("Usage: bytespike")


@pytest.mark.parametrize(
    "command", [["models"], ["keys", "verify"], ["generate", "hi"], ["doctor", "key"]]
)
def test_a_refused_key_in_a_variable_is_cured_there(
    cli: Cli, sandbox: SandboxServer, command: list[str]
) -> None:
    cli.variables.update(
        BYTESPIKE_API_KEY="sk-byts-wrong-0001", BYTESPIKE_BASE_URL=sandbox.origin, COLUMNS="200"
    )
    result = cli(*command)
    assert "set BYTESPIKE_API_KEY to it, or unset it to use a stored key" in " ".join(
        f"{result.out} {result.err}".split()
    )
