"""The models and the shapes of their lists (contract.md 3.4 to 3.6, 6)."""

from typing import Any

import pytest

from bytespike_cli.sandbox.catalogue import (
    MODELS,
    available_models,
    openai_list,
    price_credits,
    reach,
    spelled,
)
from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_TEXT


def ids(document: Any) -> list[str]:
    return [entry["id"] for entry in document["data"]]


def test_an_entry_has_every_documented_field() -> None:
    (entry,) = openai_list(["gemini-3-flash"])["data"]
    assert entry == {
        "id": "gemini-3-flash",
        "object": "model",
        "owned_by": "google",
        "family": "gemini",
        "capabilities": ["text", "vision", "tool_use", "streaming"],
        "context_window": 200_000,
        "max_output_tokens": 8192,
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
        "pricing_url": "https://bytespike.ai/pricing#gemini-3-flash",
        "created": 1_761_000_000,
    }
    assert openai_list(["gemini-3-flash"], form="minimal")["data"] == [{"id": "gemini-3-flash"}]


@pytest.mark.parametrize(
    ("family", "owners"),
    [
        ("google", {"gemini"}),
        ("anthropic", {"claude"}),
        ("gemini", set()),
        ("bytedance", {"doubao"}),
    ],
)
def test_the_filter_speaks_of_owners(family: str, owners: set[str]) -> None:
    found = openai_list(MODELS, family=family)["data"]
    assert {entry["family"] for entry in found} == owners


def test_capabilities_must_all_be_there() -> None:
    assert ids(openai_list(["gemini-3-flash", "veo-3.1"], capabilities=["text"])) == [
        "gemini-3-flash"
    ]
    assert ids(openai_list(["gemini-3-flash"], capabilities=["text", "logprobs"])) == []


def test_what_groups_reach() -> None:
    gemini = BY_NAME["gemini-0001"]
    assert reach(gemini, "text") == GEMINI_TEXT
    assert "veo-3.1" in reach(gemini, "media")
    assert reach(BY_NAME["nogroup-0001"], "media") == ()
    veo = {slug for slug in reach(gemini, "media", "dashed") if slug.startswith("veo")}
    assert veo == {"veo-3-1"}
    assert spelled(["veo3.1", "veo-3.1", "sora2"], "joined") == ("veo3.1", "sora2")
    assert {MODELS[slug].family for slug in reach(BY_NAME["claude-0001"], "text")} == {"claude"}
    assert set(reach(BY_NAME["default-0001"], "text")) == set(MODELS)


@pytest.mark.parametrize(
    ("shape", "entries", "expected"),
    [
        ("array", "string", ["a"]),
        ("data", "slug", {"data": [{"slug": "a"}]}),
        ("models", "name", {"models": [{"name": "a"}]}),
        ("items", "string", {"items": ["a"]}),
        (
            "envelope",
            "model",
            {
                "code": 0,
                "message": "success",
                "data": [{"model": "a", "protocols_aggregate": "gemini,anthropic:translated"}],
            },
        ),
    ],
)
def test_available_models(shape: str, entries: str, expected: Any) -> None:
    assert available_models(["a"], shape, entries) == expected


@pytest.mark.parametrize(
    ("slug", "images", "protocols"),
    [
        ("gemini-3-flash", "inline", ["gemini", "anthropic:translated"]),
        ("nano-banana", "endpoint", ["openai"]),
        ("nano-banana", "inline", ["gemini"]),
        ("veo-3.1", "inline", ["openai"]),
    ],
)
def test_where_image_models_live(slug: str, images: str, protocols: list[str]) -> None:
    (entry,) = available_models([slug], "array", "id", images)
    assert entry == {"id": slug, "protocols_aggregate": protocols}


def test_prices_are_of_a_million_tokens() -> None:
    assert price_credits("gemini-3-1-pro", 1_000_000, 0) == 2_000_000
    assert price_credits("gemini-3-1-pro", 0, 1_000_000) == 12_000_000
    assert price_credits("nano-banana", 5, 5) == 18_000
