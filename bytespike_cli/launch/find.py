"""Finding gemini-cli: where it is, which version, and how it is started fastest."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from bytespike_cli.constants import VAR_GEMINI_BIN
from bytespike_cli.context import Environment
from bytespike_cli.errors import ClientNotFoundError, LaunchError, NotExecutableError

PACKAGE = "@google/gemini-cli"
OLDEST = (0, 36)
"""Oldest version that is supported: older ones were tried and lack settings that we need."""
INSTALL = f"npm install -g {PACKAGE}"


@dataclass(frozen=True, slots=True)
class GeminiCli:
    """An installed gemini-cli. `command` starts it; `script`: what node can run directly."""

    command: tuple[str, ...]
    version: str | None
    script: Path | None = None


def find_gemini(env: Environment) -> GeminiCli | None:
    """Return gemini-cli at BYTESPIKE_GEMINI_BIN or on PATH, or None when it is in neither place.

    Raises ClientNotFoundError or NotExecutableError for a BYTESPIKE_GEMINI_BIN that is wrong, and
    LaunchError for a version that is too old.
    """
    chosen = env.variables.get(VAR_GEMINI_BIN)
    if chosen:
        return _check(_at(env, Path(chosen)), chosen)
    for folder in env.variables.get("PATH", os.defpath).split(os.pathsep):
        found = shutil.which("gemini", path=folder) if folder else None
        if found and not is_ours(Path(found)):
            return _check(describe(env, Path(found)), found)
    return None


def describe(env: Environment, executable: Path) -> GeminiCli:
    """Return what there is to know of an executable, without running it."""
    real = executable.resolve()
    package = _package_of(real)
    node = shutil.which("node", path=env.variables.get("PATH", os.defpath))
    if node and _is_node_script(real):
        return GeminiCli((node, str(real)), package, script=real)
    return GeminiCli((str(executable),), package)


def version_tuple(version: str) -> tuple[int, ...]:
    """Return the numbers of a version: `0.61.0-nightly.1` is (0, 61, 0)."""
    numbers = []
    for part in version.split("-")[0].split("."):
        if not part.isdecimal():
            break
        numbers.append(int(part))
    return tuple(numbers)


def is_ours(path: Path) -> bool:
    """Tell `bytespike-gemini` under the name of gemini, so that it never starts itself."""
    try:
        with path.resolve().open("rb") as file:
            return b"bytespike_cli" in file.read(2048)
    except OSError:
        return False


def _at(env: Environment, chosen: Path) -> GeminiCli:
    path = env.cwd / chosen.expanduser()
    if not path.exists():
        raise ClientNotFoundError(
            f"{VAR_GEMINI_BIN} names {chosen}, which does not exist.",
            fix=f"set it to the path of a gemini executable, or unset it and run: {INSTALL}",
        )
    if path.is_dir() or (not os.access(path, os.X_OK) and not _is_node_script(path.resolve())):
        raise NotExecutableError(
            f"{VAR_GEMINI_BIN} names {chosen}, which cannot be executed.",
            fix=f"chmod +x {chosen}, or set {VAR_GEMINI_BIN} to a gemini executable",
        )
    if is_ours(path):
        raise LaunchError(
            f"{VAR_GEMINI_BIN} names bytespike itself, which would start itself without end.",
            fix=f"set it to Google's gemini executable ({INSTALL})",
        )
    return describe(env, path)


def _check(found: GeminiCli, path: str) -> GeminiCli:
    if found.version is not None and version_tuple(found.version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise LaunchError(
            f"gemini-cli {found.version} ({path}) is too old: bytespike needs {oldest} or newer.",
            fix=INSTALL + "@latest",
        )
    return found


def _package_of(real: Path) -> str | None:
    for folder in list(real.parents)[:4]:
        try:
            package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(package, dict) and package.get("name") == PACKAGE:
            return str(package.get("version") or "") or None
    return None


def _is_node_script(real: Path) -> bool:
    first = _first_line(real)
    by_name = real.suffix in {".js", ".mjs", ".cjs"}
    return by_name or (first.startswith(b"#!") and b"node" in first)


def _first_line(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.readline(256)
    except OSError:
        return b""
