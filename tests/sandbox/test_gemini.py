"""The surface /v1beta over HTTP: models, money, places."""

from typing import Any

import pytest

from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, DEFAULT_KEY

QUOTA = "x-quota-remaining-credits"


@pytest.mark.parametrize(
    ("model", "status", "google"),
    [
        ("gemini-3-1-pro", 200, ""),
        ("gemini-2-5-flash", 200, ""),
        ("gemini-3.1-pro", 404, "NOT_FOUND"),
        ("Gemini-3-1-Pro", 404, "NOT_FOUND"),
        ("gemini-2-5-pro", 404, "NOT_FOUND"),
        ("gemini-3-1-pro-preview", 404, "NOT_FOUND"),
        ("claude-opus-4-8", 403, "PERMISSION_DENIED"),
        ("veo-3.1", 403, "PERMISSION_DENIED"),
    ],
)
def test_dashed_slugs_of_the_group_only(
    sandbox: Any, ask: Any, model: str, status: int, google: str
) -> None:
    answer = ask(sandbox, f"{model}:generateContent")
    assert answer.status == status
    assert answer.json.get("error", {}).get("status", "") == google


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [("400-not-found", 400, "model_not_found"), ("400-unsupported", 400, "unsupported_model")],
)
def test_unknown_models_in_other_dialects(
    make_sandbox: Any, ask: Any, value: str, status: int, code: str
) -> None:
    sandbox = make_sandbox(dialects={"unknown-model": value, "error-shape": "openai"})
    answer = ask(sandbox, "nope:generateContent")
    assert (answer.status, answer.json["error"]["code"]) == (status, code)


def test_a_foreign_model_as_400(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"model-not-in-group": "400"})
    assert ask(sandbox, "claude-opus-4-8:generateContent").status == 400


def test_other_keys_reach_other_models(sandbox: Any, ask: Any) -> None:
    assert ask(sandbox, "claude-opus-4-8:generateContent", key=CLAUDE_KEY).status == 200
    assert ask(sandbox, "gemini-3-flash:generateContent", key=CLAUDE_KEY).status == 403
    assert ask(sandbox, "gpt-5-5:generateContent", key=DEFAULT_KEY).status == 200
    assert ask(sandbox, "nano-banana:generateContent", key=DEFAULT_KEY).status == 400


def test_quota_moves_on_success_only(sandbox: Any, ask: Any) -> None:
    left = [ask(sandbox, target).headers[QUOTA] for target in (
        "nope:generateContent", "gemini-3-flash:generateContent", "claude-opus-4-8:generateContent",
        "gemini-3-flash:generateContent", "nope:generateContent",
    )]  # fmt: skip
    assert left == ["100.00", "99.99", "99.99", "99.98", "99.98"]
    assert ask(sandbox, "/v1/models").headers[QUOTA] == "99.98"


def test_keys_have_their_own_purses(sandbox: Any, ask: Any) -> None:
    ask(sandbox)
    other = ask(sandbox, key=BY_NAME["gemini-0002"].secret)
    assert other.headers[QUOTA] == "99.99"


def test_one_request_at_a_time(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox()
    limited = BY_NAME["limited-0001"]
    sandbox.state.ledger.account(limited.name).in_flight = 1
    answer = ask(sandbox, key=limited.secret)
    assert (answer.status, answer.headers["x-ratelimit-remaining"]) == (429, "20.00")
    sandbox.state.ledger.account(limited.name).in_flight = 0
    assert ask(sandbox, key=limited.secret).status == 200
    assert ask(sandbox, "nope:generateContent", key=limited.secret).status == 404
    assert sandbox.state.ledger.account(limited.name).in_flight == 0


def test_a_blocked_prompt(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["blocked-prompt"])
    answer = ask(sandbox)
    assert answer.json["promptFeedback"] == {"blockReason": "SAFETY"}
    assert "candidates" not in answer.json
    (event,) = ask(sandbox, "gemini-3-flash:streamGenerateContent?alt=sse").events
    assert event["promptFeedback"] == {"blockReason": "SAFETY"}
    assert not any(record.billed for record in sandbox.state.journal)


def test_models_list_and_count_tokens_when_served(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"models-list": "served", "count-tokens": "served"})
    names = [m["name"] for m in ask(sandbox, "/v1beta/models", method="GET").json["models"]]
    assert names[0] == "models/gemini-3-1-pro"
    one = ask(sandbox, "/v1beta/models/gemini-3-flash", method="GET").json
    assert one["inputTokenLimit"] == 200_000
    assert ask(sandbox, "/v1beta/models/gemini-3.flash", method="GET").status == 404
    assert ask(sandbox, "gemini-3-flash:countTokens").json == {"totalTokens": 2}
    wrapped = {"generateContentRequest": {"contents": [{"parts": [{"text": "say hi"}]}]}}
    assert ask(sandbox, "gemini-3-flash:countTokens", wrapped).json == {"totalTokens": 2}
    assert ask(sandbox, "gemini-3-flash:countTokens").headers[QUOTA] == "100.00"


def test_a_stream_call_whose_suffix_is_ignored(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["suffix-ignored"])
    answer = ask(sandbox, "gemini-3-flash:streamGenerateContent?alt=sse")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.text
    assert sandbox.state.journal[-1].billed
