"""What the tests of `bytespike snippet` share: a user, the printed code, and its programs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bytespike_cli.sandbox.journal import Record
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.sdks import (
    BYTESPIKE,
    HERE,
    NODE,
    NODE_MODULES,
    PYTHON,
    environment,
    need,
    run,
)
from tests.clients.user import script_of

MODEL = "gemini-3-1-pro"
AIDER = HERE / ".venv" / "aider"
OPENCODE = NODE_MODULES / "opencode-linux-x64-baseline" / "bin" / "opencode"
CONTINUE = NODE_MODULES / "@continuedev" / "cli" / "dist" / "cn.js"
KEY_VARIABLES = ("GEMINI_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
NO_NETWORK = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "NO_PROXY": "127.0.0.1",
    "OPENCODE_DISABLE_MODELS_FETCH": "1",
    "OPENCODE_DISABLE_AUTOUPDATE": "1",
    "OPENCODE_DISABLE_LSP_DOWNLOAD": "1",
    "CONTINUE_CLI_ENABLE_TELEMETRY": "0",
    "AIDER_ANALYTICS_DISABLE": "true",
    "AIDER_CHECK_UPDATE": "false",
    "GEMINI_CLI_TRUST_WORKSPACE": "true",
}
"""Whatever leaves this machine is refused at once, and the programs' own ways to do without it."""


def program_of(name: str) -> list[str]:
    """Return what runs a client's real program; for some, a program that asks as they do.

    Skips without it, but never in CI.
    """
    if name == "opencode":
        need(OPENCODE.exists(), "OpenCode, for Linux on x86-64 (`make test`)")
        return [str(OPENCODE)]
    if name == "aider":
        need(AIDER.exists(), "aider (`make test`)")
        return ["env", f"PYTHONPATH={AIDER}", str(PYTHON), "-S", "-m", "aider"]
    if name in ("aichat", "promptfoo", "zed"):
        need(PYTHON.exists(), "the SDKs (`make test`)")
        return [str(PYTHON), str(HERE / "programs" / f"{name}.py")]
    script = {"cn": CONTINUE, "gemini": script_of("newest")}[name]
    need(NODE, "node")
    need(script.exists(), f"{name} (`make test`)")
    return [str(NODE), str(script)]


@dataclass(frozen=True)
class SnippetUser:
    """A user with a home of their own, who has a key of the sandbox, and `programs` on PATH."""

    root: Path
    sandbox: SandboxServer
    variables: dict[str, str]

    @classmethod
    def at(cls, root: Path, sandbox: SandboxServer, *programs: str) -> SnippetUser:
        """Make one in a folder."""
        commands = root / "bin"
        commands.mkdir()
        (commands / "bytespike").symlink_to(BYTESPIKE)
        for name in programs:
            command = commands / name
            command.write_text(f'#!/bin/sh\nexec {shlex.join(program_of(name))} "$@"\n')
            command.chmod(0o755)
        variables = environment(root, sandbox.origin, **NO_NETWORK)
        variables["PATH"] = f"{commands}{os.pathsep}{variables['PATH']}"
        return cls(root, sandbox, variables)

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def calls(self) -> list[Record]:
        """What the gateway was asked to generate, oldest first."""
        return [r for r in self.sandbox.state.journal if r.path.startswith("/v1beta/")]

    def snippet(self, name: str, *arguments: str) -> str:
        """Return what `bytespike snippet` prints; there is never a key in it."""
        command = [str(BYTESPIKE), "snippet", name, "-m", MODEL, *arguments]
        printed = run(command, self.variables)
        assert printed.returncode == 0, printed.stderr
        assert GEMINI_KEY not in printed.stdout
        return printed.stdout

    def write(self, path: str, text: str) -> Path:
        """Write a file of the user's home, and return it."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(
        self, *command: str, plain: bool = False, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command at home. `plain`: by a user who has no variable of bytespike's."""
        known = {
            name: value
            for name, value in self.variables.items()
            if not (plain and name.startswith("BYTESPIKE_"))
        }
        found = shutil.which(command[0], path=known["PATH"])
        assert found is not None, command[0]
        return run([found, *command[1:]], {**known, **variables})

    def alone(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command without bytespike, with the real key where its client looks for one."""
        keys = dict.fromkeys(KEY_VARIABLES, GEMINI_KEY)
        return self.run(*command, plain=True, **{**keys, **variables})


def stated(text: str) -> dict[str, str]:
    """Return the variables that the comments of a snippet name with their values."""
    comments = "\n".join(line for line in text.splitlines() if line.startswith(("#", "//")))
    return dict(re.findall(r"\b([A-Z][A-Z_]+)=([\w:/.-]+)", comments))


def commands_of(text: str) -> list[str]:
    """Return the commands of a snippet, without its comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]
