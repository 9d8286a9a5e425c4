from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.models import (
    DEFAULT_ALIASES,
    RULES,
    Chooser,
    resolve,
    rewrite_body,
    tier,
)
from bytespike_cli.wire.slug import FAMILIES

CONTRACT = ("gemini-3-1-pro", "gemini-3-5-flash", "gemini-3-flash", "gemini-2-5-flash")
PRO_ONLY = ("gemini-3-1-pro",)
FLASH_ONLY = ("gemini-2-5-flash",)
DOTTED = ("gemini-3.1-pro", "gemini-3.5-flash", "gemini-2.5-flash-lite")
MIXED = ("claude-opus-4-8", "gpt-5-5", "veo-3.1", "nano-banana", *CONTRACT)
CLAUDE = ("claude-opus-4-8", "claude-sonnet-4-6")


@pytest.mark.parametrize("catalogue", [CONTRACT, DOTTED, MIXED])
def test_an_id_in_the_catalogue_is_never_changed(catalogue: tuple[str, ...]) -> None:
    for slug in catalogue:
        for asked in (slug, f"models/{slug}"):
            resolution = resolve(asked, catalogue, aliases={slug: catalogue[-1]})
            assert (resolution.served, resolution.rule) == (slug, "catalogue")


@pytest.mark.parametrize(
    ("asked", "catalogue", "served", "rule"),
    [
        ("gemini-3.1-pro", CONTRACT, "gemini-3-1-pro", "normalised"),
        ("models/Gemini-3.1-Pro", CONTRACT, "gemini-3-1-pro", "normalised"),
        ("gemini-3-1-pro", DOTTED, "gemini-3.1-pro", "normalised"),
        ("gemini-3.1-pro-preview", CONTRACT, "gemini-3-1-pro", "suffix"),
        ("gemini-3.1-pro-preview-customtools", CONTRACT, "gemini-3-1-pro", "suffix"),
        ("gemini-3-flash-preview", CONTRACT, "gemini-3-flash", "suffix"),
        ("gemini-2.5-flash-preview-09-2025", CONTRACT, "gemini-2-5-flash", "suffix"),
        ("gemini-2.5-flash-001", CONTRACT, "gemini-2-5-flash", "suffix"),
        ("gemini-2.5-flash-lite-preview-09-2025", DOTTED, "gemini-2.5-flash-lite", "suffix"),
        ("claude-opus-4.8", MIXED, "claude-opus-4-8", "normalised"),
        ("claude-opus-4-8-latest", MIXED, "claude-opus-4-8", "suffix"),
        ("gpt-5.5", MIXED, "gpt-5-5", "normalised"),
        ("veo3.1", MIXED, "veo-3.1", "normalised"),
        ("veo-3-1", MIXED, "veo-3.1", "normalised"),
        ("models/nano_banana", MIXED, None, "unknown"),
        ("nanobanana", MIXED, "nano-banana", "normalised"),
        ("sora-2", ("sora2", "sora2-pro"), "sora2", "normalised"),
        ("veo-3-1", ("veo3.1", "veo-3.1"), "veo-3.1", "normalised"),
        ("veo-3.1-generate-preview", MIXED, "veo-3.1", "normalised"),
        ("gemini-2.5-flash-image", MIXED, "nano-banana", "normalised"),
        (
            "gemini-2-5-flash-image",
            ("gemini-2-5-flash-image", "nano-banana"),
            "gemini-2-5-flash-image",
            "catalogue",
        ),
    ],
)
def test_the_same_model_under_another_spelling(
    asked: str, catalogue: tuple[str, ...], served: str | None, rule: str
) -> None:
    resolution = resolve(asked, catalogue)
    assert (resolution.served, resolution.rule) == (served, rule)


@pytest.mark.parametrize(
    ("asked", "catalogue", "served"),
    [
        ("pro", CONTRACT, "gemini-3-1-pro"),
        ("flash", CONTRACT, "gemini-3-5-flash"),
        ("gemini-flash-latest", CONTRACT, "gemini-3-5-flash"),
        ("flash-lite", CONTRACT, "gemini-2-5-flash"),
        ("flash-lite", DOTTED, "gemini-2.5-flash-lite"),
        ("auto", CONTRACT, "gemini-3-5-flash"),
        ("auto-gemini-3", MIXED, "gemini-3-5-flash"),
        ("auto-gemini-2.5", CONTRACT, "gemini-3-5-flash"),
        ("auto", PRO_ONLY, "gemini-3-1-pro"),
        ("flash", PRO_ONLY, None),
        ("pro", FLASH_ONLY, None),
        ("flash-lite", PRO_ONLY, None),
        ("flash", (), None),
    ],
)
def test_family_words_that_a_user_types(
    asked: str, catalogue: tuple[str, ...], served: str | None
) -> None:
    resolution = resolve(asked, catalogue)
    assert resolution.served == served
    assert resolution.rule == ("alias" if served else "unknown")


