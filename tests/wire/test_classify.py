import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.status import ExitStatus
from bytespike_cli.wire.causes import Cause, Retry
from bytespike_cli.wire.classify import Failure, classify, classify_parsed
from bytespike_cli.wire.parsed_error import parse_error

NOW = 1_790_000_000.0
CALL = "/v1beta/models/gemini-3-1-pro:generateContent"
STREAM = "/v1beta/models/gemini-3-1-pro:streamGenerateContent"
CHAT = "/v1/chat/completions"
SUBMIT = "/v1/tasks/submit"
ACCOUNT = "/api/v1/me/account"


def _google(code: int, status: str = "", message: str = "words", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, **more}}


def _openai(code: str | None = None, kind: str = "", message: str = "words") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _anthropic(kind: str, message: str = "words") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


def _bare(code: str) -> dict[str, Any]:
    return {"code": code, "message": "words"}


def _reason(reason: str) -> dict[str, Any]:
    return _google(400, "INVALID_ARGUMENT", details=[{"reason": reason}])


def _classify(
    status: int, body: Any, path: str = CALL, headers: dict[str, str] | None = None
) -> Failure:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return classify(status, raw, headers=headers or {}, path=path, now=NOW)


# Every row of contract.md 4.3, in its order.
ROWS: list[tuple[int, Any, str, Cause]] = [
    (400, _openai("invalid_param", "invalid_request_error"), SUBMIT, Cause.INVALID_REQUEST),
    (400, _anthropic("invalid_request_error"), "/v1/messages", Cause.INVALID_REQUEST),
    (400, _google(400, "INVALID_ARGUMENT"), CALL, Cause.INVALID_REQUEST),
    (400, {"detail": "Unsupported parameter: x"}, CALL, Cause.INVALID_REQUEST),
    (400, _openai("model_not_found"), CHAT, Cause.UNKNOWN_MODEL),
    (400, _anthropic("not_found_error"), "/v1/messages", Cause.UNKNOWN_MODEL),
    (400, _openai("unsupported_model"), CHAT, Cause.UNKNOWN_MODEL),
    (400, _openai("model_not_allowed"), CHAT, Cause.MODEL_NOT_IN_GROUP),
    (400, _openai("context_length_exceeded"), CHAT, Cause.CONTEXT_TOO_LONG),
    (400, _openai("duplicate_out_task_id"), SUBMIT, Cause.DUPLICATE_TASK),
    (400, _reason("API_KEY_INVALID"), CALL, Cause.BAD_KEY_OR_CHANNEL),
    (401, _openai("invalid_api_key"), CHAT, Cause.BAD_KEY),
    (401, _anthropic("authentication_error", "invalid x-api-key"), "/v1/messages", Cause.BAD_KEY),
    (401, _google(401, "UNAUTHENTICATED", "API key not valid"), CALL, Cause.BAD_KEY),
    (401, _openai("invalid_api_key", message="this key has expired"), CHAT, Cause.EXPIRED_KEY),
    (402, _openai("insufficient_balance"), CHAT, Cause.NO_BALANCE),
    (402, _openai("quota_exceeded"), CHAT, Cause.KEY_QUOTA),
    (403, _openai("permission_denied"), CHAT, Cause.IP_NOT_ALLOWED),
    (403, _openai("model_not_in_group"), CHAT, Cause.MODEL_NOT_IN_GROUP),
    (403, _google(403, "PERMISSION_DENIED"), CALL, Cause.MODEL_NOT_IN_GROUP),
    (403, {"error": {"type": "permission_error", "message": "x"}}, ACCOUNT, Cause.PAUSED_ORG),
    (403, _bare("API_KEY_EXPIRED"), CALL, Cause.EXPIRED_KEY),
    (403, _bare("INSUFFICIENT_BALANCE"), CALL, Cause.NO_BALANCE),
    (404, _openai("not_found"), "/v1/nothing", Cause.NOT_FOUND),
    (404, _openai("task_not_found"), "/v1/tasks/query", Cause.TASK_NOT_FOUND),
    (404, _google(404, "NOT_FOUND"), CALL, Cause.UNKNOWN_MODEL),
    (409, _openai("duplicate_out_task_id"), SUBMIT, Cause.DUPLICATE_TASK),
    (413, _anthropic("request_too_large"), "/v1/messages", Cause.TOO_LARGE),
    (413, b"", SUBMIT, Cause.TOO_LARGE),
    (422, _google(422), CALL, Cause.INVALID_REQUEST),
    (429, _openai(None, "rate_limit_error"), CHAT, Cause.SPEND_CAP),
    (429, _anthropic("rate_limit_exceeded"), CALL, Cause.SPEND_CAP),
    (429, _openai("concurrency_limit", "rate_limit_error"), CHAT, Cause.CONCURRENCY),
    (429, _bare("API_KEY_QUOTA_EXHAUSTED"), CALL, Cause.KEY_QUOTA),
    (429, _google(429, "RESOURCE_EXHAUSTED"), CALL, Cause.UPSTREAM_QUOTA),
    (429, b"", CALL, Cause.RATE_LIMITED),
    (451, _openai("content_policy"), "/v1/images/generations", Cause.CONTENT_BLOCKED),
    (500, _anthropic("api_error"), "/v1/messages", Cause.GATEWAY_ERROR),
    (500, _google(500, "INTERNAL"), CALL, Cause.GATEWAY_ERROR),
    (502, _openai("upstream_error"), CHAT, Cause.OVERLOADED),
    (503, _google(503, "UNAVAILABLE"), CALL, Cause.OVERLOADED),
    (504, b"", CALL, Cause.OVERLOADED),
    (529, _anthropic("overloaded_error"), "/v1/messages", Cause.OVERLOADED),
    (524, b"", CALL, Cause.OVERLOADED),
]

