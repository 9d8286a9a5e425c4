"""Launching gemini-cli: everything between `bytespike gemini …` and the client in our place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bytespike_cli.errors import BytespikeError, LaunchError
from bytespike_cli.launch import conflicts, gemini_args, gemini_env, overlay, process
from bytespike_cli.launch.environment import without_secrets
from bytespike_cli.launch.find import GeminiCli
from bytespike_cli.launch.named_model import named_model, variable_model
from bytespike_cli.launch.node import PRELOAD
from bytespike_cli.launch.run import Launch, Shim, new_token
from bytespike_cli.wire.models import Chooser

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment

VAR_PINNED = "BYTESPIKE_PINNED_SETTINGS"
VAR_NO_RELAUNCH = "GEMINI_CLI_NO_RELAUNCH"
HEAP_OPTION = "--max-old-space-size"

UNTRUSTED = (
    "gemini-cli does not trust this folder, and refuses to start in it where it cannot ask (-p). "
    "Add --skip-trust for this run, or set GEMINI_CLI_TRUST_WORKSPACE=true, or trust the folder "
    "once in `bytespike gemini chat`."
)

BOXED = (
    "In gemini-cli's own container (-s) 127.0.0.1 is the container itself, so it cannot reach the "
    "shim there."
)
LEFT = (
    "A gemini-cli that was killed left unreadable settings in {file}: take what you need from it, "
    "then remove it."
)


def manage(env: Environment, client: GeminiCli, arguments: Sequence[str]) -> Launch:
    """Return a launch for arguments that ask no model: nothing stands between."""
    command, extra = _start(env, client, ())
    return Launch((*command, *arguments), {**without_secrets(env), **extra})


def prepare(
    env: Environment,
    client: GeminiCli,
    arguments: Sequence[str],
    *,
    settings: Settings,
    credential: Credential,
) -> Launch:
    """Return a launch through the shim, its listening socket and its overlay already there.

    Raises LaunchError when something that outranks us stands in the way, ConfigurationError when
    the user's settings of gemini-cli are broken.
    """
    from bytespike_cli.shim.listener import address, listen

    given = gemini_args.read(arguments)
    layers = conflicts.Layers.of(env)
    conflicts.check_enforced(layers)
    preload, extra = _pin_project(client, layers)
    folder = env.paths.state / "launches"
    overlay.recover(folder, process.is_running)
    home = overlay.build_overlay(env.home, folder, client=os.getpid())
    listener = listen()
    token = new_token()
    command, faster = _start(env, client, preload)
    variable = variable_model(env, settings)
    named = named_model(given.model, variable, layers)
    shim = Shim(
        env=env,
        settings=settings,
        credential=credential,
        token=token,
        listener=listener,
        chosen_by=Chooser.CLIENT,
        typed_models=frozenset({named.model} if named else ()),
        typed_where=named.where if named else "",
        ends_turns=True,
        afterwards=home.carry_back,
    )
    environment = gemini_env.gemini_environment(
        without_secrets(env, credential.secret),
        base_url=address(listener),
        token=token,
        home=gemini_env.GeminiHome(
            home.root, conflicts.trusted_folders_file(env), {**faster, **extra}
        ),
        model=variable.model if variable else None,
    )
    return Launch((*command, *arguments), environment, shim, _notes(env, layers, given))


def _notes(
    env: Environment, layers: conflicts.Layers, given: gemini_args.GeminiArgs
) -> tuple[str, ...]:
    notes = []
    headless = given.prompts or env.flag("CI") or not env.stdin_is_terminal
    if headless and not given.skips_trust and not conflicts.folder_is_trusted(env, layers):
        notes.append(UNTRUSTED)
    if given.boxed and env.platform != "darwin":
        notes.append(BOXED)
    unreadable = layers.user.with_name(overlay.UNREADABLE)
    if unreadable.exists():
        notes.append(LEFT.format(file=unreadable))
    return tuple(notes)


def _pin_project(
    client: GeminiCli, layers: conflicts.Layers
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return what makes a project's own auth choice harmless: a preload, and its variable."""
    chosen = conflicts.project_auth(layers)
    if chosen is None:
        return (), {}
    if client.script is None:
        raise LaunchError(
            f"{layers.project} makes gemini-cli sign in with '{chosen}' "
            "(security.auth.selectedType), which outranks our choice.",
            fix=f"remove that line of {layers.project}, or start from another folder",
        )
    return ("pin_auth.cjs",), {VAR_PINNED: str(layers.project)}


def _start(
    env: Environment, client: GeminiCli, preload: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return how the client is started fastest, and the variables for it.

    gemini-cli starts itself twice to set its heap (half of the memory); run by node directly, it
    gets that size at once. What it needs the first process for later is in relaunch.cjs.
    """
    if client.script is None:
        return client.command, {}
    node = client.command[0]
    options: list[str] = []
    memory_mib = _memory_mib()
    if memory_mib and HEAP_OPTION not in env.variables.get("NODE_OPTIONS", ""):
        options.append(f"{HEAP_OPTION}={memory_mib // 2}")
    for script in ("relaunch.cjs", *preload):
        options += ["--require", str(PRELOAD / script)]
    return (node, *options, str(client.script)), {VAR_NO_RELAUNCH: "true"}


def _memory_mib() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)
    except (ValueError, OSError, AttributeError):
        return 0


def missing() -> BytespikeError:
    """Return the error for a gemini-cli that is not there."""
    from bytespike_cli.errors import ClientNotFoundError
    from bytespike_cli.launch.find import INSTALL

    return ClientNotFoundError(
        "gemini-cli is not installed: there is no `gemini` on PATH.",
        fix=f"{INSTALL}   (or use `bytespike gemini chat --builtin`, which needs nothing)",
    )
