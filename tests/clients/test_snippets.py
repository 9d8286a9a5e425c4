"""`bytespike snippet`: the code that is printed runs as it stands, and through `bytespike exec`."""

import sys
from pathlib import Path

import pytest

from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.sdks import BYTESPIKE, GENAI_2, HERE, command_of, environment, run, written
from tests.clients.test_snippet_programs import COMMANDS, SETTINGS
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

HI = "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."
WITH_AN_SDK = {
    "google-genai": "python",
    "google-generativeai": "python",
    "litellm": "python",
    "langchain": "python",
    "node": "node",
    "@google/generative-ai": "node",
    "ai-sdk": "node",
}
"""Snippets that are code, and what runs them."""
ON_GENAI_2 = {"langchain": GENAI_2.name}
"""What runs on the older google-genai."""
KEY_VARIABLES = ("GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
SHELL = ["curl", "generic"]
RUNS_BYTESPIKE = ["llm-gemini"]
READ = {"go": ("main.go", "google_genai_go.py"), "java": ("App.java", "google_genai_java.py")}
"""Code in a language that is not here: a file of `programs/` reads it, and asks as it does."""


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
    package = ON_GENAI_2.get(name, "")
    program = written(tmp_path, code, node=WITH_AN_SDK[name] == "node")
    command, packages = command_of(program, package=package)
    runs_twice(sandbox, command, {**variables, **packages})


@pytest.mark.parametrize("name", SHELL)
def test_a_script_runs_directly_and_through_the_shim(
    tmp_path: Path, sandbox: SandboxServer, name: str
) -> None:
    variables = environment(tmp_path, sandbox.origin)
    script = tmp_path / "snippet.sh"
    script.write_text(snippet(name, variables))
    runs_twice(sandbox, ["sh", str(script)], variables)


@pytest.mark.parametrize("name", READ)
def test_code_that_is_read_leads_directly_and_through_the_shim(
    tmp_path: Path, sandbox: SandboxServer, name: str
) -> None:
    variables = environment(tmp_path, sandbox.origin)
    runs_twice(sandbox, reader_of(tmp_path, name, variables), variables)


def test_the_sdk_for_go_streams_through_the_shim_alone(
    tmp_path: Path, make_sandbox: MakeSandbox
) -> None:
    sandbox = make_sandbox(dialects={"framing": "comments"})
    variables = environment(tmp_path, sandbox.origin)
    command = [*reader_of(tmp_path, "go", variables), "--stream"]
    alone = run(command, {**variables, "GEMINI_API_KEY": GEMINI_KEY})
    assert "invalid stream chunk" in alone.stderr
    through = run([str(BYTESPIKE), "exec", "--client", "go", "--", *command], variables)
    assert through.returncode == 0, through.stderr
    assert HI in through.stdout


def reader_of(folder: Path, name: str, variables: dict[str, str]) -> list[str]:
    """Return what asks as a client's code does, beside that code."""
    file, reader = READ[name]
    (folder / file).write_text(snippet(name, variables), encoding="utf-8")
    return [sys.executable, str(HERE / "programs" / reader), str(folder / file)]


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


def test_every_snippet_is_run() -> None:
    ran = {*WITH_AN_SDK, *SHELL, *READ, *RUNS_BYTESPIKE, *SETTINGS, *COMMANDS}
    assert {n for n, c in CLIENTS.items() if ran & {n, *c.aliases}} == set(CLIENTS)
