"""The shim that stays, as commands ask for it."""

from typing import Any

import pytest

from bytespike_cli.cli.app import App, Flags
from bytespike_cli.cli.standing import running_shim
from bytespike_cli.errors import ConfigurationError, UsageError
from tests.conftest import MakeEnv

STATUS = {"address": "http://127.0.0.1:8788", "models": []}


@pytest.fixture
def ask(make_env: MakeEnv, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask with flags: `ask(status, key="other")`."""

    def asked(status: object, key: str | None = None) -> dict[str, Any]:
        monkeypatch.setattr("bytespike_cli.shim.service.ask.status", lambda _env, _wait: status)
        app = App(make_env(), Flags(key=key))
        return running_shim(app, what="it", otherwise="add --direct", without="do it alone")

    return asked


def test_it_returns_what_the_shim_says(ask: Any) -> None:
    assert ask(STATUS) == STATUS


def test_a_flag_that_chooses_a_key_is_refused(ask: Any) -> None:
    with pytest.raises(UsageError, match="--key says nothing here") as refused:
        ask(STATUS, key="other")
    assert refused.value.fix.endswith("or add --direct")


def test_without_one_there_are_three_ways_on(ask: Any) -> None:
    with pytest.raises(ConfigurationError, match="No shim runs, to which it could lead") as none:
        ask(None)
    for way in ("bytespike shim serve --daemon", "bytespike exec", "do it alone"):
        assert way in none.value.fix
