"""Slugs of image and video models, which the gateway's own pages spell in three ways (C2)."""

from collections.abc import Sequence
from enum import StrEnum

from bytespike_cli.wire.slug import bare, family, is_media, normalise, squash, strip_suffixes

_GENERATE = "-generate"
"""Before Google's suffixes: `veo-3.1-fast-generate-preview`, `imagen-4.0-generate-001`."""

_VIDEO_FAMILIES = ("veo", "sora", "seedance", "kling")
_IMAGE_FAMILIES = (
    "nano-banana", "gemini", "imagen", "seedream", "gpt-image", "4o-image", "dalle", "dall-e",
)  # fmt: skip
"""Most wanted first: a default is taken from the first family that the catalogue has."""


_NAMES: dict[str, str] = {
    "gemini25flashimage": "nanobanana",
    "gemini31flashimage": "nanobananav2",
    "gemini3proimage": "nanobananapro",
}
"""By letters and digits, Google's ids of what the gateway calls Nano Banana, Nano Banana 2 and
Nano Banana Pro, as Google does (https://ai.google.dev/gemini-api/docs/nanobanana)."""


class Kind(StrEnum):
    """What a media model makes."""

    VIDEO = "video"
    IMAGE = "image"


class Surface(StrEnum):
    """The API under which media are asked for."""

    TASKS = "tasks"
    """`/v1/tasks/*` (contract.md 3.10)."""
    VIDEOS = "videos"
    """`/v1/videos/*` (contract.md 3.15)."""
    IMAGES = "images"
    """`/v1/images/*` (contract.md 3.17)."""
    GEMINI = "gemini"
    """`/v1beta/…:generateContent` with images inside the answer."""


_DOCUMENTED: dict[str, dict[Surface, str]] = {
    "veo31": {Surface.TASKS: "veo-3.1", Surface.VIDEOS: "veo3.1"},
    "veo31fast": {Surface.TASKS: "veo-3.1-fast", Surface.VIDEOS: "veo3.1-fast"},
    "veo31lite": {Surface.TASKS: "veo3.1-lite", Surface.VIDEOS: "veo3.1-lite"},
    "sora2": {Surface.TASKS: "sora-2", Surface.VIDEOS: "sora2"},
    "sora2pro": {Surface.TASKS: "sora-2-pro", Surface.VIDEOS: "sora2-pro"},
    "nanobanana": dict.fromkeys(Surface, "nano-banana"),
    "nanobananav2": dict.fromkeys(Surface, "nano-banana-v2"),
}
"""By letters and digits, the spelling of the page that documents each surface (C2)."""


def kind_of(slug: str) -> Kind | None:
    """Return what the model of a slug makes, or None for a model of text."""
    name = family(slug)
    if name in _VIDEO_FAMILIES:
        return Kind.VIDEO
    if is_media(slug) or (name == "gemini" and "image" in normalise(slug).split("-")):
        return Kind.IMAGE
    return None


def essence(model: str) -> str:
    """Return the letters and digits of a media id, without what Google appends to it.

    Google's ids of the Nano Banana models become the gateway's names.
    """
    letters = squash(strip_suffixes(normalise(model)).removesuffix(_GENERATE))
    return _NAMES.get(letters, letters)


def spellings(asked: str, catalogue: Sequence[str] | None, surface: Surface) -> tuple[str, ...]:
    """Return the slugs to try for a media model as the user or a client spells it, best first.

    With a catalogue: those of its slugs that are the same by letters and digits; () is an unknown
    model. Without one (None): the documented spelling of the surface, then what was asked for.
    Something that is no media id at all is sent as it stands, when no catalogue speaks against it.
    """
    exact, documented = bare(asked), _documented(asked, surface)
    if catalogue is None:
        return tuple(dict.fromkeys(filter(None, (documented, exact))))
    same = [slug for slug in catalogue if squash(slug) == squash(asked)]
    same = same or [slug for slug in catalogue if squash(slug) == essence(asked)]
    return tuple(sorted(same, key=lambda slug: (slug != exact, slug != documented)))


def default_slug(kind: Kind, catalogue: Sequence[str], surface: Surface) -> str | None:
    """Return the model to take when none is named: the plainest of the most wanted family."""
    families = _VIDEO_FAMILIES if kind is Kind.VIDEO else _IMAGE_FAMILIES
    fitting = [slug for slug in catalogue if kind_of(slug) is kind and family(slug) in families]
    if not fitting:
        return None
    plainest = min(fitting, key=lambda slug: (families.index(family(slug)), len(squash(slug))))
    same = [slug for slug in fitting if squash(slug) == squash(plainest)]
    documented = _documented(plainest, surface)
    return documented if documented in same else same[0]


def _documented(model: str, surface: Surface) -> str | None:
    return _DOCUMENTED.get(essence(model), {}).get(surface)
