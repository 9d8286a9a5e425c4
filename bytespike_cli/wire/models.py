"""Model ids: from what a client asks for to a slug that the key's catalogue has (design 7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bytespike_cli.wire.media_slug import essence, kind_of
from bytespike_cli.wire.slug import (
    FAMILIES,
    MODELS_PREFIX,
    Tier,
    bare,
    family,
    is_gemini_text,
    normalise,
    peel,
    squash,
    strip_suffixes,
    tier,
)

__all__ = [
    "DEFAULT_ALIASES",
    "RULES",
    "Chooser",
    "Resolution",
    "Step",
    "Tier",
    "is_gemini_text",
    "normalise",
    "resolve",
    "rewrite_body",
    "strip_suffixes",
    "tier",
]

RULES: Mapping[str, str] = MappingProxyType(
    {
        "catalogue": "the id is in the key's catalogue: never changed",
        "normalised": "without models/, lower case, dots to dashes",
        "suffix": "without what Google appends: -preview, -latest, -exp, -001, …",
        "alias": "an alias from the configuration, or a family word (pro, flash, auto, …)",
        "nearest": "nearest model of the same or a cheaper tier, for ids a client chose by itself",
        "blind": "no catalogue at hand: Gemini text ids normalised and stripped, others unchanged",
        "unknown": "no such model for this key",
    }
)
"""Names of the steps, in their order, with what each does."""

DEFAULT_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "pro": "pro",
        "flash": "flash",
        "flash-lite": "lite",
        "auto": "auto",
        "auto-gemini-3": "auto",
        "auto-gemini-2.5": "auto",
        "gemini-pro": "pro",
        "gemini-flash": "flash",
        "gemini-flash-lite": "lite",
    }
)
"""Alias to family word, not to a slug (lists of slugs go stale).

