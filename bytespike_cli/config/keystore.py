"""The stored keys: `keys.toml`, written by us, atomically and under a lock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import locked, read_toml, write_atomic
from bytespike_cli.config.origin_url import normalise_origin
from bytespike_cli.config.settings import looks_like_secret
from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.redact import mask, remember

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

KEYS_FILE = "keys.toml"

_HEADER = (
    "# The keys of bytespike. Written by `bytespike login` and `bytespike keys`:\n"
    "# comments of your own are not kept here.\n\n"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A named key. Either `secret` or `secret_ref` (config/secrets.py) is set.

    `origin`: the only gateway it is sent to. `force`: stored although it looks like Google's.
    """

    name: str
    origin: str
    group: str | None = None
    secret: str | None = field(default=None, repr=False)
    secret_ref: str | None = None
    added_at: float = 0.0
    """Seconds since the epoch."""
    force: bool = False

    @property
    def shown(self) -> str:
        """The key as its owner knows it: masked, or where it is kept."""
        return mask(self.secret) if self.secret is not None else self.secret_ref or ""


class KeyStore:
    """The user's keys. Every method raises ConfigurationError for a broken or unwritable file."""

    def __init__(self, env: Environment) -> None:
        self.path: Path = env.paths.config / KEYS_FILE

    def keys(self) -> list[StoredKey]:
        """Return the keys, oldest first. No secret reference is followed."""
        return [self._key(name, entry) for name, entry in _entries(self._read()).items()]

    @property
    def default(self) -> str | None:
        """Name of the key that is used when none is named; None when there is none."""
        document = self._read()
        name = document.get("default")
        return name if isinstance(name, str) and name in _entries(document) else None

    def find(self, name: str) -> StoredKey | None:
        """Return a key, or None."""
        return next((key for key in self.keys() if key.name == name), None)

    def get(self, name: str) -> StoredKey:
        """Return a key. Raises ConfigurationError, naming a close one, when it is not there."""
        found = self.find(name)
        if found is None:
            raise self._absent(name, [key.name for key in self.keys()])
        return found

    def add(self, key: StoredKey, *, replace: bool = False, make_default: bool = False) -> bool:
        """Store a key and return whether it is now the default (the first one always is).

        Raises UsageError for a bad name, ConfigurationError for a taken one unless `replace`.
        """
        check_name(key.name)
        entry: dict[str, Any] = {"origin": key.origin}
        if key.group is not None:
            entry["group"] = key.group
        if key.secret_ref is not None:
            entry["secret_ref"] = key.secret_ref
        else:
            entry["secret"] = key.secret
        if key.force:
            entry["force"] = True
        entry["added_at"] = datetime.fromtimestamp(int(key.added_at), UTC)

        def change(document: dict[str, Any]) -> None:
            entries = document.setdefault("keys", {})
            if key.name in entries and not replace:
                raise taken(key.name)
            known = {"origin", "group", "secret", "secret_ref", "force", "added_at"}
            kept = {k: v for k, v in entries.get(key.name, {}).items() if k not in known}
            entries[key.name] = entry | kept
            if make_default or document.get("default") not in entries:
                document["default"] = key.name

        return bool(self._change(change).get("default") == key.name)

    def remove(self, name: str) -> None:
        """Forget a key; when only one is left, that one becomes the default."""

        def change(document: dict[str, Any]) -> None:
            entries = _entries(document)
            if name not in entries:
                raise self._absent(name, list(entries))
            del entries[name]
            if document.get("default") == name:
                del document["default"]
            if len(entries) == 1:
                document["default"] = next(iter(entries))

        self._change(change)

    def rename(self, old: str, new: str) -> None:
        """Give a key another name, in its old place."""
        check_name(new)

        def change(document: dict[str, Any]) -> None:
            entries = _entries(document)
            if old not in entries:
                raise self._absent(old, list(entries))
            if new in entries and new != old:
                raise taken(new)
            document["keys"] = {new if k == old else k: v for k, v in entries.items()}
            if document.get("default") == old:
                document["default"] = new

        self._change(change)

    def use(self, name: str) -> None:
        """Make a key the default."""

        def change(document: dict[str, Any]) -> None:
            if name not in _entries(document):
                raise self._absent(name, list(_entries(document)))
            document["default"] = name

        self._change(change)

    def _read(self) -> dict[str, Any]:
        document = read_toml(self.path)
        entries = document.get("keys", {})
        if not isinstance(entries, dict) or not all(isinstance(e, dict) for e in entries.values()):
            raise ConfigurationError(
                f"{self.path}: 'keys' must hold tables like [keys.work].", fix=f"edit {self.path}"
            )
        return document

    def _change(self, change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        import tomli_w

        with locked(self.path):
            document = self._read()
            change(document)
            write_atomic(self.path, (_HEADER + tomli_w.dumps(document)).encode())
        return document

    def _key(self, name: str, entry: dict[str, Any]) -> StoredKey:
        for field_name in ("origin", "group", "secret", "secret_ref"):
            if not isinstance(entry.get(field_name, ""), str):
                raise self._broken(name, f"'{field_name}' must be a string")
        secret, ref = entry.get("secret"), entry.get("secret_ref")
        if not secret and not ref:
            raise self._broken(name, "it has neither a 'secret' nor a 'secret_ref'")
        if not entry.get("origin"):
            raise self._broken(name, "it has no 'origin'")
        if secret:
            remember(secret)
        added_at = entry.get("added_at")
        return StoredKey(
            name=name,
            origin=self._origin(name, entry["origin"]),
            group=entry.get("group") or None,
            secret=None if ref else secret,
            secret_ref=ref,
            added_at=added_at.timestamp() if isinstance(added_at, datetime) else 0.0,
            force=entry.get("force") is True,
        )

    def _origin(self, name: str, text: str) -> str:
        """Return an origin that may have been written by hand. Raises ConfigurationError."""
        try:
            return normalise_origin(text)
        except ConfigurationError as refused:
            raise self._broken(name, f"its 'origin' is not one ({refused.cause})") from None

    def _broken(self, name: str, reason: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self.path}: the key '{name}' is broken: {reason}.",
            fix=f"bytespike keys remove {name}, then bytespike login",
        )

    def _absent(self, name: str, names: list[str]) -> ConfigurationError:
        if looks_like_secret(name):
            return ConfigurationError("This is a key itself, and the name of one belongs here.")
        close = get_close_matches(name, names, n=1)
        known = ", ".join(names) if names else "none is stored"
        return ConfigurationError(
            f"There is no stored key named '{name}'"
            + (f"; did you mean '{close[0]}'?" if close else "."),
            fix="bytespike keys list" if names else "bytespike login",
            detail=f"stored: {known}" if names else "",
        )


def check_name(name: str) -> str:
    """Return a name that a key may have. Raises UsageError."""
    if looks_like_secret(name):
        raise UsageError(
            "This is a key itself, and a name belongs here; a key on the command line is seen "
            "by every process of this machine.",
            fix="bytespike login (it asks for the key), or pipe it: bytespike login --key-stdin",
        )
    if not _NAME.fullmatch(name):
        raise UsageError(
            "The name of a key is 1 to 64 letters, digits, dots, dashes or underscores, and begins "
            "with a letter or digit."
        )
    return name


def taken(name: str) -> ConfigurationError:
    """Return the error for a name that another key has."""
    return ConfigurationError(
        f"A key named '{name}' is stored already.",
        fix="give another name (--name), or add --replace",
    )


def _entries(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = document.get("keys", {})
    return entries
