"""Completion scripts and where each shell looks for them."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import get_completion_class

from bytespike_cli.config.files import write_atomic
from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

PROGRAM = "bytespike"
COMPLETE_VARIABLE = "_BYTESPIKE_COMPLETE"
_AUTOLOADED = "    # autoload from fpath, call function directly\n"
_REGISTER = "    compdef _bytespike_completion bytespike\n"
"""Without it the second Tab of an autoloaded script only registers, and completes nothing."""
BEGIN = "# >>> bytespike completion >>>"
END = "# <<< bytespike completion <<<"
MADE = "# There was no such file: `bytespike completions uninstall` removes it again.\n"
NEW_FILE_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Shell:
    """One shell: its script's file name, where the script goes, and what its start-up file needs.

    `startup` is the start-up file with the lines that make the shell find the script, or None where
    the shell finds it by itself.
    """

    name: str
    file_name: str
    folder: Callable[[Environment], Path]
    startup: Callable[[Environment, Path], tuple[Path, str] | None]


def script(shell: str) -> str:
    """Return the completion script of a shell: it asks `bytespike` itself at each Tab."""
    from bytespike_cli.cli.main import root

    found = get_completion_class(shell)
    assert found is not None, shell
    completion = found(root, {}, PROGRAM, COMPLETE_VARIABLE)
    text = (completion.source_template % completion.source_vars()).strip() + "\n"
    return text.replace(_AUTOLOADED, _AUTOLOADED + _REGISTER)


def install(env: Environment, shell: Shell) -> list[Path]:
    """Write the script where the shell looks, and a marked block where its start-up file needs one.

    Returns the files that were written. Raises OSError or ConfigurationError when one cannot be.
    """
    folder = shell.folder(env)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / shell.file_name
    target.write_text(script(shell.name), encoding="utf-8")
    written = [target]
    startup = shell.startup(env, target)
    if startup is not None:
        file, lines = startup
        before = file.read_bytes() if file.exists() else None
        cleared = _without_block(before or b"")
        made = before is None or MADE.encode() in before
        block = f"{BEGIN}\n{MADE if made else ''}{lines}\n{END}\n".encode()
        separator = b"" if not cleared or cleared.endswith(b"\n") else b"\n"
        after = cleared + separator + block
        if after != before:
            write_atomic(file, after, _mode(file))
            written.append(file)
    return written


def uninstall(env: Environment, shell: Shell) -> list[Path]:
    """Remove what `install` wrote; return the files that were removed or changed.

    A start-up file that `install` made goes too, unless something else was written to it since.
    """
    changed = []
    target = shell.folder(env) / shell.file_name
    if target.exists():
        target.unlink()
        changed.append(target)
    startup = shell.startup(env, target)
    if startup is not None and startup[0].exists():
        file = startup[0]
        before = file.read_bytes()
        after = _without_block(before)
        if not after and MADE.encode() in before:
            file.unlink()
        elif after != before:
            write_atomic(file, after, _mode(file))
        if after != before:
            changed.append(file)
    return changed


def find_shell(env: Environment, name: str | None) -> Shell:
    """Return a shell by name, or the user's own by $SHELL. Raises UsageError for an unknown one."""
    wanted = name or Path(env.variables.get("SHELL", "")).name
    if wanted not in SHELLS:
        raise UsageError(
            f"Completion is for bash, zsh and fish, not '{wanted}'."
            if wanted
            else "Your shell is not known: $SHELL is not set.",
            fix="bytespike completions install bash",
        )
    return SHELLS[wanted]


def _without_block(text: bytes) -> bytes:
    head, found, rest = text.partition(BEGIN.encode())
    if not found:
        return text
    _, closed, tail = rest.partition(END.encode())
    return head + tail.removeprefix(b"\n") if closed else text


def _mode(file: Path) -> int:
    """Return the permissions that a start-up file has, or that a shell's user expects."""
    return stat.S_IMODE(file.stat().st_mode) if file.exists() else NEW_FILE_MODE


def _data(env: Environment) -> Path:
    return Path(env.variables.get("XDG_DATA_HOME") or env.home / ".local" / "share")


def _bash_startup(env: Environment, target: Path) -> tuple[Path, str]:
    # bash-completion would find the script by itself, but not every system has it.
    return env.home / ".bashrc", f'[ -r "{target}" ] && . "{target}"'


def _zsh_startup(env: Environment, target: Path) -> tuple[Path, str]:
    folder = Path(env.variables.get("ZDOTDIR") or env.home)
    lines = (
        f'fpath=("{target.parent}" $fpath)\n'
        "autoload -Uz compinit && (( ! ${+functions[compdef]} )) && compinit\n"
        f"autoload -Uz {target.name} && compdef {target.name} {PROGRAM}"
    )
    return folder / ".zshrc", lines


SHELLS: dict[str, Shell] = {
    shell.name: shell
    for shell in (
        Shell(
            "bash",
            "bytespike",
            lambda env: _data(env) / "bash-completion" / "completions",
            _bash_startup,
        ),
        Shell("zsh", "_bytespike", lambda env: _data(env) / "zsh" / "site-functions", _zsh_startup),
        Shell(
            "fish",
            "bytespike.fish",
            lambda env: (
                Path(env.variables.get("XDG_CONFIG_HOME") or env.home / ".config")
                / "fish"
                / "completions"
            ),
            lambda _env, _target: None,
        ),
    )
}
