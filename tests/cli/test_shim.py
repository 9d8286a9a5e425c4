"""`bytespike shim`: what each command says; that the shim works is tested with it."""

import json
import time
from functools import partial

import pytest

from bytespike_cli.shim.ledger import SERVE_RUN, Ledger
from bytespike_cli.wire.rules import RULES
from tests.cli.conftest import Cli

LINE = {"at": 1.0, "status": 200, "client": "sdk", "method": "generateContent", "asked": "m"}


def test_without_one(cli: Cli) -> None:
    status = cli("shim", "status")
    assert (status.status, status.out) == (1, "")
    assert "bytespike shim serve --daemon" in status.err
    as_json = cli("shim", "status", "--json")
    assert (as_json.status, json.loads(as_json.out)) == (1, {"running": False})
    stop = cli("shim", "stop")
    assert (stop.status, stop.err) == (0, "No shim runs.\n")


def test_a_status_for_people(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "address": "http://127.0.0.1:8788", "origin": None, "key": None, "group": None, "pid": 7,
        "since": 1.0, "requests": 3, "in_flight": 1, "version": "1",
        "problem": {"cause": "It is broken.", "fix": "mend it"},
    }  # fmt: skip
    monkeypatch.setattr("bytespike_cli.shim.service.ask.status", lambda _env, _wait: told)
    result = cli("shim", "status")
    assert result.status == 0
    assert "address   http://127.0.0.1:8788" in result.out
    assert "3 answered, 1 under way" in result.out
    assert "It is broken." in result.err
    assert "mend it" in result.err


def test_serve_without_a_key_says_it_once(cli: Cli) -> None:
    result = cli("shim", "serve", "--port", "0")
    assert result.status == 3
    assert result.err.count("No ByteSpike key") == 1


def test_the_rules(cli: Cli) -> None:
    table = cli("shim", "rules").out
    listed = json.loads(cli("shim", "rules", "--json").out)
    assert [row["rule"] for row in listed] == list(RULES)
    assert all(name in table and rule.what in table for name, rule in RULES.items())


def test_the_log(cli: Cli) -> None:
    assert cli("shim", "log").err == "Nothing was asked yet.\n"
    assert cli("shim", "log", "--json").out == ""
    state = cli.env().paths.state
    for number in range(30):
        Ledger(state, SERVE_RUN).add(partial(dict, LINE, asked=f"m{number}"))
    Ledger(state, "launch-1-2").add(lambda: {**LINE, "asked": "launched"})
    assert len(cli("shim", "log").out.splitlines()) == 20
    assert cli("shim", "log", "-n", "1").out.endswith("200 sdk m29\n")
    assert cli("shim", "log", "-n", "0").out == ""
    assert "launched" in cli("shim", "log", "--all").out
    lines = [json.loads(line) for line in cli("shim", "log", "--json", "-n", "2").out.splitlines()]
    assert [line["asked"] for line in lines] == ["m28", "m29"]


def test_the_log_is_followed_until_ctrl_c(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    state = cli.env().paths.state
    Ledger(state, SERVE_RUN).add(lambda: {**LINE, "asked": "first"})
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) > 2:
            raise KeyboardInterrupt
        Ledger(state, SERVE_RUN).add(lambda: {**LINE, "asked": f"later{len(waits)}"})

    monkeypatch.setattr(time, "sleep", sleep)
    result = cli("shim", "log", "-f")
    assert result.status == 130
    assert [line.split()[-1] for line in result.out.splitlines()] == ["first", "later1", "later2"]


@pytest.mark.parametrize(
    ("key", "words"),
    [("work", "with the key 'work'."), ("BYTESPIKE_API_KEY", "with the key in BYTESPIKE_API_KEY.")],
)
def test_readiness_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch, key: str, words: str) -> None:
    told = {"address": "http://127.0.0.1:8788", "origin": "https://x", "key": key, "group": None}
    monkeypatch.setattr("bytespike_cli.shim.service.detach.start", lambda _args, _vars: told)
    result = cli("shim", "serve", "--daemon")
    assert result.out == "listening on http://127.0.0.1:8788\n"
    assert words in result.err
    assert 'eval "$(bytespike env)"' in result.err
    assert "bytespike shim stop" in result.err