# The contradictions C13 to C17, and what stands between us and the gateway.
VARIANTS: list[tuple[int, Any, str, Cause]] = [
    (400, _openai("model_not_allowed"), CALL, Cause.MODEL_NOT_IN_GROUP),
    (404, _openai("model_not_found"), CALL, Cause.UNKNOWN_MODEL),
    (404, _anthropic("not_found_error"), CALL, Cause.UNKNOWN_MODEL),
    (404, _google(404, "NOT_FOUND"), "/v1beta/v1beta/models/x:generateContent", Cause.NOT_FOUND),
    (404, _google(404, "NOT_FOUND"), "/v1beta/models/x:countTokens", Cause.NOT_FOUND),
    (404, _google(404, "NOT_FOUND"), "", Cause.UNKNOWN_MODEL),
    (404, _openai("not_found"), "", Cause.NOT_FOUND),
    (404, _openai("not_found"), STREAM, Cause.NOT_FOUND),
    (404, _google(404, "NOT_FOUND", f"no such route: POST {STREAM}"), STREAM, Cause.NOT_FOUND),
    (404, _google(404, "NOT_FOUND", "no route for this model"), STREAM, Cause.UNKNOWN_MODEL),
    (404, _anthropic("not_found_error", "endpoint not found"), STREAM, Cause.NOT_FOUND),
    (404, {"detail": "Not Found"}, STREAM, Cause.UNKNOWN_MODEL),
    (404, b"404 page not found", STREAM, Cause.NOT_FOUND),
    (404, b"", STREAM, Cause.UNKNOWN_MODEL),
    (404, b"", "/v1beta/models", Cause.NOT_FOUND),
    (501, b"", "/v1beta/models/x:countTokens", Cause.NOT_FOUND),
    (401, _google(401, "", "All available accounts exhausted"), CHAT, Cause.OVERLOADED),
    (401, _openai("invalid_api_key"), ACCOUNT, Cause.MANAGEMENT_UNAVAILABLE),
    (403, _openai("permission_denied"), ACCOUNT, Cause.MANAGEMENT_UNAVAILABLE),
    (401, _google(401, details=[{"reason": "API_KEY_INVALID"}]), CALL, Cause.BAD_KEY),
    (402, _google(402, "UNKNOWN", "the key's quota is used up"), CALL, Cause.KEY_QUOTA),
    (402, _google(402, "UNKNOWN", "insufficient balance"), CALL, Cause.NO_BALANCE),
    (402, _openai("insufficient_balance", message="quota"), CALL, Cause.NO_BALANCE),
    (403, _google(403, "PERMISSION_DENIED", "key expired"), CALL, Cause.EXPIRED_KEY),
    (403, _google(403, "PERMISSION_DENIED", "IP not allowed"), CALL, Cause.IP_NOT_ALLOWED),
    (403, _google(403, "PERMISSION_DENIED", "Organisation is paused"), CALL, Cause.PAUSED_ORG),
    (403, _google(403, "PERMISSION_DENIED", "zip codes"), CALL, Cause.MODEL_NOT_IN_GROUP),
    (403, _bare("ACCESS_DENIED"), CALL, Cause.PERMISSION),
    (403, _anthropic("permission_error"), "/v1/messages", Cause.PERMISSION),
    (403, _anthropic("permission_error"), "", Cause.PAUSED_ORG),
    (403, _google(403, "PERMISSION_DENIED"), "/v1beta/models", Cause.PERMISSION),
    (403, b"", CALL, Cause.PERMISSION),
    (502, b"<html><title>502 Bad Gateway</title></html>", CALL, Cause.NOT_GATEWAY),
    (403, b"<html>blocked</html>", CALL, Cause.NOT_GATEWAY),
    (200, b"<html>log in</html>", CALL, Cause.NOT_GATEWAY),
    (200, b"", CALL, Cause.NOT_GATEWAY),
    (302, b"", CALL, Cause.NOT_GATEWAY),
    (407, b"", CALL, Cause.NOT_GATEWAY),
    (200, _google(503, "UNAVAILABLE"), CALL, Cause.OVERLOADED),
    (200, _openai("concurrency_limit"), CALL, Cause.CONCURRENCY),
    (418, b"", CALL, Cause.UNKNOWN),
]


