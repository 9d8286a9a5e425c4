import pytest

from bytespike_cli.explain.clients import CLIENTS, recognise
from bytespike_cli.launch.registry import CLIENTS as REGISTRY


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("✕ [API Error: no]", "gemini-cli"),
        ("litellm.RateLimitError: GeminiException", "litellm"),
        ("  at async x (/a/node_modules/@google/genai/dist/node/index.mjs:1:1)", "google-genai-js"),
        ("Error 503, Message: no capacity, Status: UNAVAILABLE, Details: []", "google-genai-go"),
        ("iterateResponseStream: invalid stream chunk: : ", "google-genai-go"),
        ("$ curl -sS https://h", "curl"),
        ("* Connected to h (1.2.3.4) port 443", "curl"),
        ("npm error code E404", "npm"),
        ("some words", ""),
    ],
)
def test_told_by_words_of_its_own(text: str, name: str) -> None:
    assert recognise(text) == name


def test_names_are_those_of_the_registry() -> None:
    assert set(CLIENTS) - set(REGISTRY) == {"npm"}
