"""`bytespike completions`: install, show and remove shell completion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.options import Group
from bytespike_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bytespike_cli.cli.shells import Shell
    from bytespike_cli.context import Environment

shell_argument = click.argument(
    "shell", required=False, type=click.Choice(["bash", "zsh", "fish"]), metavar="[bash|zsh|fish]"
)


@click.group(cls=Group)
def completions() -> None:
    """Complete commands, options and the names of your keys, groups and models with Tab.

    Without a shell's name, your own is taken from $SHELL.
    """


@completions.command()
@shell_argument
def install(shell: str | None) -> None:
    """Install completion for your shell."""
    from bytespike_cli.cli import shells

    app = current_app()
    found = shells.find_shell(app.env, shell)
    for path in _write(shells.install, app.env, found):
        app.render.say(f"wrote {path}")
    app.render.say(f"Open a new {found.name} to use it.")


@completions.command()
@shell_argument
def show(shell: str | None) -> None:
    """Print the completion script of a shell."""
    from bytespike_cli.cli import shells

    app = current_app()
    app.render.out(shells.script(shells.find_shell(app.env, shell).name).rstrip("\n"))


@completions.command()
@shell_argument
def uninstall(shell: str | None) -> None:
    """Remove what `install` wrote."""
    from bytespike_cli.cli import shells

    app = current_app()
    changed = _write(shells.uninstall, app.env, shells.find_shell(app.env, shell))
    for path in changed:
        app.render.say(f"cleaned {path}")
    if not changed:
        app.render.say("There was nothing to remove.")


def _write(
    act: Callable[[Environment, Shell], list[Path]], env: Environment, shell: Shell
) -> list[Path]:
    try:
        return act(env, shell)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot write {error.filename}: {error.strerror}.",
            fix=f"bytespike completions show {shell.name}   (and put it where your shell looks)",
        ) from None
