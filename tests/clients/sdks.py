"""SDKs, and how the tests run programs that use them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY

HERE = Path(__file__).parent
BYTESPIKE = Path(sys.executable).parent / "bytespike"
PYTHON = HERE / ".venv" / "bin" / "python"
GENAI_2 = HERE / ".venv" / "genai-2"
NODE_MODULES = HERE / "node_modules"
NODE = shutil.which("node")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

SLOWEST_S = 90.0
"""Longer than any run on a busy machine; no SDK here retries for so long by design."""


def command_of(program: Path, *, package: str = "") -> tuple[list[str], dict[str, str]]:
    """Return what runs a program, and the variables that choose between versions of its SDK.

    `package` is the folder of the version. Skips without the SDKs.
    """
    if program.suffix == ".mjs":
        need(NODE, "node")
        need((NODE_MODULES / (package or "@ai-sdk")).exists(), "the SDKs (`make test`)")
        return [str(NODE), str(program)], {"GENAI_PACKAGE": package} if package else {}
    need(PYTHON.exists(), "the SDKs (`make test`)")
    return [str(PYTHON), str(program)], {"PYTHONPATH": str(GENAI_2)} if package else {}


def written(folder: Path, code: str, *, node: bool) -> Path:
    """Write code where the SDKs are found."""
    modules = folder / "node_modules"
    if node and not modules.exists():
        modules.symlink_to(NODE_MODULES)
    script = folder / ("program.mjs" if node else "program.py")
    script.write_text(code, encoding="utf-8")
    return script


def need(thing: object, what: str) -> None:
    """Skip a test without `thing`, but never in CI."""
    if thing:
        return
    if os.environ.get("CI"):
        pytest.fail(f"CI needs {what}: the real clients are tested there, never skipped")
    pytest.skip(f"{what} is not installed")


def environment(root: Path, origin: str, **variables: str) -> dict[str, str]:
    """Return the environment of a user who has a key of the sandbox, and nothing else."""
    home = root / "home"
    home.mkdir(parents=True, exist_ok=True)
    node = [str(Path(NODE).parent)] if NODE else []
    return {
        "PATH": os.pathsep.join([*node, SYSTEM_PATH]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "BYTESPIKE_CONFIG_DIR": str(root / "bytespike"),
        "BYTESPIKE_BASE_URL": origin,
        "BYTESPIKE_API_KEY": GEMINI_KEY,
        **variables,
    }


def run(
    command: list[str], variables: Mapping[str, str], words: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `words` are its stdin."""
    return subprocess.run(
        command,
        env=dict(variables),
        cwd=variables["HOME"],
        capture_output=True,
        text=True,
        timeout=SLOWEST_S,
        input=words,
    )
