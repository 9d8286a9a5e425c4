import pytest

from bytespike_cli.wire.limits import token_limits

PRO, FLASH = "gemini-3-1-pro", "gemini-3-5-flash"


@pytest.mark.parametrize(
    ("slug", "entry", "limits"),
    [
        (PRO, {}, (1_000_000, 32_768)),
        (PRO, {"context_window": 2_000_000}, (2_000_000, 32_768)),
        (PRO, {"context_window": 0, "max_output_tokens": True}, (1_000_000, 32_768)),
        (PRO, {"inputTokenLimit": 5, "outputTokenLimit": 6}, (5, 6)),
        (FLASH, {}, (1_000_000, None)),
        (FLASH, {"max_output_tokens": 65_536}, (1_000_000, 65_536)),
        ("veo-3.1", {"context_window": 0, "max_output_tokens": 0}, (None, None)),
        ("claude-opus-4-8", {"context_window": "200K"}, (None, None)),
    ],
)
def test_the_gateway_says_it_or_its_pages_or_nobody(
    slug: str, entry: dict[str, object], limits: tuple[int | None, int | None]
) -> None:
    found = token_limits(slug, entry)
    assert (found.get("inputTokenLimit"), found.get("outputTokenLimit")) == limits
    assert None not in found.values()
