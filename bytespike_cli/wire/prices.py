"""What a video or an image costs by ByteSpike's pages: hints, for a question before paying.

The pages contradict each other (C33), so that each hint is a range. The gateway's own estimate
comes with the task, and what counts is its `credits_used` (contract.md 3.12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bytespike_cli.wire.media_slug import essence


@dataclass(frozen=True, slots=True)
class Price:
    """A range in USD; the two are equal where the pages agree."""

    low_usd: Decimal
    high_usd: Decimal

    def times(self, count: int) -> "Price":
        """Return the price of so many seconds or images."""
        return Price(self.low_usd * count, self.high_usd * count)


def _price(low: str, high: str = "") -> Price:
    return Price(Decimal(low), Decimal(high or low))


_PER_SECOND: Mapping[str, Price] = {
    "veo31": _price("0.11", "0.40"),
    "veo31fast": _price("0.045", "0.20"),
    "veo31lite": _price("0.05"),
}
"""Low: the estimates of the reference pages; high: the models pages (contract.md 3.16)."""
_PER_IMAGE: Mapping[str, Price] = {
    "nanobanana": _price("0.018"),
    "nanobananav2": _price("0.022"),
    "gptimage2": _price("0.08"),
}
"""Contract.md 6.3."""


def video_price(model: str, seconds: int) -> Price | None:
    """Return what a video may cost, or None for a model without a hint."""
    per_second = _PER_SECOND.get(essence(model))
    return per_second.times(seconds) if per_second else None


def image_price(model: str, count: int) -> Price | None:
    """Return what images may cost, or None for a model without a hint."""
    each = _PER_IMAGE.get(essence(model))
    return each.times(count) if each else None
