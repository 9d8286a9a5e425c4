"""JSON in UTF-8, with what UTF-8 has no bytes for."""

import json

import pytest

from bytespike_cli.wire.json_bytes import json_bytes

HALF = "\ud83d"


@pytest.mark.parametrize(
    "text", ["plain", "Grüße, 世界 😀", f"cut {HALF}", f"{HALF}\\{HALF}", "\\ud83d"]
)
def test_nothing_is_lost(text: str) -> None:
    document = {text: [text]}
    content = json_bytes(document)
    assert json.loads(content) == document
    assert json.loads(content.decode("utf-8")) == document


def test_the_layout() -> None:
    assert json_bytes({"a": "ü"}) == b'{"a": "\xc3\xbc"}'
    assert json_bytes({"a": 1}, separators=(",", ":")) == b'{"a":1}'
    assert json_bytes([1], indent=1) == b"[\n 1\n]"
