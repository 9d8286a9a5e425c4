"""Programs that only start another: npx, uv run, python -m, and their kin.

What they start is what a launch is about. A command that is not understood is taken for what it
begins with, which at worst means that its client is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

_EXTENSIONS = (".exe", ".cmd", ".bat")
_CODE = frozenset({"-c", "--call", "-e", "--eval", "--print"})
"""Options whose value is a text to run: what that starts is not looked for."""
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_MODULE = frozenset({"-m", "--module"})
_NPM_VALUED = frozenset({"-p", "--package", "-w", "--workspace"})
_UV_VALUED = frozenset(
    {
        "--from", "--with", "--with-editable", "--with-requirements", "--python", "-p",
        "--env-file", "--extra", "--group", "--only-group", "--package", "--directory", "--project",
        "--index", "--default-index", "--index-url", "--extra-index-url", "--find-links", "-w",
    }
)  # fmt: skip
_PIPX_VALUED = frozenset({"--spec", "--python", "--index-url", "-i", "--pip-args"})
_PYTHON_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_NODE_VALUED = frozenset({"-r", "--require", "--import", "--loader", "-C", "--conditions"})
_ENV_VALUED = frozenset({"-u", "--unset", "-C", "--chdir"})


@dataclass(frozen=True, slots=True)
class Runner:
    """One such program. Its options may stand before and after its words."""

    words: tuple[tuple[str, ...], ...] = ((),)
    """What has to follow its name for it to start something: one of these."""
    valued: frozenset[str] = frozenset()
    """Options whose value is an argument of its own."""
    modules: frozenset[str] = frozenset()
    """Options whose value is the program, as a module of Python."""
    assigns: bool = False
    """`NAME=VALUE` may stand before the program."""
    skips: int = 0
    """Arguments of its own before the program."""


_NPM = Runner((("exec",), ("x",)), _NPM_VALUED)
_PNPM = Runner((("dlx",), ("exec",)), _NPM_VALUED)
_RUN = Runner((("run",),))
_PYTHON = Runner(valued=_PYTHON_VALUED, modules=_MODULE)
_RUNNERS: Mapping[str, Runner] = {
    "npx": Runner(valued=_NPM_VALUED),
    "npm": _NPM,
    "pnpx": Runner(valued=_NPM_VALUED),
    "pnpm": _PNPM,
    "yarn": _PNPM,
    "bunx": Runner(valued=_NPM_VALUED),
    "bun": Runner((("x",),), _NPM_VALUED),
    "uvx": Runner(valued=_UV_VALUED),
    "uv": Runner((("tool", "run"), ("run",)), _UV_VALUED, _MODULE),
    "pipx": Runner((("run",),), _PIPX_VALUED),
    "poetry": _RUN,
    "pdm": _RUN,
    "pipenv": _RUN,
    "node": Runner(valued=_NODE_VALUED),
    "env": Runner(valued=_ENV_VALUED, assigns=True),
    "nohup": Runner(),
    "nice": Runner(valued=frozenset({"-n", "--adjustment"})),
    "timeout": Runner(valued=frozenset({"-k", "--kill-after", "-s", "--signal"}), skips=1),
}


def named(program: str) -> str:
    """Return the name of a program's file, in lower case and without an extension of Windows'."""
    name = PurePath(program.replace("\\", "/")).name.lower()
    for suffix in _EXTENSIONS:
        name = name.removesuffix(suffix)
    return name


def started(command: Sequence[str]) -> int:
    """Return the position in a command of the program that it starts, behind every runner."""
    position = 0
    while (behind := _behind(command, position)) is not None:
        position = behind
    return position


def _behind(command: Sequence[str], position: int) -> int | None:
    """Return the position of what a runner at `position` starts; None when that is no runner."""
    if position >= len(command):
        return None
    runner = _runner(named(command[position]))
    if runner is None:
        return None
    at, own = position + 1, 0
    wanted = list(runner.words)
    while at < len(command):
        argument = command[at]
        if argument == "--":
            at += 1
            break
        if argument in runner.modules:
            return at + 1 if at + 1 < len(command) and () in wanted else None
        if argument in _CODE:
            return None
        if argument.startswith("-") and len(argument) > 1:
            at += 2 if argument in runner.valued else 1
            continue
        if runner.assigns and _ASSIGNMENT.match(argument):
            at += 1
            continue
        if () in wanted:
            if own == runner.skips:
                break
            own += 1
        else:
            wanted = [words[1:] for words in wanted if words[0] == argument]
            if not wanted:
                return None
        at += 1
    return at if () in wanted and at < len(command) else None


def _runner(name: str) -> Runner | None:
    return _PYTHON if re.fullmatch(r"python[\d.]*|py|pypy[\d.]*", name) else _RUNNERS.get(name)
