"""Real clients through the shim that stays, found as its users find it: `eval "$(bytespike env)"`.

The key is changed while a client runs; its next request goes out with the other one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import DEFAULT_KEY, GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.asking import Program
from tests.clients.conftest import need
from tests.clients.matrix import HI
from tests.clients.matrix_rows import ROWS
from tests.clients.sdks import BYTESPIKE, HERE, command_of, environment, run
from tests.clients.user import NODE, script_of

pytestmark = pytest.mark.client

_IN_A_SHELL = ["sh", "-c", 'eval "$(bytespike env --shell bash)" && exec "$@"', "sh"]


@dataclass(frozen=True)
class Standing:
    """A user with two stored keys, `home` in use and `work`, and a shim that runs."""

    variables: dict[str, str]
    sandbox: SandboxServer

    def bytespike(self, *arguments: str, words: str = "") -> str:
        """Run a command of bytespike; return what it prints."""
        done = run([str(BYTESPIKE), *arguments], self.variables, words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def paid_by(self) -> list[str]:
        """The gateway's names of the keys that paid, oldest request first."""
        return [record.key_name for record in self.sandbox.state.journal if record.billed]


@pytest.fixture
def standing(tmp_path: Path, sandbox: SandboxServer) -> Iterator[Standing]:
    variables = environment(tmp_path, "")
    del variables["BYTESPIKE_BASE_URL"], variables["BYTESPIKE_API_KEY"]
    variables["PATH"] = f"{BYTESPIKE.parent}:{variables['PATH']}"
    user = Standing(variables, sandbox)
    user.bytespike("config", "set", "base_url", sandbox.origin)
    for name, secret in (("home", GEMINI_KEY), ("work", DEFAULT_KEY)):
        user.bytespike("keys", "add", name, "--key-stdin", "--no-verify", words=secret)
    user.bytespike("shim", "serve", "--daemon", "--port", "0")
    try:
        yield user
    finally:
        user.bytespike("shim", "stop")


@pytest.mark.parametrize("name", ["google-genai 3", "@google/genai 3"])
def test_a_program_that_runs_while_the_key_is_changed(
    tmp_path: Path, standing: Standing, name: str
) -> None:
    row = ROWS[name]
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    started = [*_IN_A_SHELL, *command]
    program = Program(started, {**standing.variables, **variables}, tmp_path / "stderr")
    try:
        assert program.ask("generate", {}, question="say hi") == {"text": HI}
        standing.bytespike("keys", "use", "work")
        assert program.ask("stream", {}, question="say hi")["text"] == HI
    finally:
        program.end()
    assert standing.paid_by == ["gemini-0001", "default-0001"]
    logged = [json.loads(line) for line in standing.bytespike("shim", "log", "--json").splitlines()]
    assert [(line["served"], line["key"]) for line in logged] == [
        ("gemini-3-1-pro", "home"),
        ("gemini-3-1-pro", "work"),
    ]


def test_gemini_cli(standing: Standing) -> None:
    """It wants its sign-in chosen in its settings, too, as `env --client gemini-cli` says."""
    need(NODE, "node")
    need(script_of("newest").exists(), "gemini-cli (`make test` fetches it)")
    settings = Path(standing.variables["HOME"]) / ".gemini" / "settings.json"
    settings.parent.mkdir()
    settings.write_text('{"security": {"auth": {"selectedType": "gemini-api-key"}}}')
    variables = {**standing.variables, "GEMINI_CLI_TRUST_WORKSPACE": "true"}
    asked = [str(NODE), str(script_of("newest")), "-p", "say hi", "-m", "gemini-3.1-pro"]
    for key in ("home", "work"):
        standing.bytespike("keys", "use", key)
        done = run([*_IN_A_SHELL, *asked], variables)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == HI
    assert standing.paid_by == ["gemini-0001", "default-0001"]
