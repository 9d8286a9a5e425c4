"""Envelopes (contract.md 4.2)."""

import json

import pytest

from bytespike_cli.sandbox.errors import FAILURES, envelope


@pytest.mark.parametrize("name", list(FAILURES))
def test_google_says_the_status_twice(name: str) -> None:
    failure = FAILURES[name]
    body, content_type = envelope(failure, "google")
    if failure.shape in ("", "google"):
        error = json.loads(body)["error"]
        assert error["code"] == failure.status
        assert error["message"]
        assert error["status"].isupper()
        assert content_type.startswith("application/json")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("empty-wallet-403",
         {"code": "INSUFFICIENT_BALANCE", "message": "Insufficient account balance"}),
        ("quota-429", {"code": "API_KEY_QUOTA_EXHAUSTED", "message": "API key 额度已用完"}),
        ("spend-cap-sub2api",
         {"type": "error",
          "error": {"type": "rate_limit_exceeded", "message": "5h spending limit reached"}}),
    ],
)  # fmt: skip
def test_rows_that_were_seen_in_one_shape_keep_it(name: str, body: dict[str, object]) -> None:
    for shape in ("google", "openai"):
        assert json.loads(envelope(FAILURES[name], shape)[0]) == body


def test_openai_without_a_code_has_no_param() -> None:
    body, _ = envelope(FAILURES["spend-cap"], "openai", "until tomorrow")
    assert json.loads(body) == {"error": {"message": "until tomorrow", "type": "rate_limit_error"}}


def test_openai_names_the_field() -> None:
    named, plain = (
        json.loads(envelope(FAILURES["invalid-param"], "openai", param=param)[0])["error"]["param"]
        for param in ("prompt", None)
    )
    assert (named, plain) == ("prompt", None)


def test_an_intermediary_speaks_html() -> None:
    body, content_type = envelope(FAILURES["cdn-524"], "google")
    assert body.startswith(b"<html>")
    assert content_type.startswith("text/html")
