"""The four forms of a key (contract.md 2.2)."""

from typing import Any

import pytest
from multidict import CIMultiDict

from bytespike_cli.sandbox.auth import carried_forms, present
from bytespike_cli.sandbox.seed import CLAUDE_KEY, GEMINI_KEY

ALL = {"X-Goog-Api-Key": "a-goog", "Authorization": "Bearer a-bearer", "X-Api-Key": "a-plain"}


@pytest.mark.parametrize(
    ("headers", "query", "form"),
    [
        (ALL, {"key": "a-query"}, "x-goog-api-key"),
        ({"authorization": "bearer a-bearer", "x-api-key": "a"}, {"key": "b"}, "bearer"),
        ({"x-api-key": "a-plain"}, {"key": "a-query"}, "x-api-key"),
        ({}, {"key": "a-query"}, "?key="),
        ({"x-goog-api-key": ""}, {"key": "a-query"}, "?key="),
        ({"authorization": "Basic a-bearer"}, {}, ""),
        ({}, {}, ""),
    ],
)
def test_precedence_on_v1beta(headers: dict[str, str], query: dict[str, str], form: str) -> None:
    assert present(CIMultiDict(headers), query, gemini=True).form == form


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        (ALL, "x-api-key"),
        ({"Authorization": "Bearer a-bearer"}, "bearer"),
        ({"X-Goog-Api-Key": "a-goog"}, ""),
    ],
)
def test_elsewhere_x_api_key_wins(headers: dict[str, str], form: str) -> None:
    assert present(CIMultiDict(headers), {"key": "a-query"}, gemini=False).form == form


@pytest.mark.parametrize(
    ("dialect", "form"),
    [
        ("header-only", "x-goog-api-key"),
        ("bearer-only", "bearer"),
        ("x-api-key-only", "x-api-key"),
        ("query-only", "?key="),
    ],
)
def test_a_dialect_takes_one_form(dialect: str, form: str) -> None:
    headers = CIMultiDict(ALL)
    assert present(headers, {"key": "q"}, gemini=True, dialect=dialect).form == form
    assert not present(CIMultiDict(), {}, gemini=True, dialect=dialect).secret


def test_every_form_is_noted() -> None:
    forms = carried_forms(CIMultiDict(ALL), {"key": "a-query"})
    assert forms == ("x-goog-api-key", "bearer", "x-api-key", "?key=")


def test_a_secret_is_not_in_the_repr() -> None:
    assert "a-query" not in repr(present(CIMultiDict(), {"key": "a-query"}, gemini=True))


def test_query_only_refuses_the_header(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    assert ask(sandbox).status == 401
    assert ask(sandbox, f"gemini-3-flash:generateContent?key={GEMINI_KEY}", key=None).status == 200
    assert ask(sandbox, "/v1/models").status == 200


def test_a_stale_header_beats_a_fresh_query(sandbox: Any, ask: Any) -> None:
    target = f"gemini-3-flash:generateContent?key={GEMINI_KEY}"
    assert ask(sandbox, target, key="stale-stale").status == 401
    assert ask(sandbox, target, key=CLAUDE_KEY).status == 403
