"""Real SDKs through `bytespike exec`, their programs unmodified: everything they ask works."""

from pathlib import Path

import pytest

from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.sdks import BYTESPIKE, SDKS, Sdk, environment, run, told
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

HI = "Hi! This is gemini-3-1-pro in the ByteSpike sandbox."


def ask_all(root: Path, sandbox: SandboxServer, sdk: Sdk, *options: str) -> None:
    command = sdk.command(root, sdk.program)
    variables = environment(root, sandbox.origin, **dict(sdk.variables))
    answers = told(run([str(BYTESPIKE), "exec", *options, "--", *command], variables))
    assert answers["generate"] == HI
    assert answers["stream"] == HI
    assert answers["chunks"] > 1
    assert "404" in answers["missing"]
    assert "There is no model 'gemini-9-ultra'" in answers["missing"]
    assert answers["calls"] == [[2, 3]]
    assert answers["tools"] == "add says: 5"
    calls = [r for r in sandbox.state.journal if r.path.startswith("/v1beta/models/") and r.billed]
    assert [r.model for r in calls] == ["gemini-3-1-pro"] * 4


@pytest.mark.parametrize("name", SDKS)
def test_in_the_default_dialect(tmp_path: Path, sandbox: SandboxServer, name: str) -> None:
    """`[DONE]` at the end of streams, dashed slugs only; recognised by nothing: `generic`."""
    ask_all(tmp_path, sandbox, SDKS[name])


@pytest.mark.parametrize("name", SDKS)
def test_where_the_gateway_takes_the_key_in_the_query_alone(
    tmp_path: Path, make_sandbox: MakeSandbox, name: str
) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    ask_all(tmp_path, sandbox, SDKS[name], "--client", SDKS[name].client)


def test_what_exec_is_for(tmp_path: Path, sandbox: SandboxServer) -> None:
    """The same program with --direct fails, for this gateway knows no dotted id."""
    sdk = SDKS["google-genai 3"]
    command = sdk.command(tmp_path, sdk.program)
    variables = environment(tmp_path, sandbox.origin)
    done = run([str(BYTESPIKE), "exec", "--direct", "--", *command], variables)
    assert done.returncode == 1
    assert "404" in done.stderr
    assert "--direct" in done.stderr
