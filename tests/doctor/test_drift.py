"""The probes, where the sandbox has no dialect for it: answers made by hand."""

import json
from typing import Any

import pytest

from bytespike_cli.doctor import asked, drift
from bytespike_cli.gateway.probe import Exchange
from tests.doctor.conftest import MakeCase


def exchange(status: int, document: Any = None, **headers: str) -> Exchange:
    body = b"" if document is None else json.dumps(document).encode()
    return Exchange("GET", "/v1/x", status, {"content-type": "application/json", **headers}, body)


@pytest.mark.parametrize(
    ("status", "holds"), [(404, ("B",)), (405, ("B",)), (200, ("A",)), (500, None)]
)
def test_the_balance(
    make_case: MakeCase,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    holds: tuple[str, ...] | None,
) -> None:
    monkeypatch.setattr(drift, "_ask", lambda *_, **__: exchange(status, {}))
    assert drift.balance(make_case()).holds == holds


@pytest.mark.parametrize(
    ("document", "holds"),
    [({"buckets": []}, ("B",)), ({"items": []}, ("A",)), ([], None)],
)
def test_the_usage(
    make_case: MakeCase,
    monkeypatch: pytest.MonkeyPatch,
    document: Any,
    holds: tuple[str, ...] | None,
) -> None:
    monkeypatch.setattr(drift, "_ask", lambda *_, **__: exchange(200, document))
    assert drift.usage(make_case()).holds == holds


def test_a_header_that_tells_the_cost(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = exchange(200, {}, **{"x-estimated-credits": "0.02"})
    monkeypatch.setattr(asked, "models", lambda _case: answer)
    assert drift.cost_header(make_case(billable=False)).holds == ("B",)


@pytest.mark.parametrize(
    ("slugs", "holds"),
    [
        (("gemini-3-1-pro",), ("A",)),
        (("gemini-3.1-pro",), ("B",)),
        (("gemini-3-1-pro", "gemini-3.1-pro"), ("A", "B")),
        (("claude-opus-4-8",), None),
        (None, None),
    ],
)
def test_the_spelling_of_slugs(
    make_case: MakeCase,
    monkeypatch: pytest.MonkeyPatch,
    slugs: tuple[str, ...] | None,
    holds: tuple[str, ...] | None,
) -> None:
    monkeypatch.setattr(asked, "slugs", lambda _case: slugs)
    assert drift.slugs(make_case()).holds == holds
