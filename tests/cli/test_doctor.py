import json
import time

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli


def test_without_a_key_the_first_thing_to_do_is_to_get_one(cli: Cli) -> None:
    run = cli("doctor", "config")
    assert run.status == 1
    assert "ERROR config.no-key: No ByteSpike key is configured." in run.out
    assert "1 error, no warnings" in run.out
    assert run.out.rstrip().splitlines()[-2].startswith("  fix: make one at")
    assert run.err == ""


def test_a_healthy_configuration_is_status_0(cli: Cli) -> None:
    cli.variables["BYTESPIKE_API_KEY"] = "sk-byts-doctor-0001"
    run = cli("doctor", "--offline", "config")
    assert run.status == 0, run.out
    assert "Nothing is wrong." in run.out
    assert "sk-byts-doctor" not in run.out


def test_json_is_one_document_with_the_verdict(cli: Cli) -> None:
    run = cli("doctor", "config", "--json")
    document = json.loads(run.out)
    assert run.status == 1
    assert document["verdict"]["first"] == "config.no-key"
    assert {f["id"] for f in document["findings"]} >= {"config.settings", "config.no-key"}


def test_the_checks_can_be_listed(cli: Cli) -> None:
    assert "config.key" in cli("doctor", "--list").out
    rows = json.loads(cli("doctor", "--list", "--json").out)
    assert {"id", "title", "needs", "network", "billable", "clients"} == set(rows[0])


def test_wrong_input_is_a_usage_error(cli: Cli) -> None:
    assert cli("doctor", "nosuch").status == 2
    assert cli("doctor", "--client", "nosuch").status == 2
    assert cli("doctor", "--timeout", "0").status == 2


def aimed(cli: Cli, sandbox: SandboxServer, model: str = "") -> Cli:
    cli.variables |= {"BYTESPIKE_API_KEY": GEMINI_KEY, "BYTESPIKE_BASE_URL": sandbox.origin}
    cli.now = time.time()
    if model:
        cli.config.mkdir(parents=True, exist_ok=True)
        (cli.config / "config.toml").write_text(f'model = "{model}"\n')
    return cli


def test_a_healthy_gateway_costs_one_request(cli: Cli, sandbox: SandboxServer) -> None:
    run = aimed(cli, sandbox)("doctor", "network", "key", "request", "stream", "tasks")
    assert run.status == 0, run.out
    assert sum(record.billed > 0 for record in sandbox.state.journal) == 1
    assert all(len(line) <= 80 for line in run.out.splitlines())


def test_without_paying_nothing_is_billed_and_it_is_said(cli: Cli, sandbox: SandboxServer) -> None:
    run = aimed(cli, sandbox)("doctor", "network", "key", "request", "stream", "--no-billable")
    assert run.status == 0, run.out
    assert not any(record.billed for record in sandbox.state.journal)
    assert "Left out by --no-billable: request.generate" in run.out


def test_a_report_is_markdown(cli: Cli, sandbox: SandboxServer) -> None:
    run = aimed(cli, sandbox)("doctor", "catalogue", "--report")
    assert run.out.startswith("# bytespike doctor\n")
    assert cli("doctor", "--report", "--json").status == 2


def config_of(cli: Cli) -> str:
    return (cli.config / "config.toml").read_text()


def test_fix_asks_shows_what_it_changes_and_can_be_undone(cli: Cli, sandbox: SandboxServer) -> None:
    aimed(cli, sandbox, "gemini-3.1-pro")
    kept = cli("doctor", "catalogue", "--fix", stdin="n\n", terminal=True)
    assert "- model = 'gemini-3.1-pro'" in kept.err
    assert "gemini-3.1-pro" in config_of(cli)
    fixed = cli("doctor", "catalogue", "--fix", stdin="y\n", terminal=True)
    assert "Changed: 1. To undo it: bytespike doctor --undo" in fixed.err
    assert "gemini-3-1-pro" in config_of(cli)
    assert "Nothing here can be repaired" in cli("doctor", "catalogue", "--fix", "--yes").err
    assert cli("doctor", "--undo").status == 0
    assert "gemini-3.1-pro" in config_of(cli)
    assert cli("doctor", "--undo").status == 3


def test_what_was_changed_since_is_not_undone(cli: Cli, sandbox: SandboxServer) -> None:
    aimed(cli, sandbox, "gemini-3.1-pro")
    cli("doctor", "catalogue", "--fix", "--yes")
    cli("config", "set", "model", "gemini-3-flash")
    assert "model was changed since" in cli("doctor", "--undo").err
    assert "gemini-3-flash" in config_of(cli)


def test_fix_without_anybody_to_ask_needs_yes(cli: Cli) -> None:
    assert cli("doctor", "--fix").status == 2
    assert cli("doctor", "--yes").status == 2
