"""The common flags, and the click classes that give them to every command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import click
from click.shell_completion import CompletionItem

from bytespike_cli.cli.app import App
from bytespike_cli.errors import UsageError


def _store(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def callback(ctx: click.Context, _param: click.Parameter, value: Any) -> Any:
        app = ctx.find_root().obj
        if isinstance(app, App) and value not in (None, False, 0):
            setattr(app.flags, name, value)
        return value

    return callback


def _complete(kind: str) -> Callable[..., list[CompletionItem]]:
    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        from bytespike_cli.cli.complete import names

        return names(kind, ctx, incomplete)

    return complete


complete_keys = _complete("keys")
complete_groups = _complete("groups")
complete_models = _complete("models")
complete_clients = _complete("clients")
complete_checks = _complete("checks")
complete_tasks = _complete("tasks")


CREDENTIAL = ("key", "group", "base_url")
"""What chooses a key and its gateway."""
SELECTING = (*CREDENTIAL, "model")
"""The common flags that not every command has a use for."""


def common_options(selects: Sequence[str] = SELECTING) -> list[click.Option]:
    """Return fresh instances of the flags that stand before or after a command.

    `selects`: those of `SELECTING` that it uses.
    """
    shared: dict[str, Any] = {"expose_value": False}
    options = [
        click.Option(
            ["--key"], metavar="NAME", help="Use this stored key.", callback=_store("key"),
            shell_complete=complete_keys, **shared,
        ),
        click.Option(
            ["--group"], metavar="NAME", help="Use the key of this group.",
            callback=_store("group"), shell_complete=complete_groups, **shared,
        ),
        click.Option(
            ["-m", "--model"], metavar="ID", help="Use this model.", callback=_store("model"),
            shell_complete=complete_models, **shared,
        ),
        click.Option(
            ["--base-url"], metavar="URL", help="Use this gateway (an origin).",
            callback=_store("base_url"), **shared,
        ),
        click.Option(
            ["--no-input"], is_flag=True, help="Never ask anything.",
            callback=_store("no_input"), **shared,
        ),
        click.Option(
            ["--color"], type=click.Choice(["auto", "always", "never"]),
            help="Colour: only on a terminal (auto).", callback=_store("color"), **shared,
        ),
        click.Option(
            ["-v", "--verbose"], count=True, help="Say more (on stderr).",
            callback=_store("verbose"), **shared,
        ),
    ]  # fmt: skip
    return [o for o in options if o.name in selects or o.name not in SELECTING]


COMMON_NAMES = frozenset({*SELECTING, "no_input", "color", "verbose"})


def refuse_unused(ctx: click.Context, selects: Sequence[str]) -> None:
    """Refuse a flag that was given before a command that has no use for it. Raises UsageError."""
    app = cast(App, ctx.find_root().obj)
    for name in SELECTING:
        if name not in selects and getattr(app.flags, name) is not None:
            flag = "--" + name.replace("_", "-")
            raise UsageError(
                f"`{ctx.command_path}` has no use for {flag}.", fix=f"leave out {flag}"
            )


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `--json` for a command that has data (one document, stable keys)."""
    return click.option(
        "--json", "json_", is_flag=True, expose_value=False, callback=_store("json"),
        help="Print data as JSON; what is on stderr is JSON, too.",
    )(function)  # fmt: skip


def client_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `--client NAME`, a client of the registry."""
    return click.option(
        "--client", metavar="NAME", shell_complete=complete_clients,
        help="What the program is, or is written with (see `bytespike snippet --help`).",
    )(function)  # fmt: skip


def _print_help(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        cast(App, ctx.find_root().obj).render.out(ctx.get_help())
        ctx.exit()


class Printing(click.Command):
    """A click command whose help is printed as everything is."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return click's own option, with the renderer to print with."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.callback = _print_help
        return option


class Command(Printing):
    """A click command that also takes the common flags, of `SELECTING` only what it `selects`."""

    def __init__(self, *args: Any, selects: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.selects = selects
        taken = {name for param in self.params for name in param.opts}
        self.params.extend(o for o in common_options(selects) if not taken & set(o.opts))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. Raises UsageError for a common flag that would do nothing."""
        if not isinstance(self, click.Group):
            refuse_unused(ctx, self.selects)
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the command's own options first, the common ones under their own heading."""
        own: list[tuple[str, str]] = []
        common: list[tuple[str, str]] = []
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                (common if param.name in COMMON_NAMES else own).append(record)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)
        if own:
            with formatter.section("Options"):
                formatter.write_dl(own)
        with formatter.section("Common options"):
            formatter.write_dl(common)


class Group(Command, click.Group):
    """A click group that takes the common flags itself, and so do its commands."""

    command_class = Command
    group_class = type
