import io
from decimal import Decimal

import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.media_cost import check_before, credits_left, keeps_estimate, price_words
from bytespike_cli.errors import BytespikeError, QuotaError
from bytespike_cli.wire.prices import Price
from bytespike_cli.wire.quota import Quota
from tests.cli.conftest import Cli

PRICE = Price(Decimal("0.55"), Decimal("2"))
RICH = Quota(key_remaining_usd=Decimal(50))
POOR = Quota(key_remaining_usd=Decimal(50), remaining_usd=Decimal(1))


def app_of(cli: Cli, typed: str = "", *, terminal: bool = False) -> App:
    return App(cli.env(typed, terminal=terminal))


def said(app: App) -> str:
    assert isinstance(app.env.stderr, io.StringIO)
    return app.env.stderr.getvalue()


def test_what_it_may_cost_is_said(cli: Cli) -> None:
    app = app_of(cli)
    check_before(app, "veo-3.1 · 5 s", PRICE, RICH, None)
    assert said(app) == "veo-3.1 · 5 s · about $0.55 to $2.00 · $50.00 left\n"


def test_without_a_hint(cli: Cli) -> None:
    app = app_of(cli)
    check_before(app, "sora-2", None, None, 0.01)
    assert "not known here" in said(app)


@pytest.mark.parametrize(("quota", "max_cost"), [(POOR, None), (RICH, 1.0)])
def test_doubts_are_asked_about(cli: Cli, quota: Quota, max_cost: float | None) -> None:
    with pytest.raises(BytespikeError, match="Nothing was sent"):
        check_before(app_of(cli, "n\n", terminal=True), "x", PRICE, quota, max_cost)
    check_before(app_of(cli, "y\n", terminal=True), "x", PRICE, quota, max_cost)
    check_before(app_of(cli), "x", PRICE, quota, max_cost)


def test_surely_too_much_is_refused_without_a_terminal(cli: Cli) -> None:
    with pytest.raises(QuotaError):
        check_before(app_of(cli), "x", PRICE, RICH, 0.5)


def test_the_gateways_own_estimate(cli: Cli) -> None:
    assert keeps_estimate(app_of(cli), "0.66", None)
    assert keeps_estimate(app_of(cli), "0.66", 0.66)
    assert keeps_estimate(app_of(cli), "", 0.1)
    assert not keeps_estimate(app_of(cli), "0.66", 0.5)
    assert keeps_estimate(app_of(cli, "y\n", terminal=True), "0.66", 0.5)


def test_the_tightest_limit_counts() -> None:
    assert credits_left(POOR) == 1
    assert credits_left(Quota()) is None
    assert credits_left(Quota(remaining_usd=Decimal(10**6), suspicious_units=True)) is None


def test_prices() -> None:
    assert price_words(PRICE) == "$0.55 to $2.00"
    assert price_words(Price(Decimal("0.018"), Decimal("0.018"))) == "$0.018"
