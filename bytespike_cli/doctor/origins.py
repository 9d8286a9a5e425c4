"""Where a variable was set, as far as files tell: the `.env` of gemini-cli, shell profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.config.files import tilde

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

PROFILES = (
    ".zshenv", ".zprofile", ".zshrc", ".bash_profile", ".bash_login", ".profile", ".bashrc",
    ".config/fish/config.fish", ".pam_environment",
)  # fmt: skip
"""Files of the home folder in which shells are told variables."""

_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_IN_PROFILE = r"^\s*(?:export\s+{0}=|{0}=|set\s+-\w+\s+{0}\s)"


@dataclass(frozen=True, slots=True)
class Seen:
    """A variable's value, and the places where it is set."""

    value: str
    where: str


def variables_of(env: Environment) -> dict[str, Seen]:
    """Return the variables that a client started here would have, gemini-cli's `.env` included.

    The environment outranks the file, an empty variable too (clients.md 2.3).
    """
    found = {
        name: Seen(value, f"{tilde(path, env.home)}, line {line}")
        for path, lines in _dotenv(env)
        for name, (value, line) in lines.items()
    }
    for name, value in env.variables.items():
        found[name] = Seen(value, "")
    return found


def place_of(env: Environment, name: str, seen: Seen) -> str:
    """Return where a variable is set, in words."""
    if seen.where:
        return seen.where
    places = list(_in_profiles(env, name))
    return f"the environment ({', '.join(places)})" if places else "the environment"


def dotenv_of(env: Environment) -> Path | None:
    """Return the one `.env` file that gemini-cli would load here (clients.md 2.3), or None."""
    for folder in (env.cwd, *env.cwd.parents, env.home):
        for path in (folder / ".gemini" / ".env", folder / ".env"):
            if path.is_file():
                return path
    return None


def _dotenv(env: Environment) -> Iterator[tuple[Path, Mapping[str, tuple[str, int]]]]:
    path = dotenv_of(env)
    if path is None:
        return
    lines: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(_lines(path), 1):
        found = _ASSIGNMENT.match(line)
        if found is not None:
            lines[found[1]] = (found[2].strip().strip("'\""), number)
    yield path, lines


def _in_profiles(env: Environment, name: str) -> Iterator[str]:
    pattern = re.compile(_IN_PROFILE.format(re.escape(name)))
    for profile in PROFILES:
        path = env.home / profile
        for number, line in enumerate(_lines(path), 1):
            if pattern.match(line):
                yield f"{tilde(path, env.home)}, line {number}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
