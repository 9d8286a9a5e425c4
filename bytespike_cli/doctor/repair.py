"""Repairs: safe local cures as small data, each of which knows what undoes it.

No file with a secret is ever copied for an undo: what is kept is a mode, a setting's own value, or
the place where a file was moved to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bytespike_cli.config.files import read_toml, tilde
from bytespike_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


class Change(Protocol):
    """One change of something local."""

    def diff(self, env: Environment) -> list[str]:
        """Return the change as lines that begin with `-` and `+`."""

    def apply(self, env: Environment) -> Change:
        """Make the change; return the one that undoes it. Raises ConfigurationError."""

    def is_done(self, env: Environment) -> bool:
        """Return whether things are as the change leaves them."""

    def document(self) -> dict[str, Any]:
        """Return the change as JSON, for `change_of`."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A cure: what it does in one sentence, and its changes."""

    description: str
    changes: Sequence[Change]

    def diff(self, env: Environment) -> list[str]:
        """Return what would change, line by line."""
        return [line for change in self.changes for line in change.diff(env)]


@dataclass(frozen=True, slots=True)
class SetMode:
    """Set the permissions of a file or folder."""

    path: Path
    mode: int

    def diff(self, env: Environment) -> list[str]:
        """Return the modes before and after."""
        name = tilde(self.path, env.home)
        return [f"- {name}: mode {_mode(self.path):04o}", f"+ {name}: mode {self.mode:04o}"]

    def apply(self, env: Environment) -> Change:
        """Set the mode. Raises ConfigurationError."""
        before = SetMode(self.path, _mode(self.path))
        try:
            self.path.chmod(self.mode)
        except OSError as refused:
            raise _failed(self.path, refused) from None
        return before

    def is_done(self, env: Environment) -> bool:
        """Return whether the mode is set."""
        return self.path.exists() and _mode(self.path) == self.mode

    def document(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"kind": "mode", "path": str(self.path), "mode": self.mode}


@dataclass(frozen=True, slots=True)
class SetSetting:
    """Set one setting in the user's `config.toml`, or take it out (`value` None)."""

    name: str
    value: str | None

    def diff(self, env: Environment) -> list[str]:
        """Return the setting's line before and after."""
        before = _user_value(env, self.name)
        lines = [("-", before), ("+", self.value)]
        return [f"{sign} {self.name} = {value!r}" for sign, value in lines if value is not None]

    def apply(self, env: Environment) -> Change:
        """Write the file. Raises ConfigurationError."""
        from bytespike_cli.config.user_file import set_setting, unset_setting

        before = SetSetting(self.name, _user_value(env, self.name))
        if self.value is None:
            unset_setting(env, self.name)
        else:
            set_setting(env, self.name, self.value)
        return before

    def is_done(self, env: Environment) -> bool:
        """Return whether the user's file says so."""
        return _user_value(env, self.name) == self.value

    def document(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"kind": "setting", "name": self.name, "value": self.value}


@dataclass(frozen=True, slots=True)
class MoveFile:
    """Move a file, out of the way or back; nothing is ever deleted or written over."""

    source: Path
    target: Path

    def diff(self, env: Environment) -> list[str]:
        """Return the two names."""
        return [f"- {tilde(self.source, env.home)}", f"+ {tilde(self.target, env.home)}"]

    def apply(self, env: Environment) -> Change:
        """Move it. Raises ConfigurationError, also where the target exists already."""
        if self.target.exists():
            raise ConfigurationError(f"{self.target} exists already.", fix="move it away yourself")
        try:
            self.target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.source.rename(self.target)
        except OSError as refused:
            raise _failed(self.source, refused) from None
        return MoveFile(self.target, self.source)

    def is_done(self, env: Environment) -> bool:
        """Return whether it is where it was moved to."""
        return self.target.exists() and not self.source.exists()

    def document(self) -> dict[str, Any]:
        """Return the change as JSON."""
        return {"kind": "move", "source": str(self.source), "target": str(self.target)}


def change_of(document: dict[str, Any]) -> Change:
    """Return the change that a JSON document describes. Raises ConfigurationError."""
    try:
        match document["kind"]:
            case "mode":
                return SetMode(Path(document["path"]), int(document["mode"]))
            case "setting":
                return SetSetting(document["name"], document["value"])
            case "move":
                return MoveFile(Path(document["source"]), Path(document["target"]))
    except (KeyError, TypeError, ValueError):
        pass
    raise ConfigurationError("The record of what --fix changed cannot be read.")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o7777
    except OSError as refused:
        raise _failed(path, refused) from None


def _user_value(env: Environment, name: str) -> str | None:
    """Return a setting as it stands in the user's file, clean or not; None when it does not."""
    from bytespike_cli.config.precedence import config_path

    value = read_toml(config_path(env)).get(name)
    return value if isinstance(value, str) else None


def _failed(path: Path, refused: OSError) -> ConfigurationError:
    words = (refused.strerror or type(refused).__name__).lower()
    return ConfigurationError(f"{path} cannot be changed: {words}.", fix=f"look at {path}")
