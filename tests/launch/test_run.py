"""A launch, ready to go: the shim beside the client."""

import threading
from collections.abc import Callable, Iterator

import httpx
import pytest

from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.launch import companion
from bytespike_cli.launch.run import TOKEN_PREFIX, Launch, Shim, new_token
from bytespike_cli.redact import scrub
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.shim.listener import address, listen
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeEnv, MakeSandbox

MakeBeside = Callable[..., Shim]


@pytest.fixture
def make_beside(make_env: MakeEnv) -> Iterator[MakeBeside]:
    """Make shims for a launch: `make_beside(origin, afterwards=…)`."""
    made: list[Shim] = []

    def make(
        origin: str = "http://127.0.0.1:1", afterwards: Callable[[], None] | None = None
    ) -> Shim:
        env = make_env()
        shim = Shim(
            env=env,
            settings=resolve_settings(env),
            credential=Credential("work", None, GEMINI_KEY, origin),
            token=new_token(),
            listener=listen(),
            chosen_by=Chooser.CLIENT,
            afterwards=afterwards,
        )
        made.append(shim)
        return shim

    yield make
    for shim in made:
        shim.listener.close()


def ask(shim: Shim) -> httpx.Response:
    return httpx.post(
        address(shim.listener) + "/v1beta/models/gemini-3.8-flash:generateContent",
        json={"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]},
        headers={"x-goog-api-key": shim.token},
        timeout=20,
        trust_env=False,
    )


def test_it_serves_until_it_is_over_and_then_does_what_is_left(
    make_beside: MakeBeside, make_sandbox: MakeSandbox
) -> None:
    done: list[str] = []
    shim = make_beside(make_sandbox().origin, lambda: done.append("home"))
    over = threading.Event()
    beside = threading.Thread(target=shim.beside_child, args=(over,))
    beside.start()
    assert ask(shim).headers["x-bytespike-model"] == "gemini-3.8-flash -> gemini-3-5-flash"
    assert done == []
    over.set()
    beside.join(20)
    assert done == ["home"]


def test_a_shim_that_cannot_run_says_so(
    make_beside: MakeBeside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_shim: Shim) -> None:
        raise RuntimeError("no event loop here")

    monkeypatch.setattr(companion, "shim_settings", broken)
    shim = make_beside()
    over = threading.Event()
    beside = threading.Thread(target=shim.beside_child, args=(over,))
    beside.start()
    answer = ask(shim)
    assert answer.status_code == 424
    assert "no event loop here" in answer.json()["error"]["message"]
    over.set()
    beside.join(20)


def test_tokens_are_fresh_recognisable_and_scrubbed() -> None:
    first, second = new_token(), new_token()
    assert first != second
    assert first.startswith(TOKEN_PREFIX)
    assert first not in scrub(f"the token is {first}")


@pytest.mark.parametrize(("script", "status"), [("exit 7", 7), ("exit 0", 0)])
def test_where_nothing_can_be_execd_the_client_is_spawned(script: str, status: int) -> None:
    launch = Launch(("/bin/sh", "-c", script), {"PATH": "/bin"})
    assert launch.run("win32") == status
