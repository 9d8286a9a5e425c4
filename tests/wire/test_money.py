"""Amounts as people write them."""

from decimal import Decimal

import pytest

from bytespike_cli.wire.money import usd


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.66", "$0.66"),
        ("0.5088", "$0.509"),
        ("0.018", "$0.018"),
        (0.00041, "$0.0004"),
        ("0.9999", "$1.00"),
        ("2.4", "$2.40"),
        (5, "$5.00"),
        (100.0, "$100.00"),
        (99.99735, "$100.00"),
        (Decimal("1234.5"), "$1,234.50"),
        ("0", "$0.00"),
        (Decimal("0.00"), "$0.00"),
    ],
)
def test_amounts(amount: str | float | Decimal, words: str) -> None:
    assert usd(amount) == words
