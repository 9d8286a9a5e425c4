"""Real SDKs through `bytespike exec`, as a user starts them; the matrix asks them all else."""

import json
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.matrix import BIRDS, HI
from tests.clients.matrix_rows import ROWS
from tests.clients.sdks import BYTESPIKE, HERE, command_of, environment, run
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

ASKED = {
    "generate": {"question": "say hi"},
    "stream": {"question": f"repeat: {BIRDS}"},
    "tools": {"question": 'call add with {"a": 2, "b": 3}'},
    "absent": {},
}


def ask(
    root: Path, sandbox: SandboxServer, name: str, *options: str
) -> tuple[dict[str, Any], str, int]:
    """Return what the program of a client tells of each scenario, its stderr and its status."""
    row = ROWS[name]
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    lines = [{"scenario": s, "variables": {}, **asked} for s, asked in ASKED.items()]
    done = run(
        [str(BYTESPIKE), "exec", *options, "--", *command],
        environment(root, sandbox.origin, **variables),
        "".join(json.dumps(line) + "\n" for line in lines),
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return dict(zip(ASKED, told, strict=False)), done.stderr, done.returncode


def ask_all(root: Path, sandbox: SandboxServer, name: str, *options: str) -> None:
    told, err, status = ask(root, sandbox, name, *options)
    assert status == 0, err[-4000:]
    assert told["generate"] == {"text": HI}
    assert told["stream"]["text"] == BIRDS
    assert told["stream"]["pieces"] > 1
    assert told["tools"] == {"text": "add says: 5", "calls": [[2, 3]]}
    assert told["absent"]["status"] == 404
    assert "There is no model 'gemini-9-ultra'" in told["absent"]["words"]
    calls = [r for r in sandbox.state.journal if r.path.startswith("/v1beta/models/") and r.billed]
    assert [r.model for r in calls] == ["gemini-3-1-pro"] * 4


@pytest.mark.parametrize("name", ROWS)
def test_in_the_default_dialect(tmp_path: Path, sandbox: SandboxServer, name: str) -> None:
    """`[DONE]` at the end of streams, dashed slugs only; recognised by nothing: `generic`."""
    ask_all(tmp_path, sandbox, name)


@pytest.mark.parametrize("name", ROWS)
def test_where_the_gateway_takes_the_key_in_the_query_alone(
    tmp_path: Path, make_sandbox: MakeSandbox, name: str
) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    ask_all(tmp_path, sandbox, name, "--client", ROWS[name].client)


def test_what_exec_is_for(tmp_path: Path, sandbox: SandboxServer) -> None:
    """The same program with --direct fails, for this gateway knows no dotted id."""
    told, err, _ = ask(tmp_path, sandbox, "google-genai 3", "--direct")
    assert told["generate"]["status"] == 404
    assert "--direct" in err
