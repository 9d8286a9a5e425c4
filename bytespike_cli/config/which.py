"""Which key serves a model, and why the others do not: key routing, explained without asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.config.keystore import KeyStore, StoredKey
from bytespike_cli.config.reach import unopened
from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.wire.models import RULES, Chooser, Resolution, resolve

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment

Refreshed = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class KeyReach:
    """What one key does for a model. `reached` is the slug, `rule` the step that found it."""

    name: str
    group: str | None
    origin: str
    in_use: bool
    """Whether it is the key of this run, the first to be asked with."""
    reached: str | None
    rule: str
    why: str
    serves: bool = False
    """Whether a request for the model goes out with it."""


def which_keys(
    env: Environment,
    settings: Settings,
    own: StoredKey,
    asked: str,
    *,
    by_client: bool = False,
    refreshed: Refreshed = MappingProxyType({}),
) -> list[KeyReach]:
    """Return what each stored key does for the model `asked`, the key of this run first.

    `by_client`: as if a client had chosen the id by itself. `refreshed` are catalogues by the names
    of their keys; for the others, the cached ones count. Raises ConfigurationError for a broken
    store.
    """
    store = KeyStore(env).keys()
    stored = [own, *(key for key in store if key.name != own.name)]
    known = {
        key.name: refreshed.get(key.name, _cached(env, key))
        for key in stored
        if key.origin == own.origin
    }
    resolved: dict[str, Resolution] = {}
    chosen: str | None = None
    for fallback in dict.fromkeys((False, settings.model_fallback == "nearest")):
        for key in stored:
            models = known.get(key.name)
            if models is None and key is not own:
                continue
            # The key of this run may stand in with the nearest before another has the model itself.
            nearest = fallback or (key is own and settings.model_fallback == "nearest")
            found = resolve(
                asked,
                models,
                aliases=settings.aliases,
                chosen_by=Chooser.CLIENT if by_client else Chooser.USER,
                fallback=nearest,
            )
            resolved[key.name] = found
            if chosen is None and found.served and (key is own or _routes(settings, own)):
                chosen = key.name
    return [_reach(key, own, known, resolved.get(key.name), chosen) for key in stored]


def _routes(settings: Settings, own: StoredKey) -> bool:
    return settings.key_routing == "auto" and own.name != VAR_API_KEY


def _cached(env: Environment, key: StoredKey) -> tuple[str, ...] | None:
    cached = catalogue.load(env, unopened(env, key))
    return cached.models if cached else None


def _reach(
    key: StoredKey,
    own: StoredKey,
    known: Mapping[str, tuple[str, ...] | None],
    found: Resolution | None,
    chosen: str | None,
) -> KeyReach:
    reached = found.served if found else None
    serves = key.name == chosen
    if key.origin != own.origin:
        why = f"stored for {key.origin}, and never sent to {own.origin}"
    elif found is None:
        why = f"its models are not known yet: bytespike models --key {key.name}"
    elif serves:
        why = "serves it: " + RULES[found.rule]
    elif reached is None:
        models = known.get(key.name) or ()
        near = f" (closest: {', '.join(found.closest)})" if found.closest else ""
        count = f"{len(models)} model{'' if len(models) == 1 else 's'}"
        why = f"not among its {count}{near}" if models else "it reaches no model"
    elif own.name == VAR_API_KEY:
        why = f"reaches it, but {VAR_API_KEY} is used instead of the stored keys"
    elif chosen is None:
        why = f"reaches it, but key_routing is off: --key {key.name}"
    else:
        why = f"reaches it, but '{chosen}' comes first"
    rule = found.rule if found else "unknown"
    return KeyReach(key.name, key.group, key.origin, key is own, reached, rule, why, serves)
