"""Amounts of money, as people write them: the one place that does."""

from decimal import Decimal

_DIME = Decimal("0.1")
"""From here on a tenth of a cent is the smallest part that is told; below, a hundredth of one."""


def usd(amount: Decimal | float | str) -> str:
    """Return an amount as people write it: `$100.00`, `$1,234.50`, `$0.66`, and `$0.018`.

    Never fewer than two decimals; more only below a dollar, where a cent is much.
    """
    value = Decimal(str(amount))
    if value >= 1:
        return f"${value:,.2f}"
    whole, _, cents = f"{value:.{3 if value >= _DIME else 4}f}".rstrip("0").partition(".")
    return f"${whole}.{cents.ljust(2, '0')}"
