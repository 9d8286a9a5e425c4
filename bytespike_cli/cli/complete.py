"""Names for shell completion: stored keys, groups, known models and clients, from files alone.

Runs at every press of Tab: no network, no heavy import, and never an error on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from bytespike_cli.errors import BytespikeError

if TYPE_CHECKING:
    import click

    from bytespike_cli.context import Environment


RECENT_TASKS = 30


def names(kind: str, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Return the names of a kind (one of `_FINDERS`) that begin as typed."""
    from bytespike_cli.context import Environment

    app = ctx.find_root().obj
    env = app.env if app is not None else Environment.from_process()
    try:
        found = _FINDERS[kind](env)
    except (BytespikeError, OSError):
        return []
    return [
        CompletionItem(name, help=note)
        for name, note in sorted(found.items())
        if name.startswith(incomplete)
    ]


def _keys(env: Environment) -> dict[str, str]:
    from bytespike_cli.config.keystore import KeyStore

    return {key.name: key.group or "" for key in KeyStore(env).keys()}  # noqa: SIM118


def _groups(env: Environment) -> dict[str, str]:
    from bytespike_cli.config.keystore import KeyStore

    keys = KeyStore(env).keys()
    return {key.group: f"key {key.name}" for key in keys if key.group}


def _models(env: Environment) -> dict[str, str]:
    from bytespike_cli.config.catalogue import cached_models

    return dict.fromkeys(cached_models(env), "")


def _clients(_env: Environment) -> dict[str, str]:
    from bytespike_cli.launch.registry import CLIENTS

    return {client.name: client.title for client in CLIENTS.values()}


def _checks(_env: Environment) -> dict[str, str]:
    from bytespike_cli.doctor.check import Family  # the checks themselves import what is heavy

    return dict.fromkeys(Family, "")


def _tasks(env: Environment) -> dict[str, str]:
    from bytespike_cli.journal.store import Journal

    with Journal(env) as journal:
        records = journal.latest(RECENT_TASKS) if journal.path.exists() else []
    return {record.short_id: f"{record.state}: {record.prompt[:40]}" for record in records}


_FINDERS = {
    "keys": _keys,
    "groups": _groups,
    "models": _models,
    "clients": _clients,
    "checks": _checks,
    "tasks": _tasks,
}
