"""Where key and prompt go with the variables of ByteSpike's page, in programs that use an SDK.

The network is a recording proxy on loopback. docs/clients.md has a table of it, for every client.
"""

import json
from pathlib import Path

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.matrix_rows import ROWS
from tests.clients.recorder import GOOGLE, OPENSSL, Recorder, recording
from tests.clients.sdks import BYTESPIKE, HERE, command_of, environment, need, run

pytestmark = pytest.mark.client

PROMPT = "my secret is a quetzal"
CLIENTS = ("google-genai 3", "google-generativeai", "@google/genai 3", "@google/generative-ai")


def ask(
    root: Path, sandbox: SandboxServer, network: Recorder, name: str, *, ours: bool
) -> dict[str, str]:
    """Run the program of a client with the page's variables; return what it tells."""
    row = ROWS[name]
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    by_node = row.program.endswith(".mjs")
    variables |= network.node_variables if by_node else network.variables
    variables |= {
        "GEMINI_API_KEY": GEMINI_KEY,
        "GEMINI_BASE_URL": f"{sandbox.origin}/v1beta",
        "GOOGLE_API_BASE_URL": f"{sandbox.origin}/v1beta",
    }
    line = json.dumps({"scenario": "generate", "variables": {}, "question": PROMPT})
    start = [str(BYTESPIKE), "exec", "--"] if ours else []
    done = run([*start, *command], environment(root, sandbox.origin, **variables), line + "\n")
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("name", CLIENTS)
def test_they_go_to_google_and_with_bytespike_to_the_gateway_alone(
    tmp_path: Path, sandbox: SandboxServer, name: str
) -> None:
    need(OPENSSL, "the openssl command")
    with recording(tmp_path) as network:
        ask(tmp_path, sandbox, network, name, ours=False)
        leaked = [seen for seen in network.requests if seen.host == GOOGLE]
        assert any(seen.shows(GEMINI_KEY) and seen.shows(PROMPT) for seen in leaked)
        assert len(sandbox.state.journal) == 0
        network.connects.clear()
        network.requests.clear()
        told = ask(tmp_path, sandbox, network, name, ours=True)
        assert PROMPT in told["text"]
        assert (network.connects, network.requests) == ([], [])
        assert [r.billed > 0 for r in sandbox.state.journal if PROMPT in str(r.body)] == [True]
