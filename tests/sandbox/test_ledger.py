"""Money and the headers that tell it (contract.md 5)."""

import pytest

from bytespike_cli.sandbox.ledger import Ledger, quota_headers
from bytespike_cli.sandbox.seed import KEYS

NOW = 1_790_000_000.9
NAMES = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-quota-remaining-credits")


def test_the_usual_headers() -> None:
    account = Ledger(lambda: NOW).account("gemini-0001")
    account.bill("gemini-3-1-pro", 1_000_000, 0)
    assert quota_headers(account, "usual") == {
        "x-ratelimit-limit": "20.00",
        "x-ratelimit-remaining": "18.00",
        "x-quota-remaining-credits": "98.00",
        "x-ratelimit-reset": str(1_790_000_000 + 5 * 3600),
    }


@pytest.mark.parametrize(
    ("dialect", "values"),
    [
        ("zero", ["0.00", "0.00", "0.00"]),
        ("huge", ["20000000", "20000000", "100000000"]),
        ("unlimited", ["unlimited"] * 3),
        ("minus-one", ["-1"] * 3),
        ("inf", ["inf"] * 3),
        ("blank", [""] * 3),
    ],
)
def test_dialects_of_the_headers(dialect: str, values: list[str]) -> None:
    headers = quota_headers(Ledger(lambda: NOW).account("gemini-0001"), dialect)
    assert [headers[name] for name in NAMES] == values


def test_missing_and_unknown() -> None:
    ledger = Ledger(lambda: NOW)
    assert quota_headers(ledger.account("gemini-0001"), "missing") == {}
    nobody = quota_headers(None, "usual")
    assert {nobody[name] for name in NAMES} == {"0.00"}


def test_the_organisation_has_a_header_of_its_own() -> None:
    ledger = Ledger(lambda: NOW)
    name = "x-org-quota-remaining-credits"
    assert quota_headers(ledger.account("org-0001"), "usual")[name] == "250.00"
    assert quota_headers(ledger.account("gemini-0001"), "org")[name] == "250.00"
    assert name not in quota_headers(ledger.account("gemini-0001"), "usual")


def test_a_call_costs_a_cent_at_least_and_money_ends() -> None:
    account = Ledger(lambda: NOW).account("gemini-0001")
    assert account.bill("gemini-3-flash", 4, 2) == 10_000
    assert account.short_of == ""
    account.bill("gemini-3-1-pro", 0, 2_000_000)
    assert (account.short_of, account.calls) == ("spend-cap", 2)
    account.bill("gemini-3-1-pro", 0, 10_000_000)
    assert account.short_of == "quota"
    assert quota_headers(account, "usual")["x-quota-remaining-credits"] == "0.00"


def test_an_amount_is_charged_as_it_is() -> None:
    account = Ledger(lambda: NOW).account("gemini-0001")
    assert account.charge(610_500) == 610_500
    assert (account.spent, account.calls) == (610_500, 1)


def test_who_cannot_pay_from_the_start() -> None:
    ledger = Ledger(lambda: NOW)
    short = {key.name: ledger.account(key.name).short_of for key in KEYS}
    assert {name: reason for name, reason in short.items() if reason} == {
        "quota-0001": "quota",
        "wallet-0001": "empty-wallet",
        "capped-0001": "spend-cap",
    }
