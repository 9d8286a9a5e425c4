import pytest

from bytespike_cli.wire.slug import (
    Tier,
    family,
    is_gemini_text,
    is_media,
    normalise,
    peel,
    squash,
    strip_suffixes,
    tier,
)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gemini-3.1-pro", "gemini-3-1-pro"),
        ("models/Gemini-3.1-Pro", "gemini-3-1-pro"),
        (" gemini-3-1-pro ", "gemini-3-1-pro"),
        ("models/models/x", "models/x"),
        ("", ""),
    ],
)
def test_normalise(model: str, expected: str) -> None:
    assert normalise(model) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gemini-3-1-pro-preview", "gemini-3-1-pro"),
        ("gemini-3-1-pro-preview-customtools", "gemini-3-1-pro"),
        ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        ("gemini-2-5-flash-preview-05-20", "gemini-2-5-flash"),
        ("gemini-2-0-flash-exp", "gemini-2-0-flash"),
        ("gemini-2-0-flash-exp-0827", "gemini-2-0-flash"),
        ("gemini-1-5-pro-latest", "gemini-1-5-pro"),
        ("gemini-2-0-flash-001", "gemini-2-0-flash"),
        ("gemini-embedding-001", "gemini-embedding"),
        ("gemini-3-1-pro", "gemini-3-1-pro"),
        ("claude-opus-4-8", "claude-opus-4-8"),
        ("-preview", "-preview"),
    ],
)
def test_strip_suffixes(model: str, expected: str) -> None:
    assert strip_suffixes(model) == expected


def test_peel_takes_off_one_suffix_at_a_time() -> None:
    assert peel("gemini-3-1-pro-preview-customtools") == [
        "gemini-3-1-pro-preview",
        "gemini-3-1-pro",
    ]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gemini-3-1-pro", Tier("pro", (3, 1))),
        ("gemini-3.1-pro-preview", Tier("pro", (3, 1))),
        ("models/gemini-3-flash", Tier("flash", (3,))),
        ("gemini-3.5-flash-lite", Tier("lite", (3, 5))),
        ("gemini-2.5-flash-preview-09-2025", Tier("flash", (2, 5))),
        ("gemini-flash-latest", Tier("flash", ())),
        ("gemini-3-pro-image-preview", None),
        ("gemini-embedding-001", None),
        ("gemini-2.5-computer-use", None),
        ("claude-opus-4-8", None),
        ("deepseek-v4-flash", None),
    ],
)
def test_tier(model: str, expected: Tier | None) -> None:
    assert tier(model) == expected


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gemini-3-1-pro", True),
        ("models/gemini-2.5-flash-lite", True),
        ("gemini-3-pro-image-preview", False),
        ("gemini-2.5-flash-preview-tts", False),
        ("gemini-embedding-001", False),
        ("gemini-live-2.5-flash-preview", False),
        ("gemini-2.5-flash-native-audio-dialog", False),
        ("gemini", False),
        ("gpt-5-5", False),
        ("nano-banana", False),
    ],
)
def test_is_gemini_text(model: str, expected: bool) -> None:
    assert is_gemini_text(model) is expected


def test_media_slugs_are_one_however_they_are_spelled() -> None:
    assert squash("veo-3.1") == squash("veo3.1") == squash("models/VEO-3-1")
    assert all(map(is_media, ("veo-3.1", "sora2", "nano-banana-v2", "imagen-4.0", "gpt-image-2")))
    assert not any(map(is_media, ("gemini-3-1-pro", "gpt-5-5", "")))


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("gemini-3-1-pro", "gemini"),
        ("veo3.1-fast", "veo"),
        ("nanobanana", "nano-banana"),
        ("gpt-5-4-mini", "gpt"),
        ("gpt-image-2", "gpt-image"),
        ("", ""),
    ],
)
def test_family(slug: str, expected: str) -> None:
    assert family(slug) == expected
