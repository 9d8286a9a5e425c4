import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire import answer


def candidate(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"role": "model", "parts": list(parts)}, **more}]}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (candidate({"text": "Sev"}, {"text": "en."}), "Seven."),
        (candidate({"text": "hm", "thought": True}, {"text": "Seven."}), "Seven."),
        (candidate({"text": "Seven."}, {"text": "", "thoughtSignature": "x"}), "Seven."),
        (candidate({"functionCall": {"name": "f"}}), ""),
        (candidate({"inlineData": {"mimeType": "image/png", "data": ""}}, {"text": "a"}), "a"),
        ({"candidates": []}, ""),
        ({"candidates": [{"finishReason": "SAFETY"}]}, ""),
        ({"candidates": [{"content": {"role": "model"}}]}, ""),
        ({"candidates": None}, ""),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
def test_text(document: Any, text: str) -> None:
    assert answer.text_of(document) == text


def test_ends_and_blocks() -> None:
    stopped = candidate({"text": "x"}, finishReason="MAX_TOKENS", finishMessage="too long")
    blocked = {"promptFeedback": {"blockReason": "SAFETY", "blockReasonMessage": "no"}}
    assert (answer.finish_reason(stopped), answer.finish_message(stopped)) == (
        "MAX_TOKENS",
        "too long",
    )
    assert (answer.block_reason(blocked), answer.finish_message(blocked)) == ("SAFETY", "no")
    assert answer.finish_reason(blocked) == answer.block_reason(stopped) == ""


def test_model_and_tokens() -> None:
    document = {
        "modelVersion": "gemini-3-flash",
        "usageMetadata": {"promptTokenCount": 4, "totalTokenCount": 6, "trafficType": "x"},
    }
    assert answer.served_model(document) == "gemini-3-flash"
    assert answer.usage_of(document) == {"promptTokenCount": 4, "totalTokenCount": 6}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["candidates", "content", "parts", "text", "thought", "finishReason", "x",
                 "promptFeedback", "blockReason", "usageMetadata", "modelVersion"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_no_shape_is_too_odd(document: Any) -> None:
    for read in (
        answer.text_of,
        answer.finish_reason,
        answer.finish_message,
        answer.block_reason,
        answer.served_model,
    ):
        assert isinstance(read(document), str)
    json.dumps(answer.usage_of(document))


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_usage_is_found_in_pieces(size: int) -> None:
    counts = {"promptTokenCount": 7, "candidatesTokenCount": 3}
    document = {**candidate({"text": "x" * 9000}), "usageMetadata": counts, "modelVersion": "m"}
    content = json.dumps(document).encode()
    finder = answer.UsageFinder()
    for start in range(0, len(content), size):
        finder.feed(content[start : start + size])
    assert finder.found == counts


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"usageMetadata": {"prompt', b'{"usageMetadata": 3}']
)
def test_usage_that_is_not_there(content: bytes) -> None:
    finder = answer.UsageFinder()
    finder.feed(content)
    assert finder.found is None
