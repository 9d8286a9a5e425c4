"""Sums of the ledger's lines."""

from typing import Any

from bytespike_cli.shim.usage import last_launch, usage_of


def line(model: str, at: float = 1.0, **more: Any) -> dict[str, Any]:
    return {"at": at, "asked": model, "served": model, "status": 200, "run": "serve", **more}


def test_sums_by_the_model_that_served() -> None:
    lines = [
        line("a", 3.0, tokens_in=7, tokens_out=3, first_byte_ms=100.0, credits_after_usd=5.0),
        line("b", 4.0, asked="b-preview", tokens_in=1, tokens_out=None, first_byte_ms=300.0),
        line("b", 5.0, tokens_in=2, tokens_out=8, first_byte_ms=100.0, credits_before_usd=4.0),
        line("b", 6.0, status=429, cause="spend-cap", first_byte_ms=9.0),
        line("b", 7.0, cause="cut", tokens_in=1, first_byte_ms=9.0),
        {**line("nobody", 8.0, status=404), "served": ""},
        {"at": 9.0, "method": "models.list", "status": 200},
    ]
    found = usage_of(lines)
    assert (found.since, found.until, found.requests) == (3.0, 8.0, 6)
    assert found.credits_left_usd == 4.0
    first, *_ = found.models
    assert (first.model, first.requests, first.failed) == ("b", 4, 2)
    assert (first.tokens_in, first.tokens_out, first.first_byte_ms) == (4, 8, 200.0)
    assert {model.model for model in found.models} == {"a", "b", "nobody"}


def test_the_last_launch() -> None:
    lines = [
        line("a", run="launch-1-1"),
        line("b", run="launch-2-2"),
        line("c", run="launch-2-2"),
        line("d"),
    ]
    assert [each["asked"] for each in last_launch(lines)] == ["b", "c"]
    assert last_launch([line("d")]) == []


def test_lines_of_another_version_and_none() -> None:
    found = usage_of([{}, {"asked": "a", "tokens_in": True, "at": "x", "first_byte_ms": None}])
    assert found.requests == 1
    assert found.since is None
    assert found.models[0].tokens_in == 0
    assert usage_of([]).document() == {
        "since": None, "until": None, "requests": 0, "models": (), "credits_left_usd": None,
    }  # fmt: skip