def test_aliases_of_the_user_come_before_the_family_words() -> None:
    aliases = {"flash": "gemini-2.5-flash", "best": "pro", "Old.Name": "gemini-3-flash-preview"}
    assert resolve("flash", CONTRACT, aliases=aliases).served == "gemini-2-5-flash"
    assert resolve("best", CONTRACT, aliases=aliases).served == "gemini-3-1-pro"
    assert resolve("old-name", CONTRACT, aliases=aliases).served == "gemini-3-flash"
    assert resolve("best", None, aliases={"best": "gemini-3.1-pro"}).served == "gemini-3-1-pro"


def test_an_alias_that_leads_nowhere_or_to_itself_is_unknown() -> None:
    for aliases in ({"x": "no-such"}, {"x": "x"}, {"x": "y", "y": "x"}):
        assert resolve("x", CONTRACT, aliases=aliases).served is None


HELPERS = {
    "gemini-3.8-flash": "gemini-3-5-flash",
    "gemini-3.5-flash-lite": "gemini-2-5-flash",
    "gemini-3.1-flash-lite": "gemini-2-5-flash",
    "gemini-2.5-flash-lite": "gemini-2-5-flash",
    "gemini-3.1-pro-preview": "gemini-3-1-pro",
    "gemini-3.1-pro-preview-customtools": "gemini-3-1-pro",
    "gemini-3-pro-preview": "gemini-3-1-pro",
    "gemini-2.5-pro": "gemini-3-1-pro",
    "gemini-3-flash-preview": "gemini-3-flash",
    "gemini-2.5-flash-preview-09-2025": "gemini-2-5-flash",
    "gemini-2-0-flash": "gemini-2-5-flash",
    "gemini-3-2-flash": "gemini-3-flash",
    "gemini-9-ultra": "gemini-3-1-pro",
    "gemini-embedding-001": None,
    "gemini-3-pro-image-preview": None,
    "claude-haiku-9": None,
}


@pytest.mark.parametrize(("asked", "served"), HELPERS.items())
def test_helper_ids_of_clients_on_the_contracts_slugs(asked: str, served: str | None) -> None:
    for catalogue in (CONTRACT, MIXED, tuple(reversed(CONTRACT))):
        assert resolve(asked, catalogue, chosen_by=Chooser.CLIENT).served == served


@pytest.mark.parametrize(
    ("asked", "catalogue", "served"),
    [
        ("gemini-3.8-flash", PRO_ONLY, None),
        ("gemini-3.5-flash-lite", PRO_ONLY, None),
        ("gemini-3-pro-preview", PRO_ONLY, "gemini-3-1-pro"),
        ("gemini-3-pro-preview", FLASH_ONLY, "gemini-2-5-flash"),
        ("gemini-3.8-flash", FLASH_ONLY, "gemini-2-5-flash"),
        ("gemini-3.8-flash", DOTTED, "gemini-3.5-flash"),
        ("gemini-3.5-flash-lite", DOTTED, "gemini-2.5-flash-lite"),
        ("gemini-3-pro-preview", ("gemini-2-5-flash-lite",), "gemini-2-5-flash-lite"),
        ("gemini-3-flash-preview", ("gemini-2-5-flash-lite",), "gemini-2-5-flash-lite"),
        ("gemini-3-flash-preview", CLAUDE, None),
        ("gemini-3-flash-preview", (), None),
    ],
)
def test_helper_ids_on_other_catalogues(
    asked: str, catalogue: tuple[str, ...], served: str | None
) -> None:
    assert resolve(asked, catalogue, chosen_by=Chooser.CLIENT).served == served


def test_the_nearest_model_is_only_for_ids_that_the_client_chose() -> None:
    asked = "gemini-3.8-flash"
    assert resolve(asked, CONTRACT, chosen_by=Chooser.USER).served is None
    assert resolve(asked, CONTRACT, chosen_by=Chooser.CLIENT, fallback=False).served is None
    assert resolve(asked, CONTRACT, chosen_by=Chooser.CLIENT).rule == "nearest"


