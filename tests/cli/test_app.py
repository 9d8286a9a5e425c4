import click
import pytest

from bytespike_cli.cli.app import App, Flags, current_app
from bytespike_cli.config.settings import Level
from bytespike_cli.errors import UsageError

from .conftest import Cli


def test_settings_come_from_the_flags_first(cli: Cli) -> None:
    cli.variables["BYTESPIKE_MODEL"] = "from-variable"
    assert App(cli.env()).settings.model == "from-variable"
    app = App(cli.env(), Flags(model="from-flag", base_url="localhost:1"))
    assert (app.settings.model, app.settings.base_url) == ("from-flag", "http://localhost:1")
    assert app.settings.origin_of("model").level is Level.FLAG


def test_a_bad_flag_fails_when_settings_are_wanted(cli: Cli) -> None:
    app = App(cli.env(), Flags(base_url="ftp://x"))
    with pytest.raises(UsageError):
        _ = app.settings


@pytest.mark.parametrize(
    ("terminal", "no_input", "variable", "may_ask"),
    [
        (True, False, "", True),
        (True, True, "", False),
        (True, False, "1", False),
        (True, False, "0", True),
        (False, False, "", False),
    ],
)
def test_may_ask(cli: Cli, terminal: bool, no_input: bool, variable: str, may_ask: bool) -> None:
    cli.variables["BYTESPIKE_NO_INPUT"] = variable
    app = App(cli.env(terminal=terminal), Flags(no_input=no_input))
    assert app.may_ask is may_ask


def test_render_knows_the_flags(cli: Cli) -> None:
    render = App(cli.env(), Flags(json=True, color="always")).render
    assert render.json_output
    assert render.wants_color(render.env.stdout)


def test_the_app_of_the_running_command(cli: Cli) -> None:
    app = App(cli.env())
    parent = click.Context(click.Command("root"), obj=app)
    with click.Context(click.Command("sub"), parent=parent):
        assert current_app() is app
