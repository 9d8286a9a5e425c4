"""Which of the user's keys reaches a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential, open_key
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.secrets import opens_quietly
from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.models import resolve

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment


@dataclass(frozen=True, slots=True)
class OtherKey:
    """Another stored key for the same gateway, its secret not yet opened.

    `models` is its catalogue as it was last seen, None when it never was. `open_secret` returns the
    secret or raises ConfigurationError; unless it `opens_quietly`, it may run a program or make a
    keyring ask for a password. `save_models` caches a catalogue.
    """

    name: str
    group: str | None
    models: tuple[str, ...] | None
    models_fetched_at: float
    opens_quietly: bool
    open_secret: Callable[[], str] = field(repr=False)
    save_models: Callable[[Sequence[str]], object] = field(repr=False)


def other_keys(
    env: Environment, settings: Settings, credential: Credential
) -> tuple[OtherKey, ...]:
    """Return the keys to which a request may be routed: none where `key_routing` is off.

    Those that were stored for the same origin, oldest first. A key in BYTESPIKE_API_KEY is used
    instead of the stored ones, so that there are none beside it. No secret is opened for this, and
    a store that cannot be read has no keys.
    """
    if settings.key_routing == "off" or credential.name == VAR_API_KEY:
        return ()
    try:
        stored = KeyStore(env).keys()
    except ConfigurationError:
        return ()
    return tuple(
        _other(env, key)
        for key in stored
        if key.origin == credential.origin and key.name != credential.name
    )


def unopened(env: Environment, key: StoredKey) -> Credential:
    """Return a key as the cache of catalogues knows it, without asking a keyring or a program."""
    quiet = key.secret_ref is None or opens_quietly(key.secret_ref)
    if not quiet:
        return Credential(key.name, key.group, "", key.origin, key.secret_ref)
    try:
        return open_key(env, key)
    except ConfigurationError:
        return Credential(key.name, key.group, "", key.origin, key.secret_ref)


def other_key(env: Environment, asked: str, *, but: str) -> str | None:
    """Return the name of a stored key whose cached catalogue has the model, or None.

    `but` is the secret of the key that does not reach it.
    """
    return key_with(env, lambda models: bool(resolve(asked, models).served), but=but)


def key_with(env: Environment, suits: Callable[[Sequence[str]], bool], *, but: str) -> str | None:
    """Return the name of a stored key whose cached catalogue suits, or None; `but` as above.

    No keyring and no program is asked for this, and a store that cannot be read has no keys.
    """
    try:
        stored = KeyStore(env).keys()
    except ConfigurationError:
        return None
    for key in stored:
        known = unopened(env, key)
        cached = catalogue.load(env, known) if known.secret != but else None
        if cached and suits(cached.models):
            return key.name
    return None


def _other(env: Environment, key: StoredKey) -> OtherKey:
    known = unopened(env, key)
    cached = catalogue.load(env, known)

    def save(models: Sequence[str]) -> None:
        catalogue.save(env, known, models)

    return OtherKey(
        name=key.name,
        group=key.group,
        models=cached.models if cached else None,
        models_fetched_at=cached.fetched_at if cached else 0.0,
        opens_quietly=bool(known.secret),
        open_secret=lambda: open_key(env, key).secret,
        save_models=save,
    )
