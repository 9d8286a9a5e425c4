"""A client led to the shim that stays (`bytespike shim serve`), by variables alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bytespike_cli.errors import LaunchError
from bytespike_cli.launch.client import Client, Source, Target, client_variables
from bytespike_cli.launch.direct import way_out
from bytespike_cli.launch.environment import past_proxies
from bytespike_cli.launch.registry import GEMINI_CLI

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


def variables(
    env: Environment, client: Client, *, status: Mapping[str, Any], token: str, model: str | None
) -> dict[str, str]:
    """Return the variables that lead a client to a running shim; the real key is in none of them.

    `status` is what the shim says of itself. Raises LaunchError for a client that nothing leads
    anywhere.
    """
    check(client)
    models = tuple(dict.fromkeys((*([model] if model else ()), *status["models"])))
    target = Target(status["address"], token, models)
    return {**client_variables(client, env.variables, target), **past_proxies(env.variables)}


def check(client: Client) -> None:
    """Raise LaunchError for a client that nothing leads anywhere."""
    if client.address_from is Source.FIXED:
        raise LaunchError(f"{client.refused}.", fix=way_out(client))


def evaluated(client: Client) -> str:
    """Return what puts a client's variables into the user's shell."""
    return f'eval "$(bytespike env --client {client.name})"'


def notes(client: Client, *, address: str, token_file: str) -> tuple[str, ...]:
    """Return what a client needs beside its variables, in words for the user."""
    if client is GEMINI_CLI:
        return (
            "gemini-cli also wants its own choice of sign-in (security.auth.selectedType = "
            '"gemini-api-key" in its settings); `bytespike gemini` brings that along.',
        )
    if client.address_from is Source.CODE:
        return (
            f"{client.title} takes its address from code alone: see "
            f"`bytespike snippet {client.name}`, which reads it from these variables.",
        )
    if client.address_from is Source.SETTINGS:
        return (
            f"{client.title} takes what is not here from its own settings: the address {address}, "
            f"the key in {token_file}; see `bytespike snippet {client.name} --shim`.",
        )
    return ()
