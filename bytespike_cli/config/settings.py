"""The settings as data: name, default, meaning, variable, and who may set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bytespike_cli.config.origin_url import normalise_origin
from bytespike_cli.constants import (
    DEFAULT_ORIGIN,
    GOOGLE_KEY_PREFIX,
    KEY_PREFIX,
    VAR_BASE_URL,
    VAR_GROUP,
    VAR_KEY,
    VAR_MODEL,
)
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.auth import AuthForm

ALIASES = "aliases"
"""The one setting that is a table: `[aliases]`, `pro = "gemini-3-1-pro"`."""


class Level(StrEnum):
    """Where a value may come from, strongest first (design section 4: precedence)."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    PROJECT = "project"
    USER = "user"
    DEFAULT = "default"

    def outranks(self, other: Level) -> bool:
        """Return whether this level is stronger than another."""
        order = list(Level)
        return order.index(self) < order.index(other)


@dataclass(frozen=True, slots=True)
class Source:
    """Where one value came from. `where`: `--model`, `$BYTESPIKE_MODEL`, a file's path."""

    level: Level
    where: str


DEFAULT_SOURCE = Source(Level.DEFAULT, "built in")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `clean` returns a value as it is kept, or raises ConfigurationError."""

    name: str
    description: str
    default: str | None = None
    variable: str | None = None
    project_may_set: bool = True
    clean: Callable[[str], str] = str


AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run, each with its source.

    `base_url` is an origin. Send a key to `Credential.origin`, not here: a stored key is bound to
    the origin that it was stored for.
    """

    base_url: str
    key: str | None
    group: str | None
    model: str | None
    model_fallback: str
    key_routing: str
    auth_form: str
    aliases: Mapping[str, str]
    sources: Mapping[str, Source]

    @property
    def sent_as(self) -> AuthForm | None:
        """The form in which the key travels, where one is set; None: what is seen to work."""
        return None if self.auth_form == AUTO else AuthForm(self.auth_form)

    def origin_of(self, name: str) -> Source:
        """Return where a setting (`model`, `aliases.pro`) came from."""
        return self.sources.get(name, DEFAULT_SOURCE)

    def value_of(self, name: str) -> str | None:
        """Return a setting by its name (`model`, `aliases.pro`); None when it is not set."""
        table, _, alias = name.partition(".")
        if table == ALIASES:
            return self.aliases.get(alias)
        value: str | None = getattr(self, name)
        return value


def looks_like_secret(text: str) -> bool:
    """Return whether a text is a key itself, where the name of one belongs."""
    return text.strip().strip("\"'").startswith((KEY_PREFIX, GOOGLE_KEY_PREFIX))


def clean_name(text: str) -> str:
    """Return a name of a key, group or model. Raises ConfigurationError for a secret."""
    if looks_like_secret(text):
        raise ConfigurationError(
            "This is a key itself, and a name belongs here.",
            fix="store the key with `bytespike login`, then use its name",
        )
    text = text.strip()
    if not text or not text.isprintable():
        raise ConfigurationError("This may not be empty, nor hold control characters.")
    return text


def clean_fallback(text: str) -> str:
    """Return `nearest` or `off`. Raises ConfigurationError for anything else."""
    if text not in ("nearest", "off"):
        raise ConfigurationError("This is either nearest or off.")
    return text


def clean_routing(text: str) -> str:
    """Return `auto` or `off`. Raises ConfigurationError for anything else."""
    if text not in ("auto", "off"):
        raise ConfigurationError("This is either auto or off.")
    return text


def clean_auth_form(text: str) -> str:
    """Return `auto` or the name of an AuthForm. Raises ConfigurationError for anything else."""
    forms = [form.value for form in AuthForm]
    if text not in (AUTO, *forms):
        raise ConfigurationError(f"This is auto or one of: {', '.join(forms)}.")
    return text


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "base_url",
            "the gateway's origin",
            default=DEFAULT_ORIGIN,
            variable=VAR_BASE_URL,
            project_may_set=False,
            clean=normalise_origin,
        ),
        Setting("key", "name of the stored key to use", variable=VAR_KEY, clean=clean_name),
        Setting(
            "group", "name of the group whose key to use", variable=VAR_GROUP, clean=clean_name
        ),
        Setting("model", "model to use when none is named", variable=VAR_MODEL, clean=clean_name),
        Setting(
            "model_fallback",
            "nearest: serve an unknown id that a client chose by itself with the nearest model of "
            "the same or a cheaper tier; off: never",
            default="nearest",
            clean=clean_fallback,
        ),
        Setting(
            "key_routing",
            "auto: ask for a model that the key does not reach with another stored key that does; "
            "off: never",
            default="auto",
            clean=clean_routing,
        ),
        Setting(
            "auth_form",
            "how the key travels to the gateway: header, query, bearer or x-api-key; auto: the "
            "form that is seen to work",
            default=AUTO,
            project_may_set=False,
            clean=clean_auth_form,
        ),
    )
}
