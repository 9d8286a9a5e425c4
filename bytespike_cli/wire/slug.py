"""The shape of model ids: spelling, suffixes, families, tiers. No list that goes stale."""

import re
from dataclasses import dataclass

MODELS_PREFIX = "models/"

FAMILIES = ("lite", "flash", "pro", "ultra")
"""Families of Gemini text models, cheapest first."""

_SUFFIXES = re.compile(
    r"(?:-preview(?:-\d{2,4}){0,2}|-exp(?:-\d{2,4}){0,2}|-latest|-customtools|-\d{3})$"
)
"""What Google appends to an id: `-preview`, `-preview-09-2025`, `-exp-0827`, `-001`, …"""

_NOT_TEXT = frozenset({"image", "tts", "embedding", "live", "audio"})

_MEDIA = re.compile(
    r"^(?:veo|sora|nano-?banana|seedance|seedream|imagen|gpt-image|4o-image|dall-?e|kling)"
)


@dataclass(frozen=True, slots=True)
class Tier:
    """Family word and version of a Gemini text id: `gemini-3-1-pro` is `pro`, `(3, 1)`.

    An id without a version (`gemini-flash-latest`) has the version `()`.
    """

    family: str
    version: tuple[int, ...]


def bare(model: str) -> str:
    """Return an id without white space around it and without one leading `models/`."""
    return model.strip().removeprefix(MODELS_PREFIX)


def normalise(model: str) -> str:
    """Return an id as the gateway spells text models: no `models/`, lower case, dashes for dots.

    Source: contract.md 6.1.
    """
    return bare(model).lower().replace(".", "-")


def peel(model: str) -> list[str]:
    """Return what is left of an id after each of Google's suffixes is taken off, one at a time.

    `gemini-3-1-pro-preview-customtools` gives `gemini-3-1-pro-preview`, then `gemini-3-1-pro`.
    """
    left: list[str] = []
    while (shorter := _SUFFIXES.sub("", model)) != model and shorter:
        left.append(shorter)
        model = shorter
    return left


def strip_suffixes(model: str) -> str:
    """Return an id without anything that Google appends to the ids of its releases."""
    return (peel(model) or [model])[-1]


def squash(model: str) -> str:
    """Return letters and digits alone: `veo-3.1`, `veo3.1` and `veo-3-1` are one (contract C2)."""
    return re.sub(r"[^a-z0-9]", "", bare(model).lower())


def is_media(model: str) -> bool:
    """Return whether an id is of an image or video model; those keep their dots on the wire."""
    return _MEDIA.match(normalise(model)) is not None


def is_gemini_text(model: str) -> bool:
    """Return whether an id is of a Gemini model that answers with text."""
    words = normalise(model).split("-")
    return words[0] == "gemini" and len(words) > 1 and _NOT_TEXT.isdisjoint(words)


def tier(model: str) -> Tier | None:
    """Return the tier of a Gemini text id, or None for any other id.

    `lite` is a kind of flash, but a tier of its own: the cheapest.
    """
    if not is_gemini_text(model):
        return None
    words = strip_suffixes(normalise(model)).split("-")[1:]
    for family in FAMILIES:
        if family in words:
            return Tier(family, tuple(int(word) for word in words if word.isdecimal()))
    return None


def family(slug: str) -> str:
    """Return the maker's word of a slug: `gemini`, `claude`, `veo`, `nano-banana`, …"""
    media = _MEDIA.match(normalise(slug))
    if media:
        return "nano-banana" if media.group().startswith("nano") else media.group()
    first = re.match(r"[a-z]+", normalise(slug))
    return first.group() if first else ""
