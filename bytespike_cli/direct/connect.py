"""From settings to a gateway and a model: which key, which catalogue, which slug."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue, seen_form
from bytespike_cli.config.credential import Credential, choose_key, open_key
from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.config.reach import other_key, other_keys
from bytespike_cli.constants import CONSOLE_KEYS_URL
from bytespike_cli.errors import (
    BytespikeError,
    GatewayError,
    PermissionDeniedError,
    ProtocolError,
    RequestError,
    UnknownModelError,
    UsageError,
)
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.models import resolve

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment
    from bytespike_cli.gateway import Gateway

SHOWN = 3
"""How many slugs of a key an error names."""
DEFAULT_FAMILY = "auto"
"""The family word for a model that nobody named: the newest flash, else what there is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The slug to ask for, and how it was found, for `-v`."""

    slug: str
    why: str


class Connection:
    """One key of one gateway, opened when it is first needed; close it, or use it in `with`.

    `choose` may change `credential` to another key of the user's (key routing).
    `notify` is given a sentence for each retry; it may be replaced at any time.
    """

    def __init__(
        self,
        env: Environment,
        settings: Settings,
        credential: Credential,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.env = env
        self.settings = settings
        self.credential = credential
        self.notify = notify
        self._gateway: Gateway | None = None

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection to the gateway; it is opened again when it is needed."""
        if self._gateway is not None:
            self._gateway.close()
            self._gateway = None

    @property
    def gateway(self) -> Gateway:
        """The gateway of this key (imports httpx). Raises ConfigurationError for a bad proxy."""
        if self._gateway is None:
            from bytespike_cli.gateway import Gateway

            self._gateway = Gateway(
                self.credential.origin,
                self.credential.secret,
                key_variable=self.credential.variable,
                auth_form=self._form,
                learned=lambda form: seen_form.save(self.env, self.credential.origin, form),
                now=self.env.now,
                notify=lambda sentence: self.notify(sentence),
                proxy=proxy_for(self.credential.origin, self.env.variables),
                pause=self.env.sleep,
            )
        return self._gateway

    @property
    def _form(self) -> AuthForm:
        """The form of the key to begin with: the one that is set, or was seen to work."""
        seen = seen_form.load(self.env, self.credential.origin)
        return self.settings.sent_as or seen or AuthForm.HEADER

    def models(self, *, refresh: bool = False) -> tuple[str, ...] | None:
        """Return the slugs of this key: the cached ones, else the gateway's, which are then kept.

        None when the gateway does not say. Raises the error tree for a bad key or no network.
        """
        return self._reached(refresh=refresh) or None

    def _reached(self, *, refresh: bool) -> tuple[str, ...] | None:
        """Return the slugs of this key; () when it reaches nothing, None when nobody says."""
        cached = catalogue.load(self.env, self.credential)
        if cached and cached.models and not refresh:
            return cached.models
        try:
            models = self.gateway.verify().models
        except (RequestError, ProtocolError, UnknownModelError, GatewayError):
            return None
        if models:
            catalogue.save(self.env, self.credential, models)
        return models

    def choose(self, asked: str | None = None) -> Choice:
        """Return the slug for a model as the user names it, or for the default model.

        A cached catalogue that does not know it is fetched again before it is called unknown, and
        another stored key that reaches it takes over (`key_routing`, design section 7). A key that
        reaches nothing is only refused when no model is named: otherwise the gateway says why.
        Raises UnknownModelError with the closest slugs, PermissionDeniedError when none is named
        and the key reaches no Gemini model, UsageError when none is named and none is known.
        """
        wanted = asked or self.settings.model
        for refresh in (False, True):
            reached = self._reached(refresh=refresh)
            models = reached if wanted is None else reached or None
            choice = choose_from(wanted, models, self.settings.aliases)
            if choice is None and wanted is not None:
                choice = self._routed(wanted, ask=refresh)
            if choice is not None:
                return choice
        if wanted is None:
            raise self._no_gemini(reached or ())
        raise self.unknown(wanted, reached or ())

    def unknown(self, asked: str, models: Sequence[str] | None = None) -> UnknownModelError:
        """Return the error for a model that this key does not reach, with what would do."""
        if models is None:
            models = self.models(refresh=True) or ()
        closest = resolve(asked, models).closest or models[:3]
        other = other_key(self.env, asked, but=self.credential.secret)
        ways = []
        if other:
            ways.append(f"your key '{other}' reaches it: --key {other}")
        if closest:
            ways.append(f"use {_one_of(closest)}")
        ways.append("see them all: bytespike models")
        return UnknownModelError(f"There is no model '{asked}' for this key.", fix="; ".join(ways))

    def _routed(self, wanted: str, *, ask: bool) -> Choice | None:
        """Return the choice of another key and use that key from now on, or None.

        `ask`: have the gateway tell the catalogues that are not known.
        """
        for other in other_keys(self.env, self.settings, self.credential):
            models = other.models
            if models is None and not (ask and other.opens_quietly):
                continue
            try:
                if models is None:
                    with self._other(other.name) as connection:
                        models = connection.models()
                choice = choose_from(wanted, models or (), self.settings.aliases)
                if choice is None:
                    continue
                credential = self._other(other.name).credential
            except BytespikeError:
                continue  # it cannot be opened, or is not a good key any more
            self.close()
            self.credential = credential
            group = f" (group {other.group})" if other.group else ""
            return Choice(choice.slug, f"{choice.why}, with the key '{other.name}'{group}")
        return None

    def _other(self, name: str) -> Connection:
        key = open_key(self.env, KeyStore(self.env).get(name))
        return Connection(self.env, self.settings, key)

    def _no_gemini(self, models: Sequence[str]) -> PermissionDeniedError:
        other = other_key(self.env, DEFAULT_FAMILY, but=self.credential.secret)
        return no_gemini(models, other)


