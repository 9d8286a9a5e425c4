"""Refusals: which key, which envelope, which headers."""

import gzip
from typing import Any

import pytest

from bytespike_cli.sandbox.errors import FAILURES
from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_KEY

RESET = "x-ratelimit-reset"
NOW = 1_790_000_000


@pytest.mark.parametrize(
    ("name", "status", "google"),
    [
        ("expired-0001", 401, "UNAUTHENTICATED"),
        ("revoked-0001", 401, "UNAUTHENTICATED"),
        ("blocked-0001", 403, "PERMISSION_DENIED"),
        ("paused-0001", 403, "PERMISSION_DENIED"),
        ("quota-0001", 402, "UNKNOWN"),
        ("wallet-0001", 402, "UNKNOWN"),
        ("capped-0001", 429, "RESOURCE_EXHAUSTED"),
        ("nogroup-0001", 403, "PERMISSION_DENIED"),
        ("claude-0001", 403, "PERMISSION_DENIED"),
    ],
)
def test_special_keys(sandbox: Any, ask: Any, name: str, status: int, google: str) -> None:
    answer = ask(sandbox, key=BY_NAME[name].secret)
    assert answer.status == status
    error = answer.json["error"]
    assert (error["code"], error["status"]) == (status, google)
    record = sandbox.state.journal[-1]
    assert (record.key_name, record.status, record.billed) == (name, status, 0)


@pytest.mark.parametrize(
    ("name", "status"),
    [("quota-0001", 200), ("capped-0001", 200), ("expired-0001", 401), ("paused-0001", 403)],
)
def test_free_reads_ask_for_no_money(sandbox: Any, ask: Any, name: str, status: int) -> None:
    assert ask(sandbox, "/v1/models", key=BY_NAME[name].secret).status == status


def test_what_tells_a_used_up_quota_from_an_empty_wallet(sandbox: Any, ask: Any) -> None:
    quota = ask(sandbox, key=BY_NAME["quota-0001"].secret)
    wallet = ask(sandbox, key=BY_NAME["wallet-0001"].secret)
    assert quota.headers["x-quota-remaining-credits"] == "0.00"
    assert wallet.headers["x-quota-remaining-credits"] == "100.00"


def test_the_spend_cap_ends_in_two_hours(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(now=lambda: NOW)
    answer = ask(sandbox, key=BY_NAME["capped-0001"].secret)
    assert answer.headers[RESET] == str(NOW + 7200)
    assert answer.headers["x-ratelimit-remaining"] == "0.00"
    assert "resets at 2026-09-21 16:13:20 UTC" in answer.json["error"]["message"]


@pytest.mark.parametrize("key", [None, "", "sk-byts-nobody-knows"])
def test_a_bad_key_is_401_with_zeros(sandbox: Any, ask: Any, key: str | None) -> None:
    answer = ask(sandbox, key=key)
    assert answer.status == 401
    assert "API key not valid" in answer.json["error"]["message"]
    assert answer.headers["x-quota-remaining-credits"] == "0.00"
    assert ask(sandbox, "/v1/models", key=key).json["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"x-goog-api-key": GEMINI_KEY}, ""),
        ({"authorization": f"Bearer {GEMINI_KEY}"}, ""),
        ({"x-api-key": GEMINI_KEY}, ""),
        ({}, f"?key={GEMINI_KEY}"),
    ],
    ids=["header", "bearer", "x-api-key", "query"],
)
def test_a_key_that_is_taken_off_on_the_way_is_none(
    make_sandbox: Any, ask: Any, headers: Any, query: str
) -> None:
    sandbox = make_sandbox(faults=["key-lost@1"])
    for status in (401, 200):
        path = f"gemini-3-flash:generateContent{query}"
        assert ask(sandbox, path, key=None, headers=headers).status == status
    assert sandbox.state.journal[-2].fault == "key-lost@1"
    assert ask(sandbox, "/v1/models").status == 200


