import json

import pytest

from bytespike_cli.doctor.told import of_failure, words_of
from bytespike_cli.gateway.probe import Exchange
from bytespike_cli.wire.classify import Failure, classify

PATH = "/v1/models"


def failure_of(status: int, message: str, code: str = "", **headers: str) -> Failure:
    body = json.dumps({"error": {"message": message, "type": "permission_error", "code": code}})
    return classify(status, body.encode(), headers=headers, path=PATH, now=1000.0)


@pytest.mark.parametrize(
    ("status", "code", "message", "name"),
    [
        (401, "invalid_api_key", "API key not valid", "bad-key"),
        (401, "invalid_api_key", "API key revoked.", "revoked-key"),
        (401, "invalid_api_key", "API key expired.", "expired-key"),
        (401, "invalid_api_key", "Authorization header is required", "missing-key"),
        (403, "permission_denied", "This IP address may not use the key.", "ip-not-allowed"),
        (403, "permission_error", "The organisation of this key is paused.", "paused-org"),
        (403, "permission_error", "No.", "permission"),
        (402, "insufficient_balance", "no money", "no-balance"),
        (402, "quota_exceeded", "used up", "key-quota"),
    ],
)
def test_a_refusal_is_told_as_exactly_as_its_words_allow(
    status: int, code: str, message: str, name: str
) -> None:
    found = of_failure("key", failure_of(status, message, code), seen="seen")
    assert found.id == f"key.{name}"
    assert found.sentence
    assert found.fix


def test_a_key_of_another_make_is_suspected_without_being_shown() -> None:
    refused = failure_of(401, "no", "invalid_api_key")
    found = of_failure("key", refused, seen="401", key="hunter2-secret")
    assert "does not look like one" in found.sentence
    assert "hunter2" not in found.sentence
    ours = of_failure("key", refused, seen="401", key="sk-byts-abc")
    assert "does not look like one" not in ours.sentence


@pytest.mark.parametrize("words", ["API key not valid", "API key revoked.", "API key expired."])
def test_a_refused_key_in_a_variable_is_cured_there(words: str) -> None:
    refused = failure_of(401, words, "invalid_api_key")
    assert "bytespike login" in of_failure("key", refused, seen="401").fix
    assert "set MINE to it" in of_failure("key", refused, seen="401", variable="MINE").fix


def test_a_far_reset_is_told() -> None:
    capped = failure_of(
        429, "rate_limit_5h exceeded", **{"x-ratelimit-remaining": "0", "x-ratelimit-reset": "8200"}
    )
    assert "2 h" in of_failure("request", capped, seen="429").sentence


def test_what_was_seen_has_the_code_and_the_words() -> None:
    body = b'{"error":{"message":"gone","type":"x","code":"not_found"}}'
    exchange = Exchange("GET", PATH, 404, {}, body)
    failure = exchange.failure(0.0)
    assert failure is not None
    assert words_of(exchange, failure) == "GET /v1/models: HTTP 404, not_found gone"
