from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.wire.quota import Quota, duration, from_headers, line, request_id

NOW = 1_790_000_000.0
FULL = {
    "X-RateLimit-Limit": "20.00",
    "x-ratelimit-remaining": "19.62",
    "x-ratelimit-reset": str(int(NOW) + 4200),
    "x-quota-remaining-credits": "88.10",
    "x-org-quota-remaining-credits": "50",
}


def test_every_header_is_read() -> None:
    assert from_headers(FULL) == Quota(
        limit_usd=Decimal("20.00"),
        remaining_usd=Decimal("19.62"),
        reset_at=NOW + 4200,
        key_remaining_usd=Decimal("88.10"),
        org_remaining_usd=Decimal(50),
    )


@pytest.mark.parametrize(
    "value", ["", " ", "-1", "inf", "Infinity", "unlimited", "nan", "1,5", "x", "1E100"]
)
def test_no_cap(value: str) -> None:
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-quota-remaining-credits")
    assert from_headers(dict.fromkeys((*names, "x-ratelimit-reset"), value)) == Quota()


def test_zero_is_a_cap_that_is_reached() -> None:
    assert from_headers({"x-quota-remaining-credits": "0.00"}).key_remaining_usd == 0


@pytest.mark.parametrize(
    ("value", "suspicious"), [("88000000", True), ("100000.50", False), ("99999", False)]
)
def test_micro_credits_are_flagged_and_not_converted(value: str, suspicious: bool) -> None:
    quota = from_headers({"x-quota-remaining-credits": value})
    assert quota.suspicious_units is suspicious
    assert quota.key_remaining_usd == Decimal(value)


def test_a_reset_in_milliseconds() -> None:
    assert from_headers({"x-ratelimit-reset": f"{int(NOW)}000"}).reset_at == NOW


@given(st.text(max_size=20))
def test_odd_values_never_raise(value: str) -> None:
    quota = from_headers(dict.fromkeys((name.lower() for name in FULL), value))
    assert isinstance(line(quota, NOW), str)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            FULL,
            "quota: $88.10 left on this key · $19.62 of $20.00 in this window, resets in 1 h 10 min"
            " · $50.00 left in the organisation's wallet",
        ),
        ({}, ""),
        ({"x-ratelimit-remaining": "1.5"}, "quota: $1.50 in this window"),
        (
            {"x-quota-remaining-credits": "88000000"},
            "quota: $88,000,000.00 left on this key (unit unclear: these may be micro-credits)",
        ),
    ],
)
def test_line(headers: dict[str, str], expected: str) -> None:
    assert line(from_headers(headers), NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 s"),
        (45, "45 s"),
        (59.7, "1 min"),
        (720, "12 min"),
        (3600, "1 h"),
        (4200, "1 h 10 min"),
        (86_400, "1 d"),
        (97_200, "1 d 3 h"),
    ],
)
def test_duration(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_request_id() -> None:
    assert request_id({"CF-Ray": "ray", "X-Request-Id": "id"}) == "id"
    assert request_id({"cf-ray": "ray"}) == "ray"
    assert request_id({}) is None
