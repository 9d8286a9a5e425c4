"""Changing the user's `config.toml`: one line, under the lock, with every comment kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.config.files import locked, parse_toml, read_text, write_atomic
from bytespike_cli.config.precedence import config_path
from bytespike_cli.config.settings import ALIASES, SETTINGS, clean_name
from bytespike_cli.config.toml_edit import changed, line_of, set_value, unset_value
from bytespike_cli.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change did. `backup`: the copy that was left when the file was written anew."""

    path: Path
    changed: bool
    backup: Path | None = None


def set_setting(env: Environment, name: str, value: str) -> Edit:
    """Set a setting (`model`, `aliases.pro`) in the user's file; `value` is already clean.

    Raises ConfigurationError for a broken or unwritable file, which is then left as it was.
    """
    return _change(env, name, value, lambda text: set_value(text, name, value))


def unset_setting(env: Environment, name: str) -> Edit:
    """Take a setting out of the user's file. Raises ConfigurationError as `set_setting` does."""
    return _change(env, name, None, lambda text: unset_value(text, name))


def known_name(name: str) -> str:
    """Return the name of a setting. Raises UsageError, naming a close one, for anything else."""
    name = name.replace("-", "_") if "." not in name else name
    table, dot, alias = name.partition(".")
    if name in SETTINGS or (table == ALIASES and dot and alias):
        return name
    close = get_close_matches(name, SETTINGS, n=1)
    raise UsageError(
        f"There is no setting '{name}'" + (f"; did you mean '{close[0]}'?" if close else "."),
        fix=f"settings: {', '.join(SETTINGS)}, {ALIASES}.NAME",
    )


def clean_value(name: str, value: str) -> str:
    """Return a value as the named setting keeps it. Raises ConfigurationError."""
    setting = SETTINGS.get(name)
    return setting.clean(value) if setting else clean_name(value)


def _change(
    env: Environment, name: str, value: str | None, edit: Callable[[str], str | None]
) -> Edit:
    path = config_path(env)
    with locked(path):
        text = read_text(path) or ""
        document = parse_toml(text, path)
        if not isinstance(document.get(ALIASES, {}), dict):
            raise ConfigurationError(
                f"{path}, line {line_of(text, ALIASES)}: {ALIASES} must be a table.",
                fix=f"edit {path}",
            )
        wanted = changed(document, name, value)
        if wanted == document:
            return Edit(path, changed=False)
        edited = edit(text)
        if edited is not None:
            write_atomic(path, edited.encode())
            return Edit(path, changed=True)
        import tomli_w

        backup = path.with_name(path.name + ".bak")
        write_atomic(backup, text.encode())
        write_atomic(path, tomli_w.dumps(wanted).encode())
        return Edit(path, changed=True, backup=backup)
