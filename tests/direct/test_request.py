from pathlib import Path

import pytest

from bytespike_cli.direct.attachments import of_bytes
from bytespike_cli.direct.request import (
    build_body,
    encodable,
    join_prompt,
    model_turn,
    read_schema,
    user_turn,
)
from bytespike_cli.errors import UsageError


@pytest.mark.parametrize(
    ("words", "piped", "prompt"),
    [
        (("say", "hi"), None, "say hi"),
        (("-",), "from a pipe\n", "from a pipe"),
        (("translate:", "-"), "hello\n", "translate: hello"),
        (("explain",), "a\nb\n", "explain\n\na\nb"),
        ((), "only piped\n", "only piped"),
        (("explain",), "", "explain"),
    ],
)
def test_prompt(words: tuple[str, ...], piped: str | None, prompt: str) -> None:
    assert join_prompt(words, piped) == prompt


@pytest.mark.parametrize(
    ("words", "piped"), [((), None), (("",), ""), ((" ",), "\n"), (("-",), "")]
)
def test_nothing_to_ask_is_usage(words: tuple[str, ...], piped: str | None) -> None:
    with pytest.raises(UsageError, match="no prompt"):
        join_prompt(words, piped)


def test_body_has_what_was_asked_for_and_nothing_else() -> None:
    assert build_body([user_turn("hi")]) == {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}]
    }
    assert build_body(
        [user_turn("a"), model_turn("b"), user_turn("c", [of_bytes("d.txt", b"d")])],
        system="be brief",
        max_tokens=5,
        temperature=0.0,
        schema={"type": "object"},
    ) == {
        "contents": [
            {"role": "user", "parts": [{"text": "a"}]},
            {"role": "model", "parts": [{"text": "b"}]},
            {"role": "user", "parts": [{"text": "File d.txt:\n\nd"}, {"text": "c"}]},
        ],
        "systemInstruction": {"parts": [{"text": "be brief"}]},
        "generationConfig": {
            "maxOutputTokens": 5,
            "temperature": 0.0,
            "responseMimeType": "application/json",
            "responseSchema": {"type": "object"},
        },
    }


def test_a_file_needs_no_words() -> None:
    assert len(user_turn("", [of_bytes("d.txt", b"d")])["parts"]) == 1


def test_what_utf8_cannot_carry_is_marked() -> None:
    assert encodable("a\udcffb ü 🦀") == "a?b ü 🦀"


def test_schema_from_text_and_file(tmp_path: Path) -> None:
    text = '{"$schema": "x", "type": "object"}'
    (tmp_path / "s.json").write_text(text)
    assert read_schema(text, tmp_path) == read_schema("s.json", tmp_path) == {"type": "object"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("absent.json", "absent.json: no such file"),
        ("{broken", "--schema is not JSON"),
        ("list.json", "list.json is not a JSON object"),
        ("latin.json", "latin.json: not utf-8"),
    ],
)
def test_bad_schema_says_which(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "latin.json").write_bytes(b"\xff{}")
    with pytest.raises(UsageError) as caught:
        read_schema(text, tmp_path)
    assert words in caught.value.cause
