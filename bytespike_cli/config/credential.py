"""Which key this run uses, and where it may be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.secrets import clean_secret, read_ref
from bytespike_cli.config.settings import Level
from bytespike_cli.constants import CONSOLE_KEYS_URL, VAR_API_KEY, VAR_BASE_URL
from bytespike_cli.errors import ConfigurationError, NoKeyError

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment


_UNDO = {
    Level.FLAG: "leave out --base-url",
    Level.ENVIRONMENT: f"unset {VAR_BASE_URL}",
    Level.USER: "bytespike config unset base_url",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """A key ready for use. `origin` is the only gateway to which it may be sent.

    `secret_ref` says where the secret is kept (config/secrets.py), when not in the store.
    """

    name: str
    group: str | None
    secret: str = field(repr=False)
    origin: str
    secret_ref: str | None = None

    @property
    def variable(self) -> str:
        """The variable that the secret stands in, or an empty string."""
        kind, _, name = (self.secret_ref or "").partition(":")
        return name if kind == "env" else ""


def select_credential(env: Environment, settings: Settings) -> Credential:
    """Return the key of this run with its secret (a keyring or command may be asked for it).

    Raises NoKeyError when there is none, ConfigurationError when it cannot be read, is bound to
    another origin than the configured one, or is a Google key that was not stored with --force.
    """
    return open_key(env, choose_key(env, settings))


def open_key(env: Environment, key: StoredKey) -> Credential:
    """Return a stored key with its secret. Raises ConfigurationError."""
    secret = read_ref(env, key.secret_ref) if key.secret_ref else key.secret or ""
    try:
        clean = clean_secret(secret, allow_google=key.force)
    except ConfigurationError as bad:
        raise ConfigurationError(
            f"The key '{key.name}' is not used: {bad.cause}", fix=bad.fix
        ) from None
    return Credential(key.name, key.group, clean.secret, key.origin, key.secret_ref)


def choose_key(env: Environment, settings: Settings) -> StoredKey:
    """Return the key of this run without opening its secret; `origin` says where it goes.

    In order: `--key` or `--group`, `BYTESPIKE_API_KEY`, the other settings `key` and `group` (the
    stronger source decides), the default key. Raises as `select_credential` does.
    """
    key_source, group_source = settings.origin_of("key"), settings.origin_of("group")
    by_flag = Level.FLAG in (key_source.level, group_source.level)
    if env.variables.get(VAR_API_KEY, "").strip() and not by_flag:
        group = settings.group if group_source.level is Level.ENVIRONMENT else None
        return StoredKey(
            name=VAR_API_KEY, origin=settings.base_url, group=group, secret_ref=f"env:{VAR_API_KEY}"
        )
    store = KeyStore(env)
    if settings.key and not group_source.level.outranks(key_source.level):
        chosen = store.get(settings.key)
        same_source = key_source.level is group_source.level
        if same_source and settings.group and not chosen.group:
            raise ConfigurationError(
                f"Whether the key '{chosen.name}' is of group '{settings.group}' is not known: its "
                "group is not noted.",
                fix=f"bytespike login --name {chosen.name} --group {settings.group} --replace",
            )
        if same_source and settings.group and settings.group != chosen.group:
            raise ConfigurationError(
                f"The key '{chosen.name}' is of group '{chosen.group}', not '{settings.group}'.",
                fix=f"leave out the key or the group ({key_source.where}, {group_source.where})",
            )
        return _bound(chosen, settings)
    candidates = store.keys()
    if not candidates:
        raise no_key()
    if settings.group:
        candidates = [key for key in candidates if key.group == settings.group]
        if not candidates:
            raise _no_key_of_group(settings.group, store.keys())
    return _bound(_preferred(candidates, store.default, settings), settings)


def no_key() -> NoKeyError:
    """Return the error for a machine without any key: how to get one, and how to do without."""
    return NoKeyError(
        "No ByteSpike key is configured.",
        fix=f"make one at {CONSOLE_KEYS_URL} and store it with `bytespike login`; "
        "to look around without one: `bytespike sandbox try`",
    )


def _preferred(candidates: list[StoredKey], default: str | None, settings: Settings) -> StoredKey:
    """Return the default if it fits, else the only one that does."""
    if settings.origin_of("base_url").level is not Level.DEFAULT:
        here = [key for key in candidates if key.origin == settings.base_url]
        candidates = here or candidates
    for key in candidates:
        if key.name == default:
            return key
    if len(candidates) > 1 and not settings.group:
        names = ", ".join(key.name for key in candidates)
        raise ConfigurationError(
            f"Several keys are stored ({names}) and none of them is the default.",
            fix=f"bytespike keys use {candidates[0].name}",
        )
    return candidates[0]


def _bound(key: StoredKey, settings: Settings) -> StoredKey:
    """Return the key, or refuse to send it to an origin that it was not stored for."""
    source = settings.origin_of("base_url")
    if source.level is Level.DEFAULT or key.origin == settings.base_url:
        return key
    raise ConfigurationError(
        f"The key '{key.name}' was stored for {key.origin}, and is not sent to "
        f"{settings.base_url} ({source.where}).",
        fix=f"store a key for it (bytespike login --base-url {settings.base_url}), "
        f"or {_UNDO[source.level]}",
    )


def _no_key_of_group(group: str, keys: list[StoredKey]) -> NoKeyError:
    groups = sorted({key.group for key in keys if key.group})
    unnoted = next((key.name for key in keys if not key.group), None)
    way = f"make one in that group at {CONSOLE_KEYS_URL}, then: bytespike login --group {group}"
    if unnoted:
        note = f"bytespike login --name {unnoted} --group {group} --replace"
        way = f"if '{unnoted}' is, its group is not noted: {note}; else {way}"
    return NoKeyError(
        f"No stored key is of group '{group}'.",
        fix=way,
        detail=f"groups of your keys: {', '.join(groups)}" if groups else "",
    )
