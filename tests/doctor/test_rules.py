import pytest

from bytespike_cli.doctor.rules import ADDRESSES, OUTRANKING, is_google, readers_of, wrong_address

ORIGIN = "https://llm.bytespike.ai"


@pytest.mark.parametrize(
    ("variable", "url", "id_"),
    [
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN, None),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "/", None),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "/v1beta", "base-url-version"),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "/v1beta/", "base-url-version"),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "/v1", "base-url-version"),
        ("GOOGLE_GEMINI_BASE_URL", "llm.bytespike.ai", "base-url-scheme"),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "?key=x", "base-url-parts"),
        ("GOOGLE_GEMINI_BASE_URL", ORIGIN + "/api/gemini", "base-url-parts"),
        ("GEMINI_API_BASE", ORIGIN + "/v1beta", None),
        ("GEMINI_API_BASE", ORIGIN, "base-url-no-version"),
    ],
)
def test_addresses(variable: str, url: str, id_: str | None) -> None:
    wrong = wrong_address(variable, url)
    assert (wrong and wrong[0]) == (id_ and f"environment.{id_}")
    if wrong is not None and "scheme" not in wrong[0]:
        assert wrong_address(variable, wrong[2].partition("=")[2]) is None


def test_what_is_googles() -> None:
    assert is_google("https://generativelanguage.googleapis.com/v1beta")
    assert not is_google(ORIGIN)
    assert not is_google("https://googleapis.com.evil.test")


def test_every_rule_has_readers_and_every_address_a_shape() -> None:
    unread_by_registry = {"GOOGLE_GENAI_USE_ENTERPRISE"}
    for rule in OUTRANKING:
        assert readers_of(rule.variable) or rule.variable in unread_by_registry
    assert {"GOOGLE_GEMINI_BASE_URL", "GEMINI_API_BASE"} <= ADDRESSES.keys()
