"""`bytespike snippet`: the code that is printed runs as it stands, and through `bytespike exec`."""

import json
from pathlib import Path

import pytest

from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.sdks import BYTESPIKE, command_of, environment, run, written

pytestmark = pytest.mark.client

HI = "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."
WITH_AN_SDK = {
    "google-genai": "python",
    "google-generativeai": "python",
    "litellm": "python",
    "node": "node",
    "@google/generative-ai": "node",
    "ai-sdk": "node",
}
"""Snippets that are code, and what runs them."""
KEY_VARIABLES = ("GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
SHELL = ["curl", "generic"]
RUNS_BYTESPIKE = ["llm-gemini"]
AS_JSON = ["opencode", "zed"]
NOT_INSTALLED = {"gemini-cli", "aider", "langchain", "aichat", "continue"}
"""gemini-cli is run by tests of its own; the others are too large to pin for the tests."""


def snippet(name: str, variables: dict[str, str]) -> str:
    printed = run([str(BYTESPIKE), "snippet", name, "-m", "gemini-3-1-pro"], variables)
    assert printed.returncode == 0, printed.stderr
    assert GEMINI_KEY not in printed.stdout
    return printed.stdout


@pytest.mark.parametrize("name", WITH_AN_SDK)
def test_code_runs_directly_and_through_the_shim(
    tmp_path: Path, sandbox: SandboxServer, name: str
) -> None:
    variables = environment(tmp_path, sandbox.origin)
    code = snippet(name, variables)
    command, _ = command_of(written(tmp_path, code, node=WITH_AN_SDK[name] == "node"))
    runs_twice(sandbox, command, variables)


@pytest.mark.parametrize("name", SHELL)
def test_a_script_runs_directly_and_through_the_shim(
    tmp_path: Path, sandbox: SandboxServer, name: str
) -> None:
    variables = environment(tmp_path, sandbox.origin)
    script = tmp_path / "snippet.sh"
    script.write_text(snippet(name, variables))
    runs_twice(sandbox, ["sh", str(script)], variables)


def runs_twice(sandbox: SandboxServer, command: list[str], variables: dict[str, str]) -> None:
    """With the real key in its variable, and by `exec`, with nothing but a token."""
    plain = {name: v for name, v in variables.items() if not name.startswith("BYTESPIKE_")}
    alone = run(command, {**plain, **dict.fromkeys(KEY_VARIABLES, GEMINI_KEY)})
    assert HI in alone.stdout, alone.stderr
    through = run([str(BYTESPIKE), "exec", "--", *command], variables)
    assert HI in through.stdout, through.stderr
    calls = [r for r in sandbox.state.journal if r.path.startswith("/v1beta/")]
    assert len(calls) == 2


@pytest.mark.parametrize("name", RUNS_BYTESPIKE)
def test_a_command_of_ours_runs(tmp_path: Path, sandbox: SandboxServer, name: str) -> None:
    path = f"{BYTESPIKE.parent}:/usr/bin:/bin"
    variables = environment(tmp_path, sandbox.origin, PATH=path)
    done = run(["sh", "-c", snippet(name, variables)], variables)
    assert HI in done.stdout, done.stderr


@pytest.mark.parametrize("name", AS_JSON)
def test_settings_are_valid(tmp_path: Path, sandbox: SandboxServer, name: str) -> None:
    text = snippet(name, environment(tmp_path, sandbox.origin))
    assert sandbox.origin in json.dumps(json.loads(text))


def test_every_snippet_is_run_or_has_no_program_here() -> None:
    ran = {*WITH_AN_SDK, *SHELL, *RUNS_BYTESPIKE, *AS_JSON}
    names = {name for name, client in CLIENTS.items() if ran & {name, *client.aliases}}
    assert names | NOT_INSTALLED == set(CLIENTS)
    assert names.isdisjoint(NOT_INSTALLED)