@pytest.mark.parametrize(("status", "body", "path", "cause"), ROWS + VARIANTS)
def test_causes(status: int, body: Any, path: str, cause: Cause) -> None:
    assert _classify(status, body, path).cause is cause


@pytest.mark.parametrize(
    ("body", "headers", "cause"),
    [
        (_google(429, "RESOURCE_EXHAUSTED"), {"x-ratelimit-remaining": "0.00"}, Cause.SPEND_CAP),
        (_google(429, "RESOURCE_EXHAUSTED"), {"x-ratelimit-remaining": "3"}, Cause.UPSTREAM_QUOTA),
        (
            _google(429, "RESOURCE_EXHAUSTED"),
            {"x-quota-remaining-credits": "0.00", "x-ratelimit-remaining": "3"},
            Cause.KEY_QUOTA,
        ),
        (_google(429, "RESOURCE_EXHAUSTED", "rate_limit_5h exceeded"), {}, Cause.SPEND_CAP),
        (_google(429, "RESOURCE_EXHAUSTED", "concurrency limit"), {}, Cause.CONCURRENCY),
        (_openai(None, "rate_limit_error"), {"x-ratelimit-remaining": "1.5"}, Cause.CONCURRENCY),
        (_openai(None, "rate_limit_error"), {"x-ratelimit-remaining": "-1"}, Cause.SPEND_CAP),
    ],
)
def test_quota_headers_tell_429s_apart(body: Any, headers: dict[str, str], cause: Cause) -> None:
    assert _classify(429, body, headers=headers).cause is cause


def test_a_402_with_nothing_left_on_the_key_is_its_quota() -> None:
    headers = {"x-quota-remaining-credits": "0.00"}
    assert _classify(402, _google(402), headers=headers).cause is Cause.KEY_QUOTA


@pytest.mark.parametrize(
    ("status", "body", "exit_status", "retry"),
    [
        (400, _openai("invalid_param"), ExitStatus.ERROR, Retry.NEVER),
        (401, _openai("invalid_api_key"), ExitStatus.AUTHENTICATION, Retry.NEVER),
        (402, _openai("quota_exceeded"), ExitStatus.QUOTA, Retry.NEVER),
        (403, _openai("model_not_in_group"), ExitStatus.PERMISSION, Retry.NEVER),
        (404, _google(404, "NOT_FOUND"), ExitStatus.UNKNOWN_MODEL, Retry.NEVER),
        (429, _openai(None, "rate_limit_error"), ExitStatus.RATE_LIMITED, Retry.AFTER_RESET),
        (429, _openai("concurrency_limit"), ExitStatus.RATE_LIMITED, Retry.JITTER),
        (503, _google(503, "UNAVAILABLE"), ExitStatus.GATEWAY, Retry.BACKOFF),
        (502, b"<html>", ExitStatus.GATEWAY, Retry.BACKOFF),
        (200, b"<html>", ExitStatus.PROTOCOL, Retry.NEVER),
    ],
)
def test_exit_status_and_retry(
    status: int, body: Any, exit_status: ExitStatus, retry: Retry
) -> None:
    failure = _classify(status, body)
    assert (failure.exit_status, failure.retry) == (exit_status, retry)


CAP = _openai(None, "rate_limit_error")


