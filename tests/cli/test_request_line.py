"""One request as one line."""

from typing import Any

import pytest

from bytespike_cli.cli.request_line import request_line

WHOLE = {
    "at": 1_760_000_000.0,
    "status": 200,
    "client": "an-sdk/1.2",
    "method": "generateContent",
    "asked": "gemini-3.1-pro",
    "served": "gemini-3-1-pro",
    "rules": ["done", "ids"],
    "tokens_in": 7,
    "tokens_out": 31,
    "first_byte_ms": 420.4,
    "credits_before_usd": None,
    "credits_after_usd": 4.2,
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "200 an-sdk/1.2 gemini-3.1-pro → gemini-3-1-pro 7→31 tokens, 420 ms, $4.20 left "
            "(done ids)",
        ),
        (
            {"served": "gemini-3.1-pro", "rules": []},
            "gemini-3.1-pro 7→31 tokens, 420 ms, $4.20 left",
        ),
        ({"credits_after_usd": None, "credits_before_usd": 1234}, "$1,234.00 before it"),
        ({"status": 402, "cause": "key-quota"}, "gemini-3-1-pro key-quota, 7→31"),
        ({"method": "countTokens"}, "gemini-3-1-pro:countTokens"),
        ({"asked": "", "method": "models.list"}, "an-sdk/1.2 models.list 7"),
        ({"asked": "", "method": "", "status": 401}, "401 an-sdk/1.2 refused"),
        ({"tokens_in": None}, "?→31 tokens"),
    ],
)
def test_a_line(changes: dict[str, Any], words: str) -> None:
    assert words in request_line({**WHOLE, **changes})


def test_a_line_of_another_version() -> None:
    assert request_line({}) == "- - - refused"
    assert request_line({"at": "x", "rules": "y", "first_byte_ms": True}) == "- - - refused"