def test_a_bad_key_as_google_says_it(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"bad-key": "400"})
    answer = ask(sandbox, key="sk-byts-nobody-knows")
    assert answer.status == 400
    assert answer.json["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert ask(sandbox, "/v1/models", key="sk-byts-nobody-knows").status == 401


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("google", {"error": {"code": 403, "message": "model not in group",
                              "status": "PERMISSION_DENIED"}}),
        ("openai", {"error": {"message": "model not in group", "type": "permission_error",
                              "param": None, "code": "model_not_in_group"}}),
        ("anthropic", {"type": "error", "error": {"type": "permission_error",
                                                  "message": "model not in group"}}),
        ("bare", {"code": "model_not_in_group", "message": "model not in group"}),
        ("detail", {"detail": "model not in group"}),
    ],
)  # fmt: skip
def test_error_shapes(make_sandbox: Any, ask: Any, shape: str, expected: Any) -> None:
    sandbox = make_sandbox(dialects={"error-shape": shape})
    answer = ask(sandbox, "claude-opus-4-8:generateContent")
    assert (answer.status, answer.json) == (403, expected)


def test_a_google_array_is_for_streams(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"error-shape": "google-array"})
    assert isinstance(ask(sandbox, "nope:generateContent").json, dict)
    (error,) = ask(sandbox, "nope:streamGenerateContent?alt=sse").json
    assert error["error"]["status"] == "NOT_FOUND"


def test_html_and_nothing(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"error-shape": "html"})
    answer = ask(sandbox, "nope:generateContent")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.body.startswith(b"<html>")
    sandbox.state.set_dialect("error-shape", "empty")
    assert ask(sandbox, "nope:generateContent").body == b""


@pytest.mark.parametrize("name", list(FAILURES))
def test_every_row_of_the_matrix_is_a_fault(make_sandbox: Any, ask: Any, name: str) -> None:
    sandbox = make_sandbox(faults=[f"{name}@1"])
    answer = ask(sandbox)
    assert answer.status == FAILURES[name].status
    assert answer.headers["x-quota-remaining-credits"] in ("100.00", "0.00")
    assert sandbox.state.journal[-1].billed == 0
    after = ask(sandbox)
    assert (after.status, after.headers["x-quota-remaining-credits"]) == (200, "99.99")


def test_a_fault_with_retry_after(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(
        faults=["concurrency:3@1", "concurrency@2", "spend-cap:60@3"], now=lambda: NOW
    )
    first, second, third = (ask(sandbox) for _ in range(3))
    assert first.headers["retry-after"] == "3"
    assert first.headers["x-ratelimit-remaining"] == "20.00"
    assert "retry-after" not in second.headers
    assert third.headers[RESET] == str(NOW + 60)
    assert third.headers["x-ratelimit-remaining"] == "0.00"


def test_a_fault_of_another_surface(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["models/unavailable@1", "account/garbled"])
    assert ask(sandbox).status == 200
    assert ask(sandbox, "/v1/models").status == 503
    assert ask(sandbox, "/v1/models").status == 200
    with pytest.raises(ValueError):
        _ = ask(sandbox, "/api/v1/me/account").json


@pytest.mark.parametrize(
    ("fault", "check"),
    [("empty-body", b""), ("error-in-200", b'{"error": {"code": 503')],
)
def test_a_200_that_is_none(make_sandbox: Any, ask: Any, fault: str, check: bytes) -> None:
    sandbox = make_sandbox(faults=[fault])
    for target in ("gemini-3-flash:generateContent", "gemini-3-flash:streamGenerateContent"):
        answer = ask(sandbox, target)
        assert answer.status == 200
        assert answer.body.startswith(check)
        assert len(answer.body) >= len(check)
    assert not any(record.billed for record in sandbox.state.journal)


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_closed_management_api(make_sandbox: Any, ask: Any, status: str) -> None:
    sandbox = make_sandbox(dialects={"management": status})
    assert ask(sandbox, "/api/v1/me/account").status == int(status)
    assert ask(sandbox, "/v1/models").status == 200


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"{", "application/json"), (b"", "application/json"), (b"{}", "text/plain")],
)
def test_what_is_not_json(sandbox: Any, ask: Any, body: bytes, content_type: str) -> None:
    answer = ask(sandbox, body=body, headers={"content-type": content_type})
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_gzip_only_for_those_who_accept_it(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"compression": "gzip"})
    plain = ask(sandbox)
    packed = ask(sandbox, headers={"accept-encoding": "gzip, deflate"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert b"sandbox-000002" in gzip.decompress(packed.body)
