"""What gemini-cli shows when it cannot be served: our sentence, once, and its own exit status."""

import json
import socket
from collections.abc import Iterator

import pytest

from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, GEMINI_TEXT
from bytespike_cli.wire.auth import FALLBACK_ORDER
from tests.clients.conftest import MakeUser
from tests.clients.user import User, finish, until
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

AUTH_FORMS = len(FALLBACK_ORDER)
"""A refused key is tried in every form that the gateway may take (contract.md C3)."""
ATTEMPTS = 4
"""How often the shim asks a gateway that is overloaded (contract.md 4.4)."""


@pytest.mark.parametrize(
    ("key", "sentence", "asked"),
    [
        pytest.param(
            "sk-byts-wrong-0001", "The gateway does not accept the key", AUTH_FORMS, id="wrong"
        ),
        pytest.param(CLAUDE_KEY, "reaches no Gemini model", 0, id="claude"),
        pytest.param(
            BY_NAME["quota-0001"].secret, "The key's own spending quota is used up", 1, id="quota"
        ),
        pytest.param(
            BY_NAME["capped-0001"].secret, "spending limit for this window is reached", 1, id="cap"
        ),
    ],
)
def test_a_key_that_may_not(make_user: MakeUser, key: str, sentence: str, asked: int) -> None:
    """The client's router and its turn would each ask, and the turn ten times (clients.md 2.5)."""
    user = make_user(key=key)
    run = user.gemini("-p", "say hi")
    assert run.status == 1
    assert "[bytespike]" in run.err
    assert sentence in run.err
    assert len(user.calls) == asked
    assert not user.billed
    assert key not in run.out + run.err


def test_the_clients_own_status_is_passed_on(make_user: MakeUser) -> None:
    """With JSON, gemini-cli ends with the HTTP status modulo 256, and an error to be parsed."""
    user = make_user(key="sk-byts-wrong-0001")
    run = user.gemini("-p", "say hi", "-m", "gemini-3-1-pro", "--output-format", "json")
    assert run.status == 401 % 256
    shown = run.err[run.err.index('{\n  "session_id"') :]
    message = json.loads(shown)["error"]["message"]
    assert "[bytespike] The gateway does not accept the key" in message
    assert len(user.calls) == AUTH_FORMS


@pytest.mark.parametrize("model", ["gemini-9-ultra", "gemini-3.8-flash"])
def test_a_typed_model_that_is_not_there(user: User, model: str) -> None:
    """What a user typed is never replaced: three close slugs, and no request."""
    run = user.gemini("-p", "say hi", "-m", model)
    assert run.status == 1
    assert f"[bytespike] There is no model '{model}'" in run.err
    closest = run.err.split("Closest: ")[1].split(". ")[0].split(", ")
    assert len(closest) == 3
    assert set(closest) <= set(GEMINI_TEXT)
    assert user.calls == []


@pytest.fixture
def closed_origin() -> Iterator[str]:
    """An origin that nothing listens at; its port stays taken, so that nothing will."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{holder.getsockname()[1]}"


def test_a_gateway_that_is_down(user: User, closed_origin: str) -> None:
    run = user.gemini("-p", "say hi", BYTESPIKE_BASE_URL=closed_origin)
    assert run.status == 1
    assert f"[bytespike] {closed_origin} cannot be reached" in run.err
    assert "bytespike config get base_url" in run.err


@pytest.mark.parametrize(
    ("fault", "bound"),
    [
        pytest.param("unknown-model@2-", 3, id="404"),
        pytest.param("spend-cap@2-", 2, id="spend cap"),
        pytest.param("concurrency@2-", 1 + 2 * ATTEMPTS, id="429"),
    ],
)
def test_a_web_search_whose_helper_is_refused(
    make_user: MakeUser, make_sandbox: MakeSandbox, fault: str, bound: int
) -> None:
    """gemini-cli asks its helper model again and again: 40 times a second on a 404, ten on a 429.

    The search is the second request; if anything follows it, it is the turn's own next one.
    """
    user = make_user(sandbox=make_sandbox(faults=[fault]))
    running = user.start(
        "gemini", "-y", "-p", "search the web for quetzals", "-m", "gemini-3-1-pro"
    )
    until(
        lambda: running.poll() is not None or len(user.calls) > bound, "the end of the turn", 90.0
    )
    asked = [f"{record.model} {record.status}" for record in user.calls]
    if running.poll() is None:
        running.kill()
    run = finish(running)
    assert len(asked) <= bound, asked
    assert run.status == 1, run.said
    assert "[bytespike]" in run.err


def test_a_router_that_is_refused_makes_no_turn_dearer(
    make_user: MakeUser, make_sandbox: MakeSandbox
) -> None:
    """gemini-cli takes a failed router call for a reason to use the pro model (clients.md 2.4)."""
    user = make_user(sandbox=make_sandbox(faults=[f"unavailable@1-{ATTEMPTS}"]))
    user.gemini("-p", "say hi")
    assert [record.status for record in user.calls[:ATTEMPTS]] == [503] * ATTEMPTS
    assert "gemini-3-1-pro" not in {record.model for record in user.billed}
