import json

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli


def test_the_table(cli: Cli, sandbox: SandboxServer) -> None:
    cli.variables = {"BYTESPIKE_BASE_URL": sandbox.origin, "BYTESPIKE_API_KEY": GEMINI_KEY}
    run = cli("doctor", "contract")
    assert run.status == 0
    assert run.out.startswith("ROW  ABOUT")
    assert "C11  end of a stream" in run.out
    assert "a final [DONE]" in run.out
    assert "are settled" in run.err
    assert GEMINI_KEY not in run.out


def test_as_json(cli: Cli, sandbox: SandboxServer) -> None:
    cli.variables = {"BYTESPIKE_BASE_URL": sandbox.origin, "BYTESPIKE_API_KEY": GEMINI_KEY}
    document = json.loads(cli("doctor", "contract", "--json", "--no-billable").out)
    assert document["origin"] == sandbox.origin
    rows = {row["row"]: row for row in document["rows"]}
    assert rows["C3"]["holds"] == "A+B"
    assert "C11" not in rows


def test_a_key_that_is_refused(cli: Cli, sandbox: SandboxServer) -> None:
    cli.variables = {"BYTESPIKE_BASE_URL": sandbox.origin, "BYTESPIKE_API_KEY": "sk-byts-nobody"}
    run = cli("doctor", "contract")
    assert run.status == 4
    assert "fix:" in run.err
