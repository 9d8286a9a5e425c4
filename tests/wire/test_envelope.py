import json
from typing import Any

import pytest

from bytespike_cli.wire.envelope import (
    Cause,
    Failure,
    as_array_element,
    classify,
    google_envelope,
    midstream_error,
    parse_error,
    without_not_found,
)

NOW = 1_790_000_000.0
CALL = "/v1beta/models/gemini-3-1-pro:generateContent"


def _failure(status: int, body: Any, **headers: str) -> Failure:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify(status, json.dumps(body).encode(), headers=named, path=CALL, now=NOW)


def _error(failure: Failure, hint: str = "") -> dict[str, Any]:
    document = json.loads(google_envelope(failure, hint=hint))
    assert list(document) == ["error"]
    error: dict[str, Any] = document["error"]
    assert type(error["code"]) is int
    assert "\n" not in error["message"]
    return error


def test_the_gateways_words_come_first_and_ours_after_them() -> None:
    body = {"error": {"code": 404, "message": "model\nnot found", "status": "NOT_FOUND"}}
    error = _error(_failure(404, body), hint="Closest: gemini-3-flash.")
    assert error == {
        "code": 404,
        "status": "NOT_FOUND",
        "message": "model not found [bytespike] The gateway does not know the model "
        "'gemini-3-1-pro'. Choose one of the key's models: bytespike models list. "
        "Closest: gemini-3-flash.",
    }


def test_without_words_only_ours_are_there() -> None:
    assert _error(_failure(503, ""))["message"].startswith("[bytespike] The gateway has no")


@pytest.mark.parametrize(
    ("body", "headers", "code", "delay"),
    [
        ({"error": {"code": "concurrency_limit", "message": "x"}}, {}, 429, "2s"),
        ({"error": {"code": "concurrency_limit", "message": "x"}}, {"retry_after": "7"}, 429, "7s"),
        (
            {"error": {"type": "rate_limit_error", "message": "x"}},
            {"x_ratelimit_reset": str(int(NOW) + 30)},
            429,
            "30s",
        ),
        ({"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED"}}, {}, 429, None),
        ({"code": "API_KEY_QUOTA_EXHAUSTED", "message": "x"}, {}, 402, None),
        (
            {"error": {"type": "rate_limit_error", "message": "x"}},
            {"x_ratelimit_reset": str(int(NOW) + 7200)},
            402,
            None,
        ),
    ],
)
def test_a_429_says_how_long_and_one_that_stays_is_none(
    body: Any, headers: dict[str, str], code: int, delay: str | None
) -> None:
    error = _error(_failure(429, body, **headers))
    assert error["code"] == code
    retry_info = "type.googleapis.com/google.rpc.RetryInfo"
    expected = [{"@type": retry_info, "retryDelay": delay}] if delay else None
    assert error.get("details") == expected


def test_details_from_upstream_are_kept_where_they_decide_nothing() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    body = {"error": {"code": 400, "message": "x", "status": "S", "details": details}}
    assert _error(_failure(400, body))["details"] == details
    body["error"]["code"] = 503
    assert "details" not in _error(_failure(503, body))


@pytest.mark.parametrize(
    "words",
    [
        "Please retry in 34.2s.",
        "Quota exceeded, limit: 0, model: gemini-3-pro",
        "You have exhausted your capacity",
        "MODEL_CAPACITY_EXHAUSTED",
    ],
)
def test_words_that_gemini_cli_acts_upon_are_put_otherwise(words: str) -> None:
    body = {"error": {"code": 429, "message": words, "status": "RESOURCE_EXHAUSTED"}}
    message = _error(_failure(429, body))["message"]
    assert words not in message
    assert message.split(" ")[-1]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "error", "error": {"type": "api_error", "message": "upstream closed"}},
        {"error": {"message": "upstream closed", "type": "server_error", "code": "x"}},
        {"error": {"code": 503, "message": "upstream closed", "status": "UNAVAILABLE"}},
    ],
)
def test_an_error_in_a_stream_stops_the_client(body: Any) -> None:
    for failure in (parse_error(json.dumps(body)), _failure(500, body)):
        text = midstream_error(failure)
        error = json.loads(text)["error"]
        assert error["code"] == 403
        assert error["message"].startswith("upstream closed [bytespike] ")
        assert b"\n" not in text


def test_an_error_in_an_array_is_no_answer() -> None:
    error = midstream_error(parse_error(b'{"error":{"message":"closed"}}'))
    element = json.loads(as_array_element(error))
    assert element == {
        **json.loads(error),
        "candidates": json.loads(error)["error"]["message"],
    }


def test_without_not_found() -> None:
    body = {"error": {"code": 404, "message": "x", "status": "NOT_FOUND"}}
    failure = without_not_found(_failure(404, body))
    assert failure.cause is Cause.UNKNOWN_MODEL
    assert (_error(failure)["code"], _error(failure)["status"]) == (400, "INVALID_ARGUMENT")
    bad_key = _failure(401, {})
    assert without_not_found(bad_key) == bad_key
