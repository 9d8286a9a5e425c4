"""What a shim is told before it starts."""

import time

import pytest

from bytespike_cli.shim.settings import ShimSettings


def settings(**given: str | None) -> ShimSettings:
    return ShimSettings(
        origin="https://llm.bytespike.ai",
        secret="sk-byts-very-secret",
        token="token-very-secret",
        now=time.time,
        **given,  # type: ignore[arg-type]
    )


def test_no_secret_is_shown() -> None:
    assert "very-secret" not in repr(settings())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"key_name": "work", "group": "g"}, "the key 'work' (group g)"),
        ({"key_name": "work", "group": None}, "the key 'work'"),
        ({"key_name": "BYTESPIKE_API_KEY"}, "the key in BYTESPIKE_API_KEY"),
    ],
)
def test_the_key_is_named_as_the_user_knows_it(given: dict[str, str | None], words: str) -> None:
    assert settings(**given).key_words == words
