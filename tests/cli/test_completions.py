"""`bytespike completions`."""

import pytest

from bytespike_cli.cli.shells import script
from tests.cli.conftest import Cli


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_show_prints_the_script(cli: Cli, shell: str) -> None:
    assert cli("completions", "show", shell).out == script(shell)


def test_install_says_what_it_wrote(cli: Cli) -> None:
    result = cli("completions", "install", "fish")
    assert result.status == 0
    assert "fish/completions/bytespike.fish" in result.err
    assert "cleaned" in cli("completions", "uninstall", "fish").err
    assert "nothing to remove" in cli("completions", "uninstall", "fish").err


def test_a_shell_that_is_not_known(cli: Cli) -> None:
    assert cli("completions", "show", "tcsh").status == 2
    cli.variables["SHELL"] = "/bin/tcsh"
    assert cli("completions", "install").status == 2


def test_a_place_that_cannot_be_written(cli: Cli) -> None:
    cli.env()
    (cli.root / "home" / ".config").write_text("a file in the way")
    result = cli("completions", "install", "fish")
    assert result.status == 3
    assert "completions show fish" in result.err
