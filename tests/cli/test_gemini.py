"""`bytespike gemini`: what the arguments lead to. The real client is in tests/clients."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.cli import chat
from bytespike_cli.launch import gemini as launcher
from bytespike_cli.launch.find import GeminiCli
from tests.cli.conftest import Cli


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[str, ...]]]:
    """Catch launches instead of becoming them; each ends with status 7."""
    seen: list[tuple[str, tuple[str, ...]]] = []

    class Caught:
        notes = ("a note",)

        def run(self, _platform: str) -> int:
            return 7

    def caught(kind: str) -> Any:
        def launch(
            _env: Any, _client: GeminiCli, arguments: Sequence[str], **_given: Any
        ) -> Caught:
            seen.append((kind, tuple(arguments)))
            return Caught()

        return launch

    monkeypatch.setattr(launcher, "prepare", caught("shim"))
    monkeypatch.setattr(launcher, "manage", caught("plain"))
    return seen


@pytest.fixture
def installed(cli: Cli, tmp_path: Path) -> Cli:
    """A user with a gemini on PATH and a key."""
    program = tmp_path / "bin" / "gemini"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    cli.variables["PATH"] = str(program.parent)
    cli.variables["BYTESPIKE_API_KEY"] = "sk-byts-of-the-user"
    return cli


Launched = list[tuple[str, tuple[str, ...]]]


@pytest.mark.parametrize(
    "arguments",
    [
        ("-p", "say hi", "--output-format", "json"),
        ("-m", "pro", "--", "--key", "x"),
        ("--model=pro",),
        ("--unknown", "-xyz"),
        (),
    ],
)
def test_arguments_are_untouched(
    installed: Cli, launched: Launched, arguments: tuple[str, ...]
) -> None:
    assert installed("gemini", *arguments).status == 7
    assert launched == [("shim", arguments)]


@pytest.mark.parametrize("arguments", [("mcp", "list"), ("--version",), ("--help",)])
def test_what_asks_no_model_needs_no_key(
    installed: Cli, launched: Launched, arguments: tuple[str, ...]
) -> None:
    del installed.variables["BYTESPIKE_API_KEY"]
    assert installed("gemini", *arguments).status == 7
    assert launched == [("plain", arguments)]


def test_common_flags_stand_before_the_command(installed: Cli, launched: Launched) -> None:
    assert installed("--key", "nobody", "gemini", "-p", "hi").status == 3
    assert launched == []


def test_notes_are_shown_before_the_client_starts(installed: Cli, launched: Launched) -> None:
    assert "warning: a note" in installed("gemini", "-p", "hi").err


def test_without_a_key_nothing_starts(installed: Cli, launched: Launched) -> None:
    del installed.variables["BYTESPIKE_API_KEY"]
    result = installed("gemini", "-p", "hi")
    assert result.status == 3
    assert "bytespike login" in result.err
    assert launched == []


def test_chat_is_gemini_cli_where_it_is_installed(installed: Cli, launched: Launched) -> None:
    installed("gemini", "chat", "-m", "pro")
    assert launched == [("shim", ("-m", "pro"))]


@pytest.mark.parametrize("arguments", [("--builtin",), ("--builtin", "-m", "gemini-3-flash")])
def test_chat_is_built_in_where_that_is_wanted(
    installed: Cli, launched: Launched, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    models: list[str | None] = []

    def run_chat(app: Any) -> int:
        models.append(app.flags.model)
        return 0

    monkeypatch.setattr(chat, "run_chat", run_chat)
    assert installed("gemini", "chat", *arguments).status == 0
    assert models == ["gemini-3-flash" if "-m" in arguments else None]
    assert launched == []


def test_chat_is_built_in_where_gemini_cli_is_absent(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "run_chat", lambda _app: 0)
    cli.variables["PATH"] = "/nowhere"
    result = cli("gemini", "chat")
    assert result.status == 0
    assert "built-in chat" in result.err


def test_the_built_in_chat_refuses_options_of_gemini_cli(cli: Cli) -> None:
    result = cli("gemini", "chat", "--builtin", "--yolo")
    assert result.status == 2
    assert "--yolo" in result.err


def test_chat_help_is_ours(cli: Cli) -> None:
    assert "--builtin" in cli("gemini", "chat", "--help").out


@pytest.mark.parametrize(("answer", "status"), [("y", 7), ("", 7), ("n", 127)])
def test_npx_fetches_it_when_the_user_agrees(
    cli: Cli, launched: Launched, tmp_path: Path, answer: str, status: int
) -> None:
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\n")
    npx.chmod(0o755)
    cli.variables.update(PATH=str(tmp_path), BYTESPIKE_API_KEY="sk-byts-of-the-user")
    result = cli("gemini", "-p", "hi", stdin=f"{answer}\n", terminal=True)
    assert result.status == status
    assert "with npx? [Y/n]" in result.err
    assert launched == ([("shim", ("-p", "hi"))] if status == 7 else [])


def test_without_a_terminal_npx_is_not_asked_for(cli: Cli, tmp_path: Path) -> None:
    npx = tmp_path / "npx"
    npx.write_text("#!/bin/sh\n")
    npx.chmod(0o755)
    cli.variables.update(PATH=str(tmp_path), BYTESPIKE_API_KEY="sk-byts-of-the-user")
    assert cli("gemini", "-p", "hi").status == 127
    assert cli("--no-input", "gemini", "-p", "hi", terminal=True).status == 127


def test_an_absent_gemini_cli_is_not_found(cli: Cli) -> None:
    cli.variables.update(PATH="/nowhere", BYTESPIKE_API_KEY="sk-byts-of-the-user")
    result = cli("gemini", "-p", "hi")
    assert result.status == 127
    assert "npm install -g @google/gemini-cli" in result.err
