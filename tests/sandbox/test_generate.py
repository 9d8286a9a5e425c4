"""Answers (contract.md 3.1)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.sandbox.generate import chunk_count, chunks, reply_to, whole
from bytespike_cli.sandbox.prompt import read_prompt

READ = {
    "name": "read_file",
    "parametersJsonSchema": {"type": "object", "properties": {"file_path": {"type": "string"}}},
}


def prompt_of(text: str, **fields: Any) -> Any:
    return read_prompt({"contents": [{"role": "user", "parts": [{"text": text}]}], **fields})


def answer_to(text: str, **fields: Any) -> str:
    return "".join(reply_to(prompt_of(text, **fields), "gemini-3-flash").words)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("say hi", "Hi! This is gemini-3-flash in the ByteSpike sandbox."),
        ("Please say hello!", "Hi! This is gemini-3-flash in the ByteSpike sandbox."),
        ("why is the sky blue?", 'gemini-3-flash heard: "why is the sky blue?".'),
        ("count to 4", "1 2 3 4"),
        ("repeat: one  two\nthree", "one  two\nthree"),
        ("reply with exactly OK", "OK"),
        ("", "gemini-3-flash heard no words."),
        ("what did I say before?", "You said nothing before."),
    ],
)
def test_answers(text: str, answer: str) -> None:
    assert answer_to(text) == answer


def test_a_long_prompt_is_not_repeated_whole() -> None:
    assert len(answer_to("x" * 5000)) < 1100


def test_history() -> None:
    contents = [
        {"role": "user", "parts": [{"text": "my name is Kim"}]},
        {"role": "model", "parts": [{"text": "hello Kim"}]},
        {"role": "user", "parts": [{"text": "and now?"}]},
    ]
    reply = reply_to(read_prompt({"contents": contents}), "m")
    assert "".join(reply.words) == 'm heard: "and now?". This is turn 2.'
    contents[-1] = {"role": "user", "parts": [{"text": "what did I say first?"}]}
    reply = reply_to(read_prompt({"contents": contents}), "m")
    assert "".join(reply.words) == 'You said: "my name is Kim".'


def test_a_system_instruction_shows() -> None:
    def system(text: str) -> dict[str, Any]:
        return {"systemInstruction": {"parts": [{"text": text}]}}

    assert answer_to("count to 2", **system("be brief")) == '1 2 (As told: "be brief")'
    assert answer_to("repeat: abc", **system("Answer in upper case.")).startswith("ABC ")
    assert answer_to("count to 2", **system("x" * 301)) == "1 2"


def test_files() -> None:
    parts = [
        {"text": "look"},
        {"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}},
        {"fileData": {"fileUri": "https://example.com/a.pdf"}},
    ]
    prompt = read_prompt({"contents": [{"parts": parts}]})
    assert "".join(reply_to(prompt, "m").words) == (
        'm heard: "look". It sees image/png of 5 bytes. '
        "It was pointed to https://example.com/a.pdf."
    )


@pytest.mark.parametrize(
    ("config", "text", "finish", "tokens"),
    [
        ({"maxOutputTokens": 3}, "1 2 3", "MAX_TOKENS", 3),
        ({"maxOutputTokens": 9}, "1 2 3 4 5 6 7 8 9", "STOP", 9),
        ({"stopSequences": [" 5", "8"]}, "1 2 3 4", "STOP", 4),
        ({"stopSequences": ["no"], "maxOutputTokens": 1}, "1", "MAX_TOKENS", 1),
    ],
)
def test_limits(config: dict[str, Any], text: str, finish: str, tokens: int) -> None:
    document = whole(reply_to(prompt_of("count to 9", generationConfig=config), "m"))
    (candidate,) = document["candidates"]
    assert candidate["content"]["parts"] == [{"text": text}]
    assert candidate["finishReason"] == finish
    usage = document["usageMetadata"]
    assert usage["candidatesTokenCount"] == tokens
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + tokens


def test_json_answers() -> None:
    router = {
        "type": "OBJECT",
        "properties": {
            "complexity_reasoning": {"type": "STRING"},
            "complexity_score": {"type": "INTEGER"},
        },
        "required": ["complexity_reasoning", "complexity_score"],
    }
    config = {"responseMimeType": "application/json", "responseJsonSchema": router}
    answer = json.loads(answer_to("say hi", generationConfig=config))
    assert answer == {"complexity_reasoning": "say hi", "complexity_score": 1}
    plain = answer_to("say hi", generationConfig={"responseMimeType": "application/json"})
    assert json.loads(plain) == {"model": "gemini-3-flash", "prompt": "say hi"}
    enum = {"responseMimeType": "text/x.enum", "responseSchema": {"enum": ["yes", "no"]}}
    assert answer_to("say hi", generationConfig=enum) == "yes"


def test_a_grounded_answer_names_its_source() -> None:
    document = whole(reply_to(prompt_of("green tea", tools=[{"googleSearch": {}}]), "m"))
    (candidate,) = document["candidates"]
    grounding = candidate["groundingMetadata"]
    assert grounding["webSearchQueries"] == ["green tea"]
    assert grounding["groundingChunks"][0]["web"]["uri"].startswith("https://")
    segment = grounding["groundingSupports"][0]["segment"]
    assert segment["text"] == candidate["content"]["parts"][0]["text"]


def test_a_call_is_a_part_and_stops() -> None:
    tools = [{"functionDeclarations": [READ]}]
    reply = reply_to(prompt_of("read the file NOTES.md", tools=tools), "m")
    call = {"functionCall": {"name": "read_file", "args": {"file_path": "NOTES.md"}}}
    assert whole(reply)["candidates"][0]["content"]["parts"] == [call]
    (chunk,) = chunks(reply)
    assert chunk["candidates"][0]["content"]["parts"] == [call]
    assert chunk["candidates"][0]["finishReason"] == "STOP"


@pytest.mark.parametrize("thoughts", ["absent", "part", "signature"])
@pytest.mark.parametrize("finish", ["last-event", "own-event", "missing"])
@pytest.mark.parametrize("text", ["count to 3", "repeat: x", "read the file a"])
def test_chunks(thoughts: str, finish: str, text: str) -> None:
    tools = [{"functionDeclarations": [READ]}]
    reply = reply_to(prompt_of(text, tools=tools), "m", thoughts=thoughts)
    documents = list(chunks(reply, finish))
    assert len(documents) == chunk_count(reply, finish)
    reasons = [d["candidates"][0].get("finishReason") for d in documents]
    assert reasons == [None] * (len(documents) - 1) + [None if finish == "missing" else "STOP"]
    parts = [part for d in documents for part in d["candidates"][0]["content"]["parts"]]
    assert any(part.get("thought") for part in parts) == (thoughts == "part")
    assert any("thoughtSignature" in part for part in parts) == (thoughts == "signature")
    usage = documents[-1].get("usageMetadata", {})
    assert ("thoughtsTokenCount" in usage) == (thoughts == "part" and finish != "missing")


@given(st.text(max_size=60))
def test_the_chunks_are_the_whole(text: str) -> None:
    reply = reply_to(prompt_of(f"repeat: a{text}"), "m")
    parts = [c["candidates"][0]["content"]["parts"][0]["text"] for c in chunks(reply)]
    assert "".join(parts) == whole(reply)["candidates"][0]["content"]["parts"][0]["text"]
    assert len(parts) == max(1, len(reply.words))
