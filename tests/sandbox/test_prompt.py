"""Bodies that are right, and the field that is wrong (contract.md 3.1)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.sandbox.errors import Refused
from bytespike_cli.sandbox.prompt import read_prompt

CONTENTS = [{"parts": [{"text": "hi"}]}]
USED = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}
ANSWERED = {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {}}}]}


def content(*parts: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": list(parts)}]}


def config(**fields: Any) -> dict[str, Any]:
    return {"contents": CONTENTS, "generationConfig": fields}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "Invalid value at 'The body'"),
        (None, "The body is not specified"),
        ({}, "contents is not specified"),
        ({"contents": []}, "contents is not specified"),
        ({"contents": {}}, "'contents'"),
        ({"contents": "hi"}, "'contents'"),
        ({"contents": ["hi"]}, r"contents\[0\]"),
        ({"contents": [{"role": "system", "parts": [{"text": "x"}]}]}, "valid role"),
        ({"contents": [{"role": 3, "parts": [{"text": "x"}]}]}, "role"),
        ({"contents": [{"role": "user"}]}, r"contents\[0\].parts is not specified"),
        (content(), "parts must not be empty"),
        (content("hi"), r"parts\[0\]"),
        (content({}), "oneof field 'data'"),
        (content({"text": "a", "inlineData": {}}), "oneof field 'data'"),
        (content({"text": 3}), "text"),
        (content({"inlineData": {"data": "aGk="}}), "mime_type is not specified"),
        (content({"inlineData": {"mimeType": "image/png", "data": "no!"}}), "Base64"),
        (content({"inlineData": {"mimeType": "image/png", "data": "aGk"}}), "Base64"),
        (content({"fileData": {}}), "file_uri"),
        (content({"functionCall": {}}), "name"),
        (content({"functionResponse": {"name": "f", "response": "text"}}), "response"),
        ({"contents": CONTENTS, "systemInstruction": "be kind"}, "system_instruction"),
        ({"contents": CONTENTS, "tools": {}}, "tools"),
        ({"contents": CONTENTS, "tools": [{"functionDeclarations": [{}]}]}, "name"),
        ({"contents": CONTENTS, "safetySettings": {}}, "safety_settings"),
        ({"contents": CONTENTS, "generationConfig": []}, "generation_config"),
        ({"contents": CONTENTS, "toolConfig": {"functionCallingConfig": {"mode": "any"}}}, "mode"),
        ({"contents": CONTENTS, "prompt": "hi"}, 'Unknown name "prompt"'),
        ({"contents": CONTENTS, "stream": True}, 'Unknown name "stream"'),
        ({"contents": [ANSWERED]}, "function call turn"),
        ({"contents": [USED, *CONTENTS, ANSWERED]}, "function call turn"),
        (config(temperature="1"), "temperature"),
        (config(temperature=2.1), "range"),
        (config(temperature=True), "temperature"),
        (config(topK=1.5), "topK"),
        (config(maxOutputTokens=0), "positive"),
        (config(maxOutputTokens="9"), "max_output_tokens"),
        (config(stopSequences="x"), "stop_sequences"),
        (config(stopSequences=[1]), "stop_sequences"),
        (config(responseSchema={"type": "OBJECT"}), "response_mime_type"),
    ],
)
def test_what_is_refused(body: Any, words: str) -> None:
    with pytest.raises(Refused, match=words) as raised:
        read_prompt(body)
    assert (raised.value.failure.status, raised.value.failure.google) == (400, "INVALID_ARGUMENT")


@pytest.mark.parametrize(
    "body",
    [
        {"contents": CONTENTS, "cachedContent": "x", "serviceTier": "flex", "store": False},
        {"contents": CONTENTS, "model": "models/m", "labels": {}, "service_tier": "flex"},
        {"contents": [USED, ANSWERED]},
        {"contents": [USED, ANSWERED, ANSWERED]},
        config(seed=4, candidateCount=1, thinkingConfig={"thinkingLevel": "HIGH"}),
        config(temperature=0, topP=1, topK=40),
        content({"text": "", "thoughtSignature": "c2c="}),
        content({"text": "x", "thought": True}),
        {"contents": CONTENTS, "system_instruction": {"parts": [{"text": "be kind"}]}},
        content({"inline_data": {"mime_type": "image/png", "data": "a-_="}}),
    ],
)
def test_what_passes(body: Any) -> None:
    assert read_prompt(body).turns


def test_both_spellings_are_read() -> None:
    body = {
        "contents": [{"parts": [{"inline_data": {"mime_type": "image/png", "data": "aGk="}}]}],
        "generation_config": {"max_output_tokens": 5, "stop_sequences": ["x", ""]},
        "system_instruction": {"parts": [{"text": "a"}, {"text": "b"}]},
        "tools": [{"google_search": {}}],
    }
    prompt = read_prompt(body)
    assert (prompt.max_tokens, prompt.stops, prompt.system) == (5, ("x",), "a\nb")
    assert prompt.google_search
    assert [(blob.mime, blob.size) for blob in prompt.last.blobs] == [("image/png", 2)]


def test_the_words_of_the_user_without_those_of_the_client() -> None:
    parts = [
        {"text": "<session_context>\nThis is the Gemini CLI.\n</session_context>"},
        {"text": "describe @p.png"},
        {"text": "\n--- Content from referenced files ---"},
        {"text": "\nContent from @p.png:\n"},
        {"inlineData": {"mimeType": "image/png", "data": "aGk="}},
        {"text": "\n--- End of content ---"},
        {"text": "I am thinking", "thought": True},
    ]
    prompt = read_prompt(content(*parts))
    assert prompt.question == "describe @p.png"
    assert prompt.tokens > 258


def test_the_question_is_older_than_the_tool_results() -> None:
    prompt = read_prompt(
        {
            "contents": [
                {"role": "user", "parts": [{"text": "read it"}]},
                {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]},
                {
                    "role": "user",
                    "parts": [{"functionResponse": {"name": "f", "response": {"output": "x"}}}],
                },
            ]
        }
    )
    assert prompt.question == "read it"
    assert [response["name"] for response in prompt.last.responses] == ["f"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["contents", "parts", "text", "role", "tools", "generationConfig", "inlineData",
             "systemInstruction", "functionDeclarations", "toolConfig", "data", "mimeType"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(body: Any) -> None:
    try:
        prompt = read_prompt(body)
    except Refused:
        return
    assert prompt.tokens >= 1


@given(JSON)
def test_any_field_is_read_or_refused(value: Any) -> None:
    body: dict[str, Any] = {"contents": CONTENTS}
    if isinstance(value, dict):
        body |= {name: field for name, field in value.items() if name != "contents"}
    try:
        assert read_prompt(body).question == "hi"
    except Refused:
        return
