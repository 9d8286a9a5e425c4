import pytest

from bytespike_cli.sandbox.seed import GEMINI_MEDIA, GEMINI_TEXT, OTHER_MEDIA
from bytespike_cli.wire.media_slug import (
    Kind,
    Surface,
    default_slug,
    essence,
    kind_of,
    spellings,
)

TASKS, VIDEOS = Surface.TASKS, Surface.VIDEOS


@pytest.mark.parametrize(
    ("slug", "kind"),
    [
        *((slug, Kind.VIDEO if slug[:3] == "veo" else Kind.IMAGE) for slug in GEMINI_MEDIA),
        *((slug, None) for slug in GEMINI_TEXT),
        ("sora2-pro", Kind.VIDEO),
        ("seedance-1.5-pro", Kind.VIDEO),
        ("seedream-4.5", Kind.IMAGE),
        ("gpt-image-2", Kind.IMAGE),
        ("gemini-2-5-flash-image", Kind.IMAGE),
        ("models/veo-3.1-generate-preview", Kind.VIDEO),
        ("claude-opus-4-8", None),
    ],
)
def test_what_a_model_makes(slug: str, kind: Kind | None) -> None:
    assert kind_of(slug) is kind


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        ("veo-3.1", "veo31"),
        ("VEO 3.1", "veo31"),
        ("models/veo-3-1", "veo31"),
        ("veo-3.1-generate-preview", "veo31"),
        ("veo-3.1-fast-generate-001", "veo31fast"),
        ("sora_2", "sora2"),
        ("gemini-2.5-flash-image", "nanobanana"),
        ("models/gemini-2.5-flash-image-preview", "nanobanana"),
        ("gemini-3.1-flash-image-preview", "nanobananav2"),
        ("gemini-3-pro-image-preview", "nanobananapro"),
    ],
)
def test_letters_and_digits_are_what_counts(asked: str, same: str) -> None:
    assert essence(asked) == same


@pytest.mark.parametrize(
    ("asked", "catalogue", "surface", "found"),
    [
        ("veo3.1", ["veo-3-1"], TASKS, ("veo-3-1",)),
        ("veo-3.1", ["veo-3-1", "veo3.1", "veo-3.1"], TASKS, ("veo-3.1", "veo-3-1", "veo3.1")),
        ("veo 31", ["veo-3-1", "veo3.1", "veo-3.1"], VIDEOS, ("veo3.1", "veo-3-1", "veo-3.1")),
        ("veo-3-1", ["veo-3-1", "veo-3.1"], TASKS, ("veo-3-1", "veo-3.1")),
        ("veo-3.1-fast-generate-preview", ["veo-3.1-fast"], TASKS, ("veo-3.1-fast",)),
        ("veo-3.1-preview", ["veo-3.1", "veo-3.1-preview"], TASKS, ("veo-3.1-preview",)),
        ("veo-4", ["veo-3.1"], TASKS, ()),
        ("veo-3-1", None, TASKS, ("veo-3.1", "veo-3-1")),
        ("veo-3-1", None, VIDEOS, ("veo3.1", "veo-3-1")),
        ("somebody-elses", None, TASKS, ("somebody-elses",)),
    ],
)
def test_spellings(
    asked: str, catalogue: list[str] | None, surface: Surface, found: tuple[str, ...]
) -> None:
    assert spellings(asked, catalogue, surface) == found


@pytest.mark.parametrize(
    ("kind", "catalogue", "slug"),
    [
        (Kind.VIDEO, GEMINI_MEDIA, "veo-3.1"),
        (Kind.VIDEO, OTHER_MEDIA, "sora-2"),
        (Kind.VIDEO, ("veo3.1-fast", "veo3.1-lite"), "veo3.1-fast"),
        (Kind.IMAGE, (*OTHER_MEDIA, *GEMINI_MEDIA), "nano-banana"),
        (Kind.IMAGE, ("gpt-image-2-official", "gpt-image-2"), "gpt-image-2"),
        (Kind.IMAGE, ("veo-3.1",), None),
        (Kind.VIDEO, GEMINI_TEXT, None),
    ],
)
def test_the_default(kind: Kind, catalogue: tuple[str, ...], slug: str | None) -> None:
    assert default_slug(kind, catalogue, TASKS) == slug


def test_the_default_is_spelled_for_its_surface() -> None:
    assert default_slug(Kind.VIDEO, GEMINI_MEDIA, VIDEOS) == "veo3.1"
