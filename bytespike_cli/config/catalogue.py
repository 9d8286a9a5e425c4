"""The catalogue (the slugs that a key reaches), cached per key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import write_atomic
from bytespike_cli.config.secrets import opens_quietly
from bytespike_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.context import Environment

FRESH_S = 24 * 3600.0
"""A catalogue younger than this is shown without asking the gateway again."""


@dataclass(frozen=True, slots=True)
class CachedCatalogue:
    """The slugs of one key, and when the gateway gave them (seconds since the epoch)."""

    models: tuple[str, ...]
    fetched_at: float

    def is_fresh(self, now: float) -> bool:
        """Return whether it is young enough; a date in the future is not trusted."""
        return 0 <= now - self.fetched_at < FRESH_S


def load(env: Environment, credential: Credential) -> CachedCatalogue | None:
    """Return the cached catalogue of a key, however old; None when there is none."""
    return _read(_path(env, credential))


def save(env: Environment, credential: Credential, models: Sequence[str]) -> bool:
    """Keep the catalogue of a key; return False where the cache cannot be written."""
    document = {"version": 1, "models": list(models), "fetched_at": env.now()}
    path = _path(env, credential)
    try:
        write_atomic(path, json.dumps(document).encode())
    except ConfigurationError:
        return False
    return True


def forget(env: Environment, credential: Credential) -> None:
    """Drop the cached catalogue of a key."""
    _path(env, credential).unlink(missing_ok=True)


def cached_models(env: Environment) -> list[str]:
    """Return every slug of every cached catalogue (for completion: no key is opened)."""
    found: set[str] = set()
    for path in sorted(_folder(env).glob("*.json")):
        cached = _read(path)
        found.update(cached.models if cached else ())
    return sorted(found)


def _folder(env: Environment) -> Path:
    return env.paths.cache / "catalogues"


def _path(env: Environment, credential: Credential) -> Path:
    """Return the file of one key: its name is a digest, so that it tells nothing of the key.

    A secret that only a program or a keyring can tell is named by where it is kept, so that its
    catalogue is known without it.
    """
    ref = credential.secret_ref
    identity = credential.secret if ref is None or opens_quietly(ref) else ref
    digest = hashlib.sha256(f"{credential.origin}\0{identity}".encode()).hexdigest()
    return _folder(env) / f"{digest[:40]}.json"


def _read(path: Path) -> CachedCatalogue | None:
    """Read one file; a damaged one counts as absent, for a cache can be filled again."""
    try:
        document: Any = json.loads(path.read_bytes())
        models, fetched_at = document["models"], document["fetched_at"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not isinstance(models, list) or not all(isinstance(slug, str) for slug in models):
        return None
    if isinstance(fetched_at, bool) or not isinstance(fetched_at, int | float):
        return None
    return CachedCatalogue(tuple(models), float(fetched_at))