`resolve` takes the highest version of the family in the catalogue. `auto` is flash, else what is
there, cheapest first; `lite` is the cheapest flash where no lite is served.
"""

_LIKENESS = 0.6
"""Ratio of difflib from which an id is worth naming as one that may have been meant."""


class Chooser(StrEnum):
    """Who chose the id: the user typed it, or the client came up with it by itself."""

    USER = "user"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a resolution: the rule, the id it looked for, the slug it found."""

    rule: str
    tried: str
    matched: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How an id was resolved: `served` is the slug to ask for, None for an unknown model.

    `rule` is a name of `RULES`; `closest` has up to three slugs when `served` is None.
    """

    asked: str
    served: str | None
    rule: str
    steps: tuple[Step, ...]
    closest: tuple[str, ...] = ()


def resolve(
    asked: str,
    catalogue: Sequence[str] | None,
    *,
    aliases: Mapping[str, str] = MappingProxyType({}),
    chosen_by: Chooser = Chooser.USER,
    fallback: bool = True,
) -> Resolution:
    """Return the slug of `catalogue` that serves the model `asked` (design section 7, steps 1-5).

    `catalogue` None means that it is not known: ids of Gemini text models are then rewritten
    blindly. An empty one serves nothing. `aliases` are the user's own; they come before the family
    words. `fallback` allows the nearest model, and only for an id that the client chose.
    """
    wanted = _alias(aliases, asked)
    if catalogue is None:
        return _blind(asked, wanted)
    steps: list[Step] = []
    served = _spelled(asked, catalogue, steps)
    if served is None and wanted is not None:
        served = _spelled(wanted, catalogue, [])
        family_word = None if served is not None else _alias(DEFAULT_ALIASES, wanted)
        if family_word is not None:
            served = _of_family(family_word, catalogue)
        steps.append(Step("alias", wanted, served))
    if served is None and (family_word := _alias(DEFAULT_ALIASES, asked)) is not None:
        served = _of_family(family_word, catalogue)
        steps.append(Step("alias", family_word, served))
    if served is None and fallback and chosen_by is Chooser.CLIENT and is_gemini_text(asked):
        served = _nearest(asked, catalogue)
        steps.append(Step("nearest", strip_suffixes(normalise(asked)), served))
    if served is not None:
        return Resolution(asked, served, steps[-1].rule, tuple(steps))
    return Resolution(asked, None, "unknown", tuple(steps), _closest(asked, catalogue))


def rewrite_body(body: dict[str, Any], rename: Callable[[str], str]) -> bool:
    """Rename the model ids inside a request body, in place; return whether anything changed.

    They stand in `model`, `requests[].model` (batchEmbedContents) and
    `generateContentRequest.model` (countTokens); a `models/` before them is kept (clients.md 7.3).
    """
    holders: list[Any] = [body, body.get("generateContentRequest")]
    requests = body.get("requests")
    if isinstance(requests, list):
        holders += requests
    changed = False
    for holder in holders:
        if not isinstance(holder, dict) or not isinstance(holder.get("model"), str):
            continue
        model: str = holder["model"]
        prefix = MODELS_PREFIX if model.startswith(MODELS_PREFIX) else ""
        renamed = prefix + rename(model.removeprefix(MODELS_PREFIX))
        if renamed != model:
            holder["model"] = renamed
            changed = True
    return changed


def _alias(aliases: Mapping[str, str], asked: str) -> str | None:
    name = normalise(asked)
    peeled = strip_suffixes(name)
    by_name = {normalise(alias): target for alias, target in aliases.items()}
    return by_name.get(name, by_name.get(peeled))


def _blind(asked: str, wanted: str | None) -> Resolution:
    served = bare(wanted or asked)
    if is_gemini_text(served):
        served = strip_suffixes(normalise(served))
    step = Step("blind", wanted or asked, served)
    return Resolution(asked, served, "blind", (step,))


def _spelled(asked: str, catalogue: Sequence[str], steps: list[Step]) -> str | None:
    """Steps 1 to 3: the same model under another spelling."""
    exact = bare(asked)
    found = exact if exact in catalogue else None
    steps.append(Step("catalogue", exact, found))
    if found is not None:
        return found
    name = normalise(asked)
    found = next((slug for slug in catalogue if normalise(slug) == name), None)
    if found is None and kind_of(asked) is not None:
        alike = (squash(asked), essence(asked))
        found = next((s for like in alike for s in catalogue if squash(s) == like), None)
    steps.append(Step("normalised", name, found))
    for shorter in peel(name) if found is None else ():
        found = next((slug for slug in catalogue if normalise(slug) == shorter), None)
        steps.append(Step("suffix", shorter, found))
        if found is not None:
            break
    return found


def _tiers(catalogue: Sequence[str]) -> list[tuple[Tier, str]]:
    """Tiers and slugs of the Gemini text models, lowest version first, plain ids first."""
    found = [(t, slug) for slug in catalogue if (t := tier(slug)) is not None]
    return sorted(found, key=lambda item: (item[0].version, len(item[1]), item[1]))


def _highest(ranked: list[tuple[Tier, str]]) -> str | None:
    if not ranked:
        return None
    top = ranked[-1][0].version
    return next(slug for t, slug in ranked if t.version == top)


def _of_family(word: str, catalogue: Sequence[str]) -> str | None:
    ranked = _tiers(catalogue)
    by_family = {name: [item for item in ranked if item[0].family == name] for name in FAMILIES}
    if word == "auto":
        order = ("flash", "lite", "pro", "ultra")
        return next((slug for name in order if (slug := _highest(by_family[name]))), None)
    found = _highest(by_family[word])
    if found is None and word == "lite" and by_family["flash"]:
        return by_family["flash"][0][1]
    return found


def _nearest(asked: str, catalogue: Sequence[str]) -> str | None:
    """Step 5: the same tier or a cheaper one, never a dearer one.

    Same family: the highest version up to the one asked for, else the lowest above it. Without the
    family: the highest version of the next cheaper one. Only lite has no cheaper one: it is a kind
    of flash, so that the lowest version of flash serves it, and never a pro.
    """
    wanted = tier(asked)
    if wanted is None:
        return None
    ranked = _tiers(catalogue)
    siblings = [item for item in ranked if item[0].family == wanted.family]
    if siblings:
        newest = wanted.version or siblings[-1][0].version
        older = [item for item in siblings if item[0].version <= newest]
        return _highest(older) or siblings[0][1]
    if wanted.family == "lite":
        return next((slug for t, slug in ranked if t.family == "flash"), None)
    cheaper = reversed(FAMILIES[: FAMILIES.index(wanted.family)])
    candidates = ([item for item in ranked if item[0].family == name] for name in cheaper)
    return next((slug for items in candidates if (slug := _highest(items))), None)


def _closest(asked: str, catalogue: Sequence[str]) -> tuple[str, ...]:
    name = strip_suffixes(normalise(asked))
    kin = family(asked)

    def likeness(slug: str) -> float:
        return SequenceMatcher(None, name, normalise(slug)).ratio()

    def may_be_meant(slug: str) -> bool:
        return likeness(slug) >= _LIKENESS or (is_gemini_text(asked) and is_gemini_text(slug))

    useful = [slug for slug in dict.fromkeys(catalogue) if may_be_meant(slug)]
    return tuple(sorted(useful, key=lambda slug: (family(slug) != kin, -likeness(slug)))[:3])
