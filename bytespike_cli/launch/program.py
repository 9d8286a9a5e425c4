"""`bytespike exec`: any program, through a shim of its own or directly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.errors import ClientNotFoundError, LaunchError, NotExecutableError
from bytespike_cli.launch import direct, env_files, gemini, node
from bytespike_cli.launch.client import Client, Target, client_variables
from bytespike_cli.launch.environment import past_proxies, private, without_secrets
from bytespike_cli.launch.find import GeminiCli, describe, find_gemini
from bytespike_cli.launch.registry import GEMINI_CLI, GENERIC, recognise
from bytespike_cli.launch.run import Launch, Shim, new_token
from bytespike_cli.launch.runners import started
from bytespike_cli.wire.models import Chooser

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment


def through_shim(
    env: Environment,
    client: Client,
    command: Sequence[str],
    *,
    settings: Settings,
    credential: Credential,
) -> Launch:
    """Return a launch of `command` with a shim beside it, its listening socket already there.

    The real key is in no variable of it. Raises LaunchError for a client that cannot be led to a
    shim, and its kin for a program that is not there.
    """
    if client is GEMINI_CLI:
        found, arguments = _gemini(env, command)
        return gemini.prepare(env, found, arguments, settings=settings, credential=credential)
    if client.refused:
        raise LaunchError(f"{client.refused}.", fix=direct.way_out(client))
    program = find_program(env, command[0])
    from bytespike_cli.shim.listener import address, listen

    listener = listen()
    token = new_token()
    target = Target(address(listener), token, direct.known_models(env, settings, credential))
    variables = without_secrets(env, credential.secret)
    environment = {**variables, **client_variables(client, variables, target)}
    environment.update(past_proxies(variables))
    environment.update(node.leading(variables, target.origin))
    shim = Shim(
        env=env,
        settings=settings,
        credential=credential,
        token=token,
        listener=listener,
        chosen_by=Chooser.USER,
    )
    notes = (
        *_left_out(env, credential.secret, environment),
        *(() if client.on_node else direct.own_address(client)),
        *env_files.notes(env, client),
        *_without_models(client, target),
    )
    return Launch((program, *command[1:]), environment, shim, notes)


def directly(
    env: Environment,
    client: Client,
    command: Sequence[str],
    *,
    settings: Settings,
    credential: Credential,
) -> Launch:
    """Return a launch of `command` with the real gateway and key, and nothing of ours beside it.

    Raises LaunchError for a client that cannot work so, and its kin for a program that is
    not there.
    """
    ours = direct.variables(env, client, settings=settings, credential=credential)
    program = find_program(env, command[0])
    notes = (
        direct.given_up(client),
        *direct.own_address(client),
        *env_files.notes(env, client),
    )
    return Launch((program, *command[1:]), {**env.variables, **ours}, None, notes)


def find_program(env: Environment, name: str) -> str:
    """Return the path of a program, as a shell would find it.

    Raises ClientNotFoundError and NotExecutableError.
    """
    if os.sep not in name:
        found = shutil.which(name, path=env.variables.get("PATH", os.defpath))
        if found is None:
            raise ClientNotFoundError(
                f"There is no program '{name}' on PATH.", fix="install it, or give its path"
            )
        return found
    path = env.cwd / name
    if not path.exists():
        raise ClientNotFoundError(f"{name} does not exist.")
    if path.is_dir() or not os.access(path, os.X_OK):
        raise NotExecutableError(f"{name} cannot be executed.", fix=f"check: ls -l {name}")
    return name


def _gemini(env: Environment, command: Sequence[str]) -> tuple[GeminiCli, Sequence[str]]:
    """Return gemini-cli as it was named, and its own arguments.

    By its name, by a path, or with all that starts it (`npx -y @google/gemini-cli`).
    """
    name = command[0]
    if name == "gemini":
        found = find_gemini(env)
        if found is None:
            raise gemini.missing()
        return found, command[1:]
    path = find_program(env, name)
    if recognise(command) is not GEMINI_CLI:
        return GeminiCli((path,), None), command[1:]
    position = started(command)
    if position == 0:
        return describe(env, env.cwd / path), command[1:]
    return GeminiCli((path, *command[1 : position + 1]), None), command[position + 1 :]


def _without_models(client: Client, target: Target) -> tuple[str, ...]:
    """Return a note for a client that has to be told its models, where none are known yet."""
    if client.configure is None or client is GENERIC or target.models:
        return ()
    return (
        f"{client.title} has to be told its models, and those of this key are not known yet: "
        "run `bytespike models list` once, then start it again.",
    )


def _left_out(env: Environment, secret: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note on variables of the user's that the program will miss."""
    held = (name for name in private(env, secret) if name != VAR_API_KEY)
    names = [name for name in held if name not in environment]
    return (f"{', '.join(names)}: not passed on, for a real key is in it.",) if names else ()
