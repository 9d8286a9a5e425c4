"""Before paying: what it may cost, what is left, and a question where that does not fit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bytespike_cli.cli.prompts import confirm
from bytespike_cli.errors import BytespikeError, QuotaError
from bytespike_cli.wire.money import usd

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.wire.prices import Price
    from bytespike_cli.wire.quota import Quota


def check_before(
    app: App, what: str, price: Price | None, quota: Quota | None, max_cost: float | None
) -> None:
    """Say what a request may cost, and ask where it may be too much.

    Raises QuotaError without a terminal where it is surely above `max_cost`, BytespikeError where
    the user says no. Nothing was sent then.
    """
    left = None if quota is None else credits_left(quota)
    words = [what, f"about {price_words(price)}" if price else "its price is not known here"]
    if left is not None:
        words.append(f"{usd(left)} left")
    if not app.flags.json:
        app.render.say(" · ".join(words))
    doubts = []
    if price is not None and max_cost is not None and price.high_usd > Decimal(str(max_cost)):
        doubts.append(f"This may cost more than --max-cost {usd(max_cost)}.")
    if price is not None and left is not None and price.high_usd > left:
        doubts.append(f"The credits left ({usd(left)}) may not cover this.")
    for doubt in doubts:
        app.render.warn(doubt)
    if doubts and app.may_ask:
        if not confirm(app, "Go on?"):
            raise BytespikeError("Nothing was sent.")
    elif price is not None and max_cost is not None and price.low_usd > Decimal(str(max_cost)):
        raise QuotaError(
            f"This costs {price_words(price)}, which is above --max-cost {usd(max_cost)}. "
            "Nothing was sent.",
            fix="raise --max-cost, or ask for less",
        )


def keeps_estimate(app: App, estimate_usd: str, max_cost: float | None) -> bool:
    """Return whether a task may go on, now that the gateway's own estimate is known."""
    if not estimate_usd or max_cost is None or Decimal(estimate_usd) <= Decimal(str(max_cost)):
        return True
    app.render.warn(f"The gateway estimates {usd(estimate_usd)}, above --max-cost {usd(max_cost)}.")
    return app.may_ask and confirm(app, "Keep the task?")


def credits_left(quota: Quota) -> Decimal | None:
    """Return what the tightest limit leaves, or None where nothing is said, or in unclear units."""
    amounts = (quota.key_remaining_usd, quota.remaining_usd, quota.org_remaining_usd)
    known = [amount for amount in amounts if amount is not None]
    return None if quota.suspicious_units else min(known, default=None)


def price_words(price: Price) -> str:
    """Return a price as words: `$0.66 to $2.40`."""
    if price.low_usd == price.high_usd:
        return usd(price.low_usd)
    return f"{usd(price.low_usd)} to {usd(price.high_usd)}"
