"""Which model serves a request, and what the client is told when none does."""

import time
from typing import Any

import pytest

from bytespike_cli.shim.choice import ModelChoice
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.wire.models import Chooser

FOUR = ("gemini-3-1-pro", "gemini-3-5-flash", "gemini-3-flash", "gemini-2-5-flash")


def choice(**settings: Any) -> ModelChoice:
    given: dict[str, Any] = {"key_name": "work", "chosen_by": Chooser.CLIENT, **settings}
    return ModelChoice(
        ShimSettings(origin="http://x", secret="secret", token="token", now=time.time, **given)
    )


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gemini-3.1-pro-preview", "gemini-3-1-pro"),
        ("gemini-3.8-flash", "gemini-3-5-flash"),
        ("gemini-3.5-flash-lite", "gemini-2-5-flash"),
        ("gemini-3-flash-preview", "gemini-3-flash"),
    ],
)
def test_the_clients_own_ids_are_served(asked: str, served: str) -> None:
    found = choice().of(asked, FOUR)
    assert (found.served, found.by_client) == (served, True)
    assert found.header == f"{asked} -> {served}"


def test_a_typed_id_is_never_replaced_and_the_closest_are_named() -> None:
    found = choice(typed_models=frozenset({"models/gemini-3.8-flash"})).of("gemini-3.8-flash", FOUR)
    assert (found.served, found.http_status) == (None, 404)
    assert "gemini-3-5-flash" in found.sentence
    assert "the key 'work'" in found.sentence


@pytest.mark.parametrize(
    ("typed", "asked", "served"),
    [
        ("gemini-3-flash", "gemini-3.8-flash", "gemini-3-flash"),
        ("gemini-3.5-flash", "gemini-3.8-flash", "gemini-3-5-flash"),
        ("gemini-2.5-flash", "gemini-3.8-flash", "gemini-2-5-flash"),
        ("thrifty", "gemini-3.8-flash", "gemini-2-5-flash"),
        ("gemini-3.5-flash", "gemini-2.9-flash", "gemini-2-5-flash"),
        ("gemini-3.1-pro", "gemini-3.8-flash", "gemini-3-5-flash"),
        ("gemini-2.5-flash", "gemini-3-flash-preview", "gemini-3-flash"),
    ],
)
def test_what_the_client_makes_of_a_typed_id_is_no_dearer(
    typed: str, asked: str, served: str
) -> None:
    """gemini-cli takes a newer flash for two that a user may type (clients.md 2.4)."""
    settings = {"aliases": {"thrifty": "gemini-2.5-flash"}, "typed_models": frozenset({typed})}
    assert choice(**settings).of(asked, FOUR).served == served


def test_a_typed_model_that_is_served_needs_no_fallback() -> None:
    chosen = choice(fallback=False, typed_models=frozenset({"gemini-3.5-flash"}))
    assert chosen.of("gemini-3.8-flash", FOUR).served == "gemini-3-5-flash"
    assert chosen.of("gemini-3.1-flash-lite", FOUR).http_status == 400


def test_the_clients_own_id_is_never_a_404_nor_a_dearer_model() -> None:
    """gemini-cli repeats a 404 for its own ids without end (clients.md 2.4)."""
    found = choice().of("gemini-3.8-flash", ("gemini-3-1-pro",))
    assert (found.served, found.http_status) == (None, 400)
    assert "gemini-3-1-pro" in found.sentence


def test_a_key_of_a_foreign_group_is_told() -> None:
    found = choice().of("gemini-3.8-flash", ("claude-opus-4-8",))
    assert (found.served, found.http_status) == (None, 403)
    assert found.sentence.startswith("The key 'work' reaches no Gemini model.")
    assert "bytespike keys use NAME" in found.sentence


def test_where_an_id_was_named_is_told_when_that_was_not_on_the_command_line() -> None:
    settings = {"typed_models": frozenset({"evil"}), "typed_where": "$GEMINI_MODEL"}
    assert " It is named by $GEMINI_MODEL. " in choice(**settings).of("evil", FOUR).sentence
    assert "named by" not in choice(**settings).of("gemini-9-ultra", ("gemini-x",)).sentence
    assert "named by" not in choice(typed_models=frozenset({"evil"})).of("evil", FOUR).sentence


def test_without_a_fallback_the_client_is_refused() -> None:
    assert choice(fallback=False).of("gemini-3.8-flash", FOUR).http_status == 400


def test_another_key_that_reaches_the_model_is_named() -> None:
    found = choice(typed_models=frozenset({"veo-9"}), other_key=lambda _model: "private")
    assert "Your key 'private' reaches it" in found.of("veo-9", FOUR).sentence
