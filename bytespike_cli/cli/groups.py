"""`bytespike groups`: the groups of the stored keys."""

from __future__ import annotations

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.keys import warn_if_overruled
from bytespike_cli.cli.options import Group, complete_groups, json_option
from bytespike_cli.constants import CONSOLE_KEYS_URL
from bytespike_cli.errors import ConfigurationError


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  bytespike groups list
  bytespike groups use gemini-default
  bytespike --group claude-default models""",
)
def groups() -> None:
    """List the groups of your keys and choose one.

    A group decides which models a key reaches; each key is bound to one.
    """


@groups.command("list")
@json_option
def list_() -> None:
    """List the groups that the stored keys are bound to; `*` marks the default key's."""
    from bytespike_cli.config.groups import keys_by_group
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    store = KeyStore(app.env)
    default = store.default
    documents = [
        {
            "name": name,
            "keys": [key.name for key in keys],
            "default": any(key.name == default for key in keys),
        }
        for name, keys in keys_by_group(store.keys()).items()
    ]
    if app.flags.json:
        app.render.data({"groups": documents})
    elif documents:
        app.render.table(
            ("", "GROUP", "KEYS"),
            [
                ("*" if d["default"] else "", str(d["name"]), ", ".join(map(str, keys)))
                for d in documents
                if isinstance(keys := d["keys"], list)
            ],
        )
    else:
        app.render.say("No stored key has a group: bytespike login --group NAME")


@groups.command()
@click.argument("name", metavar="NAME", shell_complete=complete_groups)
def use(name: str) -> None:
    """Make the key of group NAME the default."""
    from bytespike_cli.config.groups import keys_by_group
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    store = KeyStore(app.env)
    known = keys_by_group(store.keys())
    if name not in known:
        raise ConfigurationError(
            f"No stored key is of group '{name}'.",
            fix=f"make one in that group at {CONSOLE_KEYS_URL}, then: "
            f"bytespike login --group {name}",
            detail=f"groups of your keys: {', '.join(known)}" if known else "",
        )
    names = [key.name for key in known[name]]
    chosen = store.default if store.default in names else names[0]
    assert chosen is not None
    store.use(chosen)
    others = [other for other in names if other != chosen]
    app.render.say(
        f"The default is now '{chosen}', of group '{name}'."
        + (f" Others of the group: {', '.join(others)}." if others else "")
    )
    warn_if_overruled(app, chosen)