GEMINI_IDS = st.builds(
    "gemini-{}-{}".format,
    st.sampled_from(["2-5", "3", "3-1", "3-5", "4"]),
    st.sampled_from(["flash-lite", "flash", "pro", "ultra", "pro-preview", "flash-001"]),
)


@given(GEMINI_IDS, st.lists(GEMINI_IDS | st.sampled_from(MIXED), max_size=6))
def test_nearest_is_in_the_catalogue_and_never_dearer(asked: str, catalogue: list[str]) -> None:
    served = resolve(asked, catalogue, chosen_by=Chooser.CLIENT).served
    if served is None:
        return
    assert served in catalogue
    wanted, got = tier(asked), tier(served)
    assert wanted is not None
    assert got is not None
    ceiling = "flash" if wanted.family == "lite" else wanted.family
    assert FAMILIES.index(got.family) <= FAMILIES.index(ceiling)


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gemini-3.1-pro-preview", "gemini-3-1-pro"),
        ("models/gemini-2.5-flash", "gemini-2-5-flash"),
        ("gemini-3-1-pro", "gemini-3-1-pro"),
        ("veo-3.1", "veo-3.1"),
        ("models/veo-3.1", "veo-3.1"),
        ("gemini-embedding-001", "gemini-embedding-001"),
        ("GPT-5.5-latest", "GPT-5.5-latest"),
    ],
)
def test_without_a_catalogue_only_gemini_text_ids_are_rewritten(asked: str, served: str) -> None:
    resolution = resolve(asked, None)
    assert (resolution.served, resolution.rule) == (served, "blind")


@pytest.mark.parametrize(
    ("asked", "closest"),
    [
        ("gemini-3.8-flash", ("gemini-3-flash", "gemini-3-5-flash", "gemini-2-5-flash")),
        ("claude-opus-4", ("claude-opus-4-8",)),
        ("veo-4", ("veo-3.1",)),
        ("something else", ()),
    ],
)
def test_an_unknown_model_names_the_closest(asked: str, closest: tuple[str, ...]) -> None:
    resolution = resolve(asked, MIXED)
    assert resolution.served is None
    assert resolution.rule == "unknown"
    assert set(resolution.closest) == set(closest)


def test_of_an_id_of_geminis_three_are_named_however_little_it_says() -> None:
    assert len(resolve("gemini-9", CONTRACT).closest) == 3


def test_steps_tell_what_was_tried() -> None:
    resolution = resolve("gemini-3.8-flash-preview", CONTRACT, chosen_by=Chooser.CLIENT)
    assert [(step.rule, step.tried, step.matched) for step in resolution.steps] == [
        ("catalogue", "gemini-3.8-flash-preview", None),
        ("normalised", "gemini-3-8-flash-preview", None),
        ("suffix", "gemini-3-8-flash", None),
        ("nearest", "gemini-3-8-flash", "gemini-3-5-flash"),
    ]
    assert {step.rule for step in resolution.steps} <= set(RULES)


@given(st.text(max_size=30), st.lists(st.text(max_size=20), max_size=5))
def test_resolve_never_raises_and_never_invents(asked: str, catalogue: list[str]) -> None:
    for chooser in Chooser:
        resolution = resolve(asked, catalogue, chosen_by=chooser)
        assert resolution.served is None or resolution.served in catalogue
        assert resolution.rule in RULES
        assert set(resolution.closest) <= set(catalogue)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"model": "a"}, {"model": "A"}),
        ({"model": "models/a"}, {"model": "models/A"}),
        (
            {"requests": [{"model": "models/a", "content": {}}, {"content": {}}, "odd"]},
            {"requests": [{"model": "models/A", "content": {}}, {"content": {}}, "odd"]},
        ),
        (
            {"generateContentRequest": {"model": "models/a", "contents": []}},
            {"generateContentRequest": {"model": "models/A", "contents": []}},
        ),
    ],
)
def test_rewrite_body(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert rewrite_body(body, str.upper)
    assert body == expected
    assert not rewrite_body(body, str.upper)


def test_rewrite_body_leaves_text_about_models_alone() -> None:
    body = {"contents": [{"parts": [{"text": "model", "model": "a"}]}], "model": 7}
    assert not rewrite_body(body, str.upper)


def test_aliases_are_families_not_slugs() -> None:
    assert {"pro", "flash", "flash-lite", "auto", "auto-gemini-3", "auto-gemini-2.5"} <= set(
        DEFAULT_ALIASES
    )
    assert set(DEFAULT_ALIASES.values()) <= {"auto", *FAMILIES}
