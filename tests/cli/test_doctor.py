import json

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
