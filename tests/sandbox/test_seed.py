"""The seeded keys."""

import pytest

from bytespike_cli import redact
from bytespike_cli.redact import scrub
from bytespike_cli.sandbox.errors import FAILURES
from bytespike_cli.sandbox.seed import BY_NAME, BY_SECRET, GROUPS, KEYS


def test_names_and_secrets_are_unique() -> None:
    assert len(BY_NAME) == len(BY_SECRET) == len(KEYS)


def test_keys_refer_to_what_exists() -> None:
    for key in KEYS:
        assert key.group in GROUPS
        assert {key.refused, key.unpaid} <= {"", *FAILURES}


def test_one_key_has_no_prefix_and_the_others_say_what_they_are() -> None:
    custom = [key for key in KEYS if not key.secret.startswith("sk-byts-sandbox-")]
    assert [key.name for key in custom] == ["custom"]


def test_the_scrubber_lets_them_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", set())
    assert scrub(KEYS[0].secret) == KEYS[0].secret
    assert scrub("sk-byts-real0001") != "sk-byts-real0001"
