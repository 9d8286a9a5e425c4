import pytest

from bytespike_cli.config.groups import guess_group, keys_by_group
from bytespike_cli.config.keystore import StoredKey


@pytest.mark.parametrize(
    ("models", "group"),
    [
        (["gemini-3-1-pro", "gemini-3-flash"], "gemini-default"),
        (["gemini-3-1-pro", "veo-3.1", "nano-banana-2"], "gemini-default"),
        (["claude-sonnet-4-5"], "claude-default"),
        (["claude-sonnet-4-5", "gemini-3-flash"], "default"),
        (["gpt-5"], "default"),
        ([], "gemini-default"),
    ],
)
def test_guess(models: list[str], group: str) -> None:
    assert guess_group(models) == group


def test_keys_by_group() -> None:
    a, b, c, d = (
        StoredKey(name, "https://x.example", group, "sk-byts-x")
        for name, group in (("a", "z"), ("b", None), ("c", "y"), ("d", "z"))
    )
    assert keys_by_group([a, b, c, d]) == {"y": [c], "z": [a, d]}
    assert list(keys_by_group([a, b, c, d])) == ["y", "z"]
