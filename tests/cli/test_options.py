import click
import pytest

from bytespike_cli.cli.app import App, Flags
from bytespike_cli.cli.options import (
    COMMON_NAMES,
    SELECTING,
    Command,
    Group,
    common_options,
    json_option,
)
from bytespike_cli.errors import UsageError

from .conftest import Cli

ALL = [
    "--key", "work", "--group", "g", "-m", "gemini-3-flash", "--base-url", "localhost:1",
    "--no-input", "--color", "never", "-vv",
]  # fmt: skip
GIVEN = Flags("work", "g", "gemini-3-flash", "localhost:1", True, "never", 2)


@pytest.fixture
def root() -> click.Group:
    root = Group("root", params=[*common_options()])

    @root.command(selects=SELECTING)
    @json_option
    def act() -> None:
        """Act."""

    @root.command(selects=("group",))
    def look() -> None:
        """Look."""

    return root


def flags_after(cli: Cli, root: click.Group, *args: str) -> Flags:
    app = App(cli.env())
    root.main(args=list(args), standalone_mode=False, obj=app)
    return app.flags


def test_common_flags_before_or_after_the_command(cli: Cli, root: click.Group) -> None:
    assert flags_after(cli, root, *ALL, "act") == GIVEN
    assert flags_after(cli, root, "act", *ALL) == GIVEN
    assert flags_after(cli, root, "act") == Flags()


def test_the_one_nearer_to_the_command_wins(cli: Cli, root: click.Group) -> None:
    assert flags_after(cli, root, "--key", "a", "act", "--key", "b").key == "b"
    assert flags_after(cli, root, "--key", "a", "-v", "act").key == "a"


def test_a_flag_that_would_do_nothing_is_refused(cli: Cli, root: click.Group) -> None:
    assert flags_after(cli, root, "look", "--group", "g", "-v").group == "g"
    assert flags_after(cli, root, "--group", "g", "look").group == "g"
    with pytest.raises(click.NoSuchOption):
        flags_after(cli, root, "look", "--base-url", "localhost")
    with pytest.raises(UsageError, match="no use for --base-url") as caught:
        flags_after(cli, root, "--base-url", "localhost", "look")
    assert caught.value.fix == "leave out --base-url"


@pytest.mark.parametrize(
    "args",
    [
        ["keys", "list"], ["sandbox", "serve", "--list-faults"], ["completions", "show", "bash"],
        ["config", "path"], ["config", "set", "key", "work"], ["groups", "list"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("flag", ["--key", "--base-url"])
def test_commands_without_a_use_for_a_flag(cli: Cli, args: list[str], flag: str) -> None:
    for line in ([flag, "work", *args], [*args, flag, "work"]):
        assert cli(*line).status == 2
    assert cli("--no-input", *args, "-v").status == 0


def test_the_model_is_not_for_the_list_of_models(cli: Cli) -> None:
    for line in (["-m", "x", "models"], ["-m", "x", "models", "list"], ["models", "-m", "x"]):
        result = cli(*line)
        assert result.status == 2


def test_json_is_for_commands_that_offer_it(cli: Cli, root: click.Group) -> None:
    assert flags_after(cli, root, "act", "--json").json
    with pytest.raises(click.NoSuchOption):
        flags_after(cli, root, "--json", "act")


def test_a_command_may_have_an_option_of_a_common_name(cli: Cli) -> None:
    command = Command("own", params=[click.Option(["--key"], type=int)], selects=SELECTING)
    names = [name for param in command.params for name in param.opts]
    assert names.count("--key") == 1
    assert "--group" in names


def test_the_names_of_the_common_options() -> None:
    assert {option.name for option in common_options()} == COMMON_NAMES


def test_help_lists_a_command_s_own_options_first(root: click.Group) -> None:
    command = Command(
        "act",
        params=[click.Argument(["thing"]), click.Option(["--mine"], help="It is mine.")],
        selects=SELECTING,
    )
    text = command.get_help(click.Context(command))
    own, common = text.split("Common options:")
    assert "--mine" in own
    assert "--base-url" in common
    assert "THING" not in own.split("Options:")[1]


def test_a_colour_is_one_of_three(cli: Cli, root: click.Group) -> None:
    with pytest.raises(click.BadParameter):
        flags_after(cli, root, "act", "--color", "green")
