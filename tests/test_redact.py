import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli import redact
from bytespike_cli.redact import mask, remember, scrub, scrub_known


@pytest.fixture(autouse=True)
def _no_known_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("key sk-byts-abc_DEF-123, then", "key sk-byts-[redacted], then"),
        ("AIzaSyA1234567890abc", "AIza[redacted]"),
        (
            "https://x/v1beta/models?key=abc&alt=sse",
            "https://x/v1beta/models?key=[redacted]&alt=sse",
        ),
        ("?a=1&api_key=abc#f", "?a=1&api_key=[redacted]#f"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ("{'authorization': 'Bearer abc'}", "{'authorization': 'Bearer [redacted]'}"),
        ('"x-goog-api-key": "abc"', '"x-goog-api-key": "[redacted]"'),
        ("X-Api-Key: abc", "X-Api-Key: [redacted]"),
        ("sk-byts-sandbox-gemini-0001 is public", "sk-byts-sandbox-gemini-0001 is public"),
        ('-H "x-goog-api-key: $GEMINI_API_KEY"', '-H "x-goog-api-key: $GEMINI_API_KEY"'),
        ("the keyword and the monkey=1", "the keyword and the monkey=1"),
    ],
)
def test_what_looks_like_a_secret(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed
    assert scrub(scrubbed) == scrubbed


def test_a_known_secret_of_any_form_is_removed_everywhere() -> None:
    remember("pass word!")
    remember("pass word! and more")
    text = "a pass word! and more b pass word!c"
    assert scrub(text) == scrub_known(text) == "a [redacted] b [redacted]c"


def test_too_short_to_blot_out() -> None:
    remember("short")
    remember("")
    assert scrub("a short text") == "a short text"


def test_what_a_model_wrote_is_only_searched_for_known_secrets() -> None:
    assert scrub_known("x-api-key: YOUR_KEY") == "x-api-key: YOUR_KEY"


@pytest.mark.parametrize(
    ("secret", "masked"),
    [
        ("sk-byts-abcdefghijkl1234", "sk-byts-…1234"),
        ("sk-byts-short-1", "sk-byts-…1"),
        ("a-custom-key-of-some-length", "a-…ngth"),
        ("custom-0123456789", "…6789"),
        ("12345678", "…78"),
        ("1234567", "…7"),
        ("123", "…"),
        ("", "…"),
    ],
)
def test_mask(secret: str, masked: str) -> None:
    assert mask(secret) == masked


@given(st.text(), st.sampled_from(["", "sk-byts-"]))
def test_a_mask_shows_a_quarter_of_what_is_secret_at_the_most(secret: str, prefix: str) -> None:
    shown = mask(prefix + secret).removeprefix(prefix).replace("…", "", 1)
    assert len(shown) <= min(7, len(secret) / 4)
