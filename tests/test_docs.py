"""The README's tables against the code."""

import re
from pathlib import Path

import pytest

from bytespike_cli.cli.main import COMMANDS
from bytespike_cli.constants import OUR_VARIABLES
from bytespike_cli.status import ExitStatus
from tests.clients.matrix_rows import ROWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"^\| `bytespike {name}\b", README, re.MULTILINE)


def test_every_exit_status_is_in_the_readme() -> None:
    table = README.split("## Exit status")[1].split("A client")[0]
    rows = re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE)
    documented = {int(number) for row in rows for number in row.split(",")}
    assert documented == {int(status) for status in ExitStatus}


def test_every_variable_that_is_read_is_known() -> None:
    source = "".join(p.read_text() for p in (ROOT / "bytespike_cli").rglob("*.py"))
    read = set(re.findall(r"BYTESPIKE_[A-Z_]+", source))
    internal = {"BYTESPIKE_COMPLETE", "BYTESPIKE_LED_TO", "BYTESPIKE_PINNED_SETTINGS"}
    assert {name for name in read if not name.endswith("_")} == set(OUR_VARIABLES) | internal


def test_commands_in_the_readme_exist() -> None:
    for command in re.findall(r"^\$ bytespike (\w+)", README, re.MULTILINE):
        assert command in COMMANDS


CLIENTS_PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["gemini-cli", *ROWS])
def test_every_client_of_the_matrix_is_in_the_table_of_runs(name: str) -> None:
    """Each case twice, without us and with us, and where it asks with the page's variables."""
    cases = 9 if name == "gemini-cli" else 8
    assert _runs(CLIENTS_PAGE.split(f"\n## {name}\n")[1]) == ["without", "with"] * cases
    to_google = CLIENTS_PAGE.split("\n## With the variables of ByteSpike's page\n")[1]
    assert _runs(to_google.split(f"| {name} |")[1])[0] == "with"


def _runs(part: str) -> list[str]:
    """Return what each row of a part's first table is: a run without us, or with us."""
    rows = part.split("\n## ")[0].splitlines()
    return [row.split(" | ")[1] for row in rows if re.search(r"\| with(out)? \|", row)]
