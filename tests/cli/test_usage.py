"""`bytespike usage`, and that launches are counted."""

import json

from bytespike_cli.shim.ledger import SERVE_RUN, Ledger, launch_run
from tests.cli.conftest import Cli

LINE = {
    "at": 1_760_000_000.0, "asked": "pro", "served": "gemini-3-1-pro", "status": 200,
    "tokens_in": 1200, "tokens_out": 31, "first_byte_ms": 420.0, "credits_after_usd": 4.2,
}  # fmt: skip


def test_nothing(cli: Cli) -> None:
    assert cli("usage").err == "Nothing was asked yet.\n"
    assert cli("usage", "--last").err == "No launch has asked yet.\n"
    assert json.loads(cli("usage", "--json").out)["requests"] == 0


def test_a_table_by_model(cli: Cli) -> None:
    state = cli.env().paths.state
    Ledger(state, SERVE_RUN).add(lambda: LINE)
    Ledger(state, launch_run(5.0, 7)).add(lambda: {**LINE, "served": "gemini-3-flash"})
    result = cli("usage")
    assert "gemini-3-1-pro  1         0       1,200      31          420 ms" in result.out
    assert "$4.20 left." in result.err
    Ledger(state, launch_run(6.0, 7)).add(lambda: {**LINE, "credits_after_usd": 0})
    assert "$0.00 left." in cli("usage", "--last").err
    Ledger(state, launch_run(7.0, 7)).add(lambda: {**LINE, "served": "gemini-3-flash"})
    last = cli("usage", "--last").out
    assert "gemini-3-flash" in last
    assert "gemini-3-1-pro" not in last
    document = json.loads(cli("usage", "--last", "--json").out)
    assert [model["model"] for model in document["models"]] == ["gemini-3-flash"]
