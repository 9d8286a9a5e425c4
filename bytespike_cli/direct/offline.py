"""Origin and slug without asking anyone: what `--curl` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import choose_key, open_key
from bytespike_cli.direct.connect import choose_from, no_gemini
from bytespike_cli.errors import NoKeyError, UnknownModelError

if TYPE_CHECKING:
    from bytespike_cli.config.keystore import StoredKey
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment

RUNS_NOTHING = ("env:",)
"""References to secrets that are read without starting a program or asking a keyring."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a request would go."""

    origin: str
    slug: str


def aim(env: Environment, settings: Settings) -> Aim:
    """Return where a request of this run would go; without a key, by the settings alone.

    Uses the cached catalogue where there is one. Raises UsageError when no model is named or
    cached, PermissionDeniedError when the cache has no Gemini model to take instead,
    UnknownModelError for one that the cache does not have.
    """
    try:
        key = choose_key(env, settings)
    except NoKeyError:
        key = None
    models = _cached_models(env, key) if key is not None else None
    choice = choose_from(settings.model, models, settings.aliases)
    if choice is None and settings.model is None:
        raise no_gemini(models or ())
    if choice is None:
        raise UnknownModelError(
            f"There is no model '{settings.model}' for this key, as far as is known.",
            fix="bytespike models --refresh",
        )
    return Aim(key.origin if key is not None else settings.base_url, choice.slug)


def _cached_models(env: Environment, key: StoredKey) -> tuple[str, ...] | None:
    if key.secret_ref is not None and not key.secret_ref.startswith(RUNS_NOTHING):
        return None
    cached = catalogue.load(env, open_key(env, key))
    return cached.models if cached else None
