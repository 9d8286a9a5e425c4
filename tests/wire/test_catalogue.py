from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.catalogue import entries, google_model, google_models_page, slugs

A, B = "gemini-3-1-pro", "veo-3.1"


@pytest.mark.parametrize(
    "document",
    [
        {"object": "list", "data": [{"id": A, "object": "model"}, {"id": B}]},
        [A, B],
        [{"id": A}, {"slug": B}],
        {"data": [{"model": A, "protocols_aggregate": "gemini,openai"}, B]},
        {"models": [A, {"name": B}]},
        {"items": [{"id": A, "name": "Gemini 3.1 Pro"}, {"id": B}]},
        {"code": 0, "message": "success", "data": [{"id": A}, {"id": B}]},
        {"code": 0, "message": "success", "data": {"items": [{"id": A}, {"id": B}], "total": 2}},
        {"user": {"id": 7}, "allowed_models": [{"id": A, "quota_cap_usd": None}, {"id": B}]},
        {"account": {"allowed_models": [{"id": A}, {"id": B}]}},
        {"models": [{"name": f"models/{A}", "displayName": "x"}, {"name": f"models/{B}"}]},
        {"data": [{"id": A}, {"id": B}, {"id": A}, {"id": ""}, {"id": 7}, None]},
    ],
)
def test_slugs_from_every_shape(document: Any) -> None:
    assert slugs(document) == [A, B]


@pytest.mark.parametrize(
    "document", [None, "x", 7, {}, {"error": {"code": 401}}, {"data": None}, {"data": "x"}]
)
def test_what_is_no_catalogue(document: Any) -> None:
    assert entries(document) is None
    assert slugs(document) == []


def test_an_empty_catalogue_is_one() -> None:
    assert entries({"data": []}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "models", "id", "name"]), inner, max_size=3)
    ),
)


@given(JSON)
def test_slugs_never_raises(document: Any) -> None:
    assert all(isinstance(slug, str) and slug for slug in slugs(document))


def test_google_model() -> None:
    entry = {"id": A, "context_window": 1_000_000, "max_output_tokens": 32_768}
    model = google_model(A, entry)
    assert model["name"] == f"models/{A}"
    assert (model["inputTokenLimit"], model["outputTokenLimit"]) == (1_000_000, 32_768)
    assert "generateContent" in model["supportedGenerationMethods"]
    assert google_model(B)["supportedGenerationMethods"] == []


def test_pages_cover_everything_once() -> None:
    names = [f"m{number}" for number in range(7)]
    seen: list[str] = []
    token = ""
    while True:
        page = google_models_page(names, page_size=3, page_token=token)
        seen += [model["baseModelId"] for model in page["models"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert seen == names
    assert len(google_models_page(names)["models"]) == 7
    assert google_models_page(names, page_token="bogus") == {"models": []}


def test_what_google_lists_can_be_read_back() -> None:
    assert slugs(google_models_page([A, B])) == [A, B]
