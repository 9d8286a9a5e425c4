"""Why bytespike exists: where key and prompt go with the variables of ByteSpike's page.

The network is a recording proxy on loopback.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from tests.clients.conftest import need
from tests.clients.recorder import GOOGLE, OPENSSL, Recorder, recording
from tests.clients.user import User

pytestmark = pytest.mark.client

PROMPT = "say hi to my secret quetzal"


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Recorder]:
    need(OPENSSL, "the openssl command")
    with recording(tmp_path) as network:
        yield network


@pytest.mark.parametrize("variable", ["GEMINI_BASE_URL", "GOOGLE_API_BASE_URL"])
def test_the_stock_client_sends_key_and_prompt_to_google(
    user: User, network: Recorder, variable: str
) -> None:
    """ByteSpike's page: `export GEMINI_API_KEY=…` and one of two base URLs that no client reads."""
    documented = {"GEMINI_API_KEY": GEMINI_KEY, variable: f"{user.sandbox.origin}/v1beta"}
    user.stock("-p", PROMPT, "-m", "gemini-3-1-pro", **documented, **network.variables)
    leaked = [seen for seen in network.requests if seen.host == GOOGLE]
    assert leaked, network.connects
    assert {seen.key for seen in leaked} == {GEMINI_KEY}
    assert any(PROMPT in seen.body for seen in leaked)
    assert len(user.sandbox.state.journal) == 0


def test_bytespike_sends_them_to_the_gateway_alone(user: User, network: Recorder) -> None:
    """The variables of the page are set as well: they do no harm."""
    documented = {"GEMINI_API_KEY": GEMINI_KEY, "GEMINI_BASE_URL": f"{user.sandbox.origin}/v1beta"}
    user.variables |= documented | network.variables
    run = user.gemini("-p", PROMPT)
    assert run.status == 0, run.said
    assert network.connects == []
    assert network.requests == []
    assert all(record.key_name == "gemini-0001" for record in user.calls)
    assert all(PROMPT in str(record.body) for record in user.calls)
