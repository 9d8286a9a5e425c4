"""What is free to read, over HTTP (contract.md 3.4 to 3.6)."""

from typing import Any

from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_TEXT


def test_v1_models(sandbox: Any, ask: Any) -> None:
    document = ask(sandbox, "/v1/models").json
    assert document["object"] == "list"
    assert tuple(entry["id"] for entry in document["data"]) == GEMINI_TEXT
    assert (
        ask(sandbox, "/v1/models?family=google&capability=text&capability=vision").json == document
    )
    assert ask(sandbox, "/v1/models?family=anthropic").json["data"] == []


def test_v1_models_minimal(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(dialects={"models": "minimal", "catalogue": "media"})
    entries = ask(sandbox, "/v1/models").json["data"]
    assert {"id": "veo-3.1"} in entries


def test_available_models(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox()
    first = ask(sandbox, "/api/v1/me/available-models").json["data"][0]
    assert first == {
        "id": "gemini-3-1-pro",
        "protocols_aggregate": ["gemini", "anthropic:translated"],
    }
    sandbox.state.set_dialect("available-models", "array")
    sandbox.state.set_dialect("available-entries", "string")
    assert ask(sandbox, "/api/v1/me/available-models").json == list(GEMINI_TEXT)
    nobody = BY_NAME["nogroup-0001"].secret
    assert ask(sandbox, "/api/v1/me/available-models", key=nobody).json == []


def test_the_account_counts_what_was_spent(sandbox: Any, ask: Any) -> None:
    ask(sandbox)
    document = ask(sandbox, "/api/v1/me/account").json
    assert document["balance"] == {
        "available_usd": 99.99,
        "lifetime_topup_usd": 100.0,
        "lifetime_spent_usd": 0.01,
        "low_balance_threshold_usd": 2.0,
        "low_balance_flagged": False,
    }
    assert [model["id"] for model in document["allowed_models"]] == list(GEMINI_TEXT)
    assert (document["org"], document["user"]["tier"]) == (None, "individual")


def test_the_account_of_others(sandbox: Any, ask: Any) -> None:
    org = ask(sandbox, "/api/v1/me/account", key=BY_NAME["org-0001"].secret).json
    assert (org["org"]["role"], org["user"]["tier"]) == ("member", "enterprise")
    wallet = ask(sandbox, "/api/v1/me/account", key=BY_NAME["wallet-0001"].secret).json
    assert wallet["balance"]["available_usd"] == 0.0
    assert wallet["balance"]["low_balance_flagged"]
