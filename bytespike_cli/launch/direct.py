"""A client with the real gateway and key, and nothing of ours in between (`--direct`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.errors import LaunchError
from bytespike_cli.launch.client import NEEDS, Client, Source, Target, client_variables

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment


def variables(
    env: Environment, client: Client, *, settings: Settings, credential: Credential
) -> dict[str, str]:
    """Return the variables that lead a client to the real gateway, the real key among them.

    Raises LaunchError for a client that cannot work so.
    """
    if client.refused_directly:
        raise LaunchError(f"{client.refused_directly}.", fix=way_out(client))
    models = known_models(env, settings, credential)
    return client_variables(
        client, env.variables, Target(credential.origin, credential.secret, models)
    )


def given_up(client: Client) -> str:
    """Return what `--direct` gives up for a client, in words for the user."""
    form = f"the key in the form that the gateway takes (this client's is {client.sends_key})"
    lost = "".join(f"\n  - {words}" for words in (form, *(NEEDS[name] for name in client.needs)))
    return (
        f"--direct, for {client.title}: your real key is in its environment, and nothing stands "
        f"between it and the gateway. What the shim would do, and nobody does:{lost}"
    )


def known_models(env: Environment, settings: Settings, credential: Credential) -> tuple[str, ...]:
    """Return the slugs that are known without asking: the configured one, then the cached."""
    cached = catalogue.load(env, credential)
    configured = (settings.model,) if settings.model else ()
    return tuple(dict.fromkeys((*configured, *(cached.models if cached else ()))))


def own_address(client: Client) -> tuple[str, ...]:
    """Return a note for a client that no variable leads anywhere; empty for the others."""
    if client.address_from is Source.CODE:
        return (
            f"{client.title} takes its address from code alone, and asks Google where that names "
            f"none: see `bytespike snippet {client.name}`.",
        )
    if client.address_from is Source.SETTINGS:
        return (
            f"{client.title} takes its address from its settings, and asks Google where they name "
            f"none: see `bytespike snippet {client.name}`.",
        )
    return ()


def way_out(client: Client) -> str:
    """Return the fix for a client that was refused."""
    if not client.refused_directly:
        stays = f"bytespike shim serve --daemon; bytespike env --client {client.name}"
        return (
            f"start a shim that stays: {stays}; or add --direct, and see: "
            f"bytespike snippet {client.name}"
        )
    if not client.refused:
        return "leave out --direct"
    return f"see: bytespike snippet {client.name}"