@pytest.mark.parametrize(
    ("body", "headers", "wait_s"),
    [
        (CAP, {"x-ratelimit-reset": str(int(NOW) + 7200)}, 7200),
        (CAP, {"x-ratelimit-reset": str(int(NOW) - 5)}, 0),
        (CAP, {"x-ratelimit-reset": str(int(NOW) + 20), "retry-after": "90"}, 90),
        (CAP, {"retry-after": "30"}, 30),
        (CAP, {"retry-after": "soon"}, None),
        (
            _openai(None, "rate_limit_error", "rate_limit_5h; resets at 2026-09-21 14:26:40 UTC"),
            {},
            800,
        ),
        (_openai("concurrency_limit"), {"x-ratelimit-reset": str(int(NOW) + 7200)}, None),
        (_google(429, "RESOURCE_EXHAUSTED", details=[{"retryDelay": "34.5s"}]), {}, 34.5),
    ],
)
def test_how_long_to_wait(body: Any, headers: dict[str, str], wait_s: float | None) -> None:
    failure = _classify(429, body, headers=headers)
    assert failure.wait_s == wait_s
    assert failure.reset_at == (None if wait_s is None else NOW + wait_s)


DAILY = [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProject"}]}]


@pytest.mark.parametrize(
    ("status", "body", "headers", "google_code"),
    [
        (401, _openai("invalid_api_key"), {}, 401),
        (402, _openai("quota_exceeded"), {}, 402),
        (404, _google(404, "NOT_FOUND"), {}, 404),
        (451, b"", {}, 400),
        (501, b"", {}, 400),
        (524, b"", {}, 503),
        (502, b"<html>", {}, 503),
        (200, b"<html>", {}, 403),
        (429, _openai("concurrency_limit"), {}, 429),
        (429, CAP, {"x-ratelimit-reset": str(int(NOW) + 30)}, 429),
        (429, CAP, {"x-ratelimit-reset": str(int(NOW) + 61)}, 402),
        (429, CAP, {}, 402),
        (429, _bare("API_KEY_QUOTA_EXHAUSTED"), {}, 402),
        (429, _google(429, "RESOURCE_EXHAUSTED"), {}, 429),
        (429, _google(429, "RESOURCE_EXHAUSTED"), {"retry-after": "3600"}, 402),
        (429, _google(429, "RESOURCE_EXHAUSTED", details=DAILY), {}, 402),
    ],
)
def test_what_a_google_client_is_given(
    status: int, body: Any, headers: dict[str, str], google_code: int
) -> None:
    failure = _classify(status, body, headers=headers)
    assert failure.google_code == google_code
    assert failure.http_status == status


def test_the_words_are_the_gateways_and_the_sentence_is_ours() -> None:
    failure = _classify(404, _google(404, "NOT_FOUND", "no gemini here"))
    assert (failure.message, failure.code) == ("no gemini here", "NOT_FOUND")
    assert "'gemini-3-1-pro'" in failure.sentence
    assert "this model" in _classify(404, _google(404, "NOT_FOUND"), "").sentence
    capped = _classify(429, CAP, headers={"x-ratelimit-reset": str(int(NOW) + 7200)})
    assert capped.sentence.endswith("It resets in 2 h.")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (_anthropic("api_error"), Cause.GATEWAY_ERROR),
        (_anthropic("overloaded_error"), Cause.OVERLOADED),
        (_openai("upstream_error", "server_error"), Cause.OVERLOADED),
        (_google(503, "UNAVAILABLE"), Cause.OVERLOADED),
        (_bare("INSUFFICIENT_BALANCE"), Cause.NO_BALANCE),
        ({"error": "gone"}, Cause.GATEWAY_ERROR),
    ],
)
def test_errors_in_a_stream_have_no_status(body: Any, cause: Cause) -> None:
    assert classify_parsed(parse_error(json.dumps(body))).cause is cause


WORDS = st.sampled_from(
    ["NOT_FOUND", "permission_denied", "quota_exceeded", "rate_limit_error", "x", "expired", ""]
)


@given(
    st.integers(100, 999),
    st.builds(_google, st.integers(0, 999), WORDS, WORDS)
    | st.builds(_openai, WORDS, WORDS, WORDS)
    | st.builds(_anthropic, WORDS)
    | st.binary(max_size=20),
    st.sampled_from([CALL, CHAT, ACCOUNT, "", "//", "/v1beta/models/%zz:x"]) | st.text(max_size=9),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-reset", "x-ratelimit-remaining"]),
        st.sampled_from(["0", "12", "-1", "x", "9" * 30]),
    ),
)
def test_it_never_raises(status: int, body: Any, path: str, headers: dict[str, str]) -> None:
    failure = _classify(status, body, path, headers)
    assert failure.sentence
    assert failure.google_code in {400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503}
