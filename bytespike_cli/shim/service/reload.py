"""The configuration, read again when a file of it has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bytespike_cli.config.credential import select_credential
from bytespike_cli.config.keystore import KEYS_FILE
from bytespike_cli.config.precedence import config_path, find_project_file
from bytespike_cli.shim.configured import configured, shared

if TYPE_CHECKING:
    from pathlib import Path

    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment
    from bytespike_cli.shim.settings import ShimSettings

Signature = tuple[tuple[int, int, int] | None, ...]


class Configuration:
    """The user's configuration as a shim's settings. `resolve` reads the settings anew."""

    def __init__(self, env: Environment, resolve: Callable[[], Settings], token: str) -> None:
        self._env = env
        self._resolve = resolve
        self._token = token

    def load(self) -> ShimSettings:
        """Return the settings of now (may ask a keyring or run a command).

        Raises ConfigurationError when there is no key, or a file is broken.
        """
        settings = self._resolve()
        credential = select_credential(self._env, settings)
        return shared(configured(self._env, settings, credential, token=self._token))

    def signature(self) -> Signature:
        """Return what changes whenever a file of the configuration does; costs a few stats."""
        project = find_project_file(self._env)
        files = (config_path(self._env), self._env.paths.config / KEYS_FILE, project)
        return tuple(_signed(path) for path in files)


def _signed(path: Path | None) -> tuple[int, int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
