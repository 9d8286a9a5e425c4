"""What every command is given: the Environment, the common flags, and one way to print."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from bytespike_cli.cli.render import Renderer
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment


@dataclass(slots=True)
class Flags:
    """The flags that every command takes, before or after its name. None: not given."""

    key: str | None = None
    group: str | None = None
    model: str | None = None
    base_url: str | None = None
    no_input: bool = False
    color: str | None = None
    verbose: int = 0
    json: bool = False


@dataclass
class App:
    """One run of the command line. `drop_in`: started as `bytespike-gemini`."""

    env: Environment
    flags: Flags = field(default_factory=Flags)
    drop_in: bool = False

    @cached_property
    def settings(self) -> Settings:
        """The settings, each with its origin (design section 4: precedence).

        Raises ConfigurationError for a broken file.
        """
        from bytespike_cli.config.precedence import resolve_settings

        flags = self.flags
        return resolve_settings(
            self.env, key=flags.key, group=flags.group, model=flags.model, base_url=flags.base_url
        )

    @cached_property
    def render(self) -> Renderer:
        """The only way by which a command prints."""
        from bytespike_cli.cli.render import Renderer

        return Renderer(self.env, color=self.flags.color, json_output=self.flags.json)

    @property
    def may_ask(self) -> bool:
        """True when a prompt is allowed: a terminal, and neither flag nor variable against it."""
        return not self.flags.no_input and not self.env.no_input


def current_app() -> App:
    """Return the App of the running click context."""
    return cast(App, click.get_current_context().find_root().obj)
