"""The configuration, read again when a file of it has changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from bytespike_cli.config.credential import select_credential
from bytespike_cli.config.keystore import KEYS_FILE
from bytespike_cli.config.precedence import config_path, project_places
from bytespike_cli.shim.configured import configured, shared

if TYPE_CHECKING:
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
        places = (config_path(env), env.paths.config / KEYS_FILE, *project_places(env))
        self._places = tuple(map(str, places))

    def load(self) -> ShimSettings:
        """Return the settings of now (may ask a keyring or run a command).

        Raises ConfigurationError when there is no key, or a file is broken.
        """
        settings = self._resolve()
        credential = select_credential(self._env, settings)
        return shared(configured(self._env, settings, credential, token=self._token))

    def signature(self) -> Signature:
        """Return what changes whenever a file of the configuration does.

        It is asked for at every request: a few stats of names that are known, and nothing else.
        """
        return tuple([_signed(place) for place in self._places])


def _signed(place: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(place)  # noqa: PTH116 - a tenth of what Path.stat and its path cost
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
