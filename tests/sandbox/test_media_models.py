"""The table of image and video models."""

import pytest

from bytespike_cli.sandbox.catalogue import MODELS
from bytespike_cli.sandbox.media_models import MEDIA, VEO_SPELLINGS, lengths


def test_every_model_of_the_catalogue_that_writes_no_text_has_a_row() -> None:
    assert {slug for slug, model in MODELS.items() if not model.is_text} == set(MEDIA)


def test_every_spelling_of_veo_is_a_model() -> None:
    spelled = [slug for slugs in VEO_SPELLINGS.values() for slug in slugs]
    assert sorted(spelled) == sorted(slug for slug in MEDIA if slug.startswith("veo"))


@pytest.mark.parametrize(
    ("slug", "limits", "expected"),
    [
        ("veo-3.1", "reference", (1, 2, 3, 4, 5, 6, 7, 8)),
        ("veo-3.1", "models", (5, 10)),
        ("veo-3.1-fast", "either", (1, 2, 3, 4, 5, 10)),
        ("sora2", "models", (5, 10, 15)),
    ],
)
def test_lengths(slug: str, limits: str, expected: tuple[int, ...]) -> None:
    assert lengths(MEDIA[slug], limits) == expected