def connect(
    env: Environment, settings: Settings, notify: Callable[[str], None] = lambda _: None
) -> Connection:
    """Return the connection of this run. Raises NoKeyError and ConfigurationError."""
    return Connection(env, settings, open_key(env, choose_key(env, settings)), notify)


def choose_from(
    wanted: str | None, models: Sequence[str] | None, aliases: Mapping[str, str]
) -> Choice | None:
    """Return the slug for what is wanted (None: the default) out of a catalogue.

    None for an unknown model, and for a catalogue without a Gemini model to take as the default.
    With no catalogue (None) a named id is taken on trust, spelled as the gateway spells ids.
    Raises UsageError when none is named and there is no catalogue.
    """
    if wanted is None:
        if models is None:
            raise UsageError(
                "No model is named, and the catalogue of this key is not known.",
                fix="name one: --model gemini-3-5-flash, or: bytespike config set model ID",
            )
        default = resolve(DEFAULT_FAMILY, models).served
        return Choice(default, "default: the newest flash of this key") if default else None
    found = resolve(wanted, models, aliases=aliases)
    if found.served is None:
        return None
    why = "as named" if found.served == wanted else f"{wanted} -> {found.served} ({found.rule})"
    return Choice(found.served, why)


def no_gemini(models: Sequence[str], other: str | None = None) -> PermissionDeniedError:
    """Return the error for a key without a Gemini model; `other` is a stored key that has one."""
    if not models:
        return PermissionDeniedError(
            "This key reaches no model at all.",
            fix=f"use your key '{other}': --key {other}"
            if other
            else f"bind it to a group at {CONSOLE_KEYS_URL}, or store another: bytespike login",
        )
    shown = ", ".join(models[:SHOWN]) + (", …" if len(models) > SHOWN else "")
    way = f"use your key '{other}': --key {other}" if other else "store another: bytespike login"
    return PermissionDeniedError(
        f"This key reaches no Gemini model (it reaches {shown}).",
        fix=f"{way}; or name a model that it reaches: --model {models[0]}",
    )


def _one_of(slugs: Sequence[str]) -> str:
    *others, last = slugs
    return f"{', '.join(others)} or {last}" if others else last
