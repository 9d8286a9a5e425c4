from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.estimate import estimate_tokens


def _user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": list(parts)}]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, 0),
        (_user({"text": "a" * 400}), 100),
        (_user({"text": "漢字仮名"}), 4),
        ({"contents": "a" * 40}, 10),
        ({"contents": {"parts": [{"text": "a" * 40}]}}, 10),
        (_user({"inlineData": {"mimeType": "image/png", "data": "A" * 9999}}), 258),
        (_user({"inline_data": {"mime_type": "text/plain", "data": "A" * 400}}), 75),
        (_user({"inlineData": {"mimeType": "audio/mp3", "data": "A" * 64_000}}), 96),
        (_user({"fileData": {"fileUri": "gs://x", "mimeType": "image/png"}}), 258),
        (_user({"functionCall": {"name": "f", "args": {"a": 1}}}), 13),
    ],
)
def test_estimates(body: dict[str, Any], expected: int) -> None:
    assert estimate_tokens(body) == expected


def test_everything_that_is_sent_counts() -> None:
    body = _user({"text": "a" * 40})
    alone = estimate_tokens(body)
    body["systemInstruction"] = {"parts": [{"text": "b" * 40}]}
    with_system = estimate_tokens(body)
    body["tools"] = [{"functionDeclarations": [{"name": "read_file"}]}]
    assert alone < with_system < estimate_tokens(body)


def test_the_request_inside_count_tokens_counts() -> None:
    body = _user({"text": "a" * 40})
    assert estimate_tokens({"generateContentRequest": body}) == estimate_tokens(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["contents", "parts", "text", "inlineData", "data", "tools"]),
            inner,
            max_size=3,
        )
    ),
)


@given(st.dictionaries(st.sampled_from(["contents", "tools", "systemInstruction"]), JSON))
def test_it_never_raises(body: dict[str, Any]) -> None:
    assert estimate_tokens(body) >= 0
