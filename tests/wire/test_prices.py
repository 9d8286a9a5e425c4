from decimal import Decimal

from bytespike_cli.wire.prices import Price, image_price, video_price


def test_a_range_where_the_pages_disagree() -> None:
    assert video_price("veo-3-1", 6) == Price(Decimal("0.66"), Decimal("2.40"))
    assert video_price("veo3.1-lite", 8) == Price(Decimal("0.40"), Decimal("0.40"))


def test_images() -> None:
    assert image_price("nano-banana", 2) == Price(Decimal("0.036"), Decimal("0.036"))


def test_no_hint_for_what_no_page_prices() -> None:
    assert video_price("sora-2", 5) is None
    assert image_price("seedream-4", 1) is None
