"""What stands in the way of a launch: settings that outrank ours, untrusted folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bytespike_cli.context import Environment
from bytespike_cli.errors import LaunchError
from bytespike_cli.launch import jsonc
from bytespike_cli.launch.overlay import (
    API_KEY_AUTH,
    AUTH_CHOICE,
    GEMINI_FOLDER,
    SETTINGS_FILE,
    lookup,
)

ENFORCED = ("security", "auth", "enforcedType")
MODEL = ("model", "name")
TRUST_ENABLED = ("security", "folderTrust", "enabled")
TRUSTED_FOLDERS_FILE = "trustedFolders.json"
VAR_SYSTEM_SETTINGS = "GEMINI_CLI_SYSTEM_SETTINGS_PATH"
VAR_TRUSTED_FOLDERS = "GEMINI_CLI_TRUSTED_FOLDERS_PATH"
VAR_TRUST = "GEMINI_CLI_TRUST_WORKSPACE"

_SYSTEM_SETTINGS = {
    "darwin": "/Library/Application Support/GeminiCli/settings.json",
    "win32": "C:\\ProgramData\\gemini-cli\\settings.json",
}
"""Where gemini-cli looks for an administrator's settings (its Storage.getSystemSettingsPath)."""


@dataclass(frozen=True, slots=True)
class Layers:
    """gemini-cli's settings files: an administrator's, the user's, the project's."""

    system: Path
    user: Path
    project: Path

    @classmethod
    def of(cls, env: Environment) -> Layers:
        """Return where gemini-cli looks, for this user in this folder."""
        system = env.variables.get(VAR_SYSTEM_SETTINGS) or _SYSTEM_SETTINGS.get(
            env.platform, "/etc/gemini-cli/settings.json"
        )
        return cls(
            system=Path(system),
            user=env.home / GEMINI_FOLDER / SETTINGS_FILE,
            # In the home folder this is the user's own file: with another GEMINI_CLI_HOME,
            # gemini-cli takes it for a project's, and it then outranks ours.
            project=env.cwd / GEMINI_FOLDER / SETTINGS_FILE,
        )


def check_enforced(layers: Layers) -> None:
    """Raise LaunchError when a file enforces another way to sign in, or an administrator chose one.

    Such a choice is not ours to go round.
    """
    for file in (layers.system, layers.project, layers.user):
        settings = _read(file)
        enforced = lookup(settings, ENFORCED)
        if enforced and enforced != API_KEY_AUTH:
            raise LaunchError(
                f"{file} allows gemini-cli to sign in with '{enforced}' only "
                "(security.auth.enforcedType), and ByteSpike needs 'gemini-api-key'.",
                fix=f"have that line of {file} changed, or use `bytespike gemini chat --builtin`",
            )
    chosen = lookup(_read(layers.system), AUTH_CHOICE)
    if chosen and chosen != API_KEY_AUTH:
        raise LaunchError(
            f"{layers.system} makes gemini-cli sign in with '{chosen}' "
            "(security.auth.selectedType), and it outranks every other setting.",
            fix=f"have that line of {layers.system} changed to 'gemini-api-key'",
        )


def project_auth(layers: Layers) -> str | None:
    """Return the way to sign in that the project's settings choose against ours, if they do."""
    chosen = lookup(_read(layers.project), AUTH_CHOICE)
    return chosen if isinstance(chosen, str) and chosen != API_KEY_AUTH else None


def chosen_model(layers: Layers) -> tuple[str, Path] | None:
    """Return the model that gemini-cli's settings name (`model.name`) and the file, if they do."""
    for file in (layers.system, layers.project, layers.user):
        chosen = lookup(_read(file), MODEL)
        if isinstance(chosen, str) and chosen:
            return chosen, file
    return None


def folder_is_trusted(env: Environment, layers: Layers) -> bool:
    """Return whether gemini-cli will take the current folder for trusted, by its own rules.

    The rules are those of its `checkPathTrust` (0.43 to 0.61): variables, then the setting, then
    the longest path in trustedFolders.json that holds the folder.
    """
    trust = env.variables.get(VAR_TRUST)
    if trust in {"true", "false"}:
        return trust == "true"
    for file in (layers.system, layers.user):
        enabled = lookup(_read(file), TRUST_ENABLED)
        if enabled is not None:
            if enabled is False:
                return True
            break
    return _listed_as_trusted(trusted_folders_file(env), env.cwd)


def trusted_folders_file(env: Environment) -> Path:
    """Return the file in which gemini-cli keeps the folders that the user trusts."""
    chosen = env.variables.get(VAR_TRUSTED_FOLDERS)
    return Path(chosen) if chosen else env.home / GEMINI_FOLDER / TRUSTED_FOLDERS_FILE


def _listed_as_trusted(file: Path, folder: Path) -> bool:
    rules = _read(file)
    longest, verdict = -1, None
    for path, level in rules.items():
        holder = Path(path).parent if level == "TRUST_PARENT" else Path(path)
        inside = Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(holder))
        if inside and len(path) > longest:
            longest, verdict = len(path), level
    return verdict in {"TRUST_FOLDER", "TRUST_PARENT"}


def _read(file: Path) -> Mapping[str, Any]:
    """Return a settings file; {} when it is absent or broken (the client will say so)."""
    try:
        content = jsonc.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
