"""Variables as a shell, a `.env` file or a program reads them, whatever characters they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from bytespike_cli.errors import UsageError

_PLAIN = re.compile(r"[\w./:@%+,=-]*", re.ASCII)
_DOTENV_UNSAFE = re.compile(r"['\\\x00-\x1f]")
_DOTENV_UNSAFE_IN_DOUBLE = re.compile(r'["$`\\!\x00-\x1f]')
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
"""PowerShell takes typographic quotes for its own."""


def posix(variables: Mapping[str, str]) -> str:
    """Return what bash, zsh and any POSIX shell `eval`."""
    return "\n".join(f"export {name}={_posix_quoted(value)}" for name, value in variables.items())


def fish(variables: Mapping[str, str]) -> str:
    """Return what fish reads: `bytespike env … | source`."""
    return "\n".join(f"set -gx {name} {_fish_quoted(value)}" for name, value in variables.items())


def powershell(variables: Mapping[str, str]) -> str:
    """Return what PowerShell reads: `bytespike env … | Out-String | Invoke-Expression`."""
    return "\n".join(
        f"$env:{name} = {_powershell_quoted(value)}" for name, value in variables.items()
    )


def dotenv(variables: Mapping[str, str]) -> str:
    """Return lines for a `.env` file that every reader of one reads alike.

    Plain values stand as they are (docker takes quotes for a part of the value), others in single
    quotes, or in double ones where those are safer. Raises UsageError for a value that readers
    disagree about.
    """
    lines = []
    for name, value in variables.items():
        if _PLAIN.fullmatch(value):
            lines.append(f"{name}={value}")
        elif "'" in value and not _DOTENV_UNSAFE_IN_DOUBLE.search(value):
            lines.append(f'{name}="{value}"')
        elif _DOTENV_UNSAFE.search(value):
            raise UsageError(
                f"The value of {name} has quotes, a backslash or a control character, which "
                "programs read differently in a .env file.",
                fix="take another form, as --shell json",
            )
        else:
            lines.append(f"{name}='{value}'")
    return "\n".join(lines)


def as_json(variables: Mapping[str, str]) -> str:
    """Return one JSON object."""
    return json.dumps(dict(variables), ensure_ascii=False, indent=2)


FORMS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "bash": posix,
    "zsh": posix,
    "fish": fish,
    "powershell": powershell,
    "dotenv": dotenv,
    "json": as_json,
}


def shell_of(variables: Mapping[str, str], platform: str) -> str:
    """Return the form for the user's own shell, by $SHELL; without one, the system's usual."""
    name = PurePath(variables.get("SHELL", "")).name
    if name in ("zsh", "fish"):
        return name
    return "powershell" if platform == "win32" and not name else "bash"


def _posix_quoted(value: str) -> str:
    """Quote for POSIX shells; never `''` inside, which zsh with RC_QUOTES reads as one quote."""
    pieces = [f"'{piece}'" if piece else "" for piece in value.split("'")]
    return "\\'".join(pieces) or "''"


def _fish_quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _powershell_quoted(value: str) -> str:
    doubled = _POWERSHELL_QUOTES.sub(r"\1\1", value)
    return f"'{doubled}'"
