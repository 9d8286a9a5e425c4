"""What is installed: Python, bytespike, node, and gemini-cli, if it is the one that is meant."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli import __version__
from bytespike_cli.config.files import tilde
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.errors import BytespikeError
from bytespike_cli.launch.find import INSTALL, describe, find_gemini, is_ours, version_tuple

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

GEMINI_CLI = "gemini-cli"
NEWEST_TRIED = (0, 61)
"""The newest version of gemini-cli that was tried (clients.md 0)."""
NODE_NEEDED = 20
WRONG_PACKAGE = "@google/generative-ai-cli"
"""ByteSpike's page names it; npm has none (clients.md 6)."""
_VERSION = re.compile(r"^v?(\d+(?:\.\d+)+\S*)", re.MULTILINE)


def python(_case: Case) -> Iterator[Finding]:
    """Say what bytespike runs on."""
    yield ok("install.bytespike", f"bytespike {__version__} on Python {platform.python_version()}.")


def node(case: Case) -> Iterator[Finding]:
    """Look whether node is there and new enough for gemini-cli."""
    found = shutil.which("node", path=_path(case))
    fix = f"install node {NODE_NEEDED} or newer: https://nodejs.org"
    if found is None:
        sentence = "node is not on PATH; gemini-cli needs it, bytespike itself does not."
        if case.client == GEMINI_CLI:
            yield error("install.node", sentence, evidence="no `node`", fix=fix)
        else:
            yield info("install.node", sentence, fix=fix)
        return
    version = _version_of(case, [found])
    if version and version_tuple(version)[:1] < (NODE_NEEDED,):
        yield warning(
            "install.node-old",
            f"node {version} is older than gemini-cli needs ({NODE_NEEDED}).",
            evidence=found,
            fix=fix,
            explains=("client.run",),
        )
    else:
        yield ok("install.node", f"node {version or '(of an unknown version)'}.", found)


def gemini(case: Case) -> Iterator[Finding]:
    """Look which gemini-cli would be started."""
    try:
        found = find_gemini(case.env)
    except BytespikeError as bad:
        yield error("install.gemini", bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    if found is None:
        if case.client == GEMINI_CLI:
            yield error(
                "install.no-gemini", "gemini-cli is not installed.",
                evidence="no `gemini` on PATH", fix=INSTALL, explains=("client",),
            )  # fmt: skip
        else:
            yield info("install.no-gemini", "gemini-cli is not installed.", fix=INSTALL)
        return
    where = found.command[-1]
    version = found.version or _version_of(case, found.command)
    if version is None:
        yield warning(
            "install.other-gemini",
            "The `gemini` that is found first is not Google's gemini-cli.",
            evidence=where,
            fix=f"{INSTALL}, and put it first on PATH or into BYTESPIKE_GEMINI_BIN",
            explains=("client.run",),
        )
    elif version_tuple(version)[:2] > NEWEST_TRIED:
        newest = ".".join(map(str, NEWEST_TRIED))
        yield info(
            "install.gemini-new",
            f"gemini-cli {version} is newer than what bytespike was tried with ({newest}).",
            where,
            fix=f"if it does not work: {INSTALL}@{newest}",
        )
    else:
        yield ok("install.gemini", f"gemini-cli {version}.", where)


def several(case: Case) -> Iterator[Finding]:
    """Look for several gemini executables of different versions on PATH."""
    found: dict[Path, str] = {}
    for folder in _path(case).split(os.pathsep):
        executable = shutil.which("gemini", path=folder) if folder else None
        if executable and not is_ours(Path(executable)):
            found.setdefault(Path(executable).resolve(), executable)
    versions = {describe(case.env, path).version for path in found}
    if len(versions) > 1:
        first = next(iter(found.values()))
        yield warning(
            "install.several-gemini",
            f"Several versions of gemini are on PATH, and {first} is used.",
            evidence=", ".join(found.values()),
            fix="remove the others, or choose with BYTESPIKE_GEMINI_BIN",
        )
    else:
        yield ok("install.several-gemini", "There is one gemini, or none.")


def package(case: Case) -> Iterator[Finding]:
    """Look whether the project asks npm for the package that does not exist."""
    path = case.env.cwd / "package.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        document = {}
    asked = {
        name
        for kind in ("dependencies", "devDependencies")
        for name in (document.get(kind) or {} if isinstance(document, dict) else {})
    }
    if WRONG_PACKAGE in asked:
        yield warning(
            "install.wrong-package",
            f"package.json asks for {WRONG_PACKAGE}, which npm does not have.",
            evidence=tilde(path, case.env.home),
            fix="npm uninstall @google/generative-ai-cli && npm install @google/gemini-cli",
        )
    else:
        yield ok("install.package", "No package is asked for that npm does not have.")


def _path(case: Case) -> str:
    return case.env.variables.get("PATH", os.defpath)


def _version_of(case: Case, command: Sequence[str]) -> str | None:
    """Return the version that a program prints, or None for one that prints none."""
    try:
        done = subprocess.run(  # noqa: S603 - node, or the gemini on the user's own PATH
            [*command, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            env={"PATH": _path(case), "HOME": str(case.env.home)},
            timeout=case.within(4.0),
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(done.stdout)
    return found[1] if found else None


CHECKS = (
    Check("install.bytespike", "what bytespike runs on", python),
    Check("install.node", "whether node is new enough", node),
    Check("install.gemini", "which gemini-cli is used", gemini),
    Check("install.several-gemini", "whether there are several", several),
    Check("install.package", "whether a package that does not exist is asked for", package),
)
