"""Every client that is known, by its names and by its commands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bytespike_cli.errors import UsageError
from bytespike_cli.launch.client import Client
from bytespike_cli.launch.clients import (
    ai_sdk,
    aichat,
    aider,
    continue_dev,
    curl,
    gemini_cli,
    generative_ai_js,
    generic,
    google_genai,
    google_genai_go,
    google_genai_java,
    google_genai_js,
    google_generativeai,
    langchain,
    litellm,
    llm_gemini,
    opencode,
    promptfoo,
    zed,
)
from bytespike_cli.launch.runners import named, started

_KNOWN = (
    gemini_cli.CLIENT,
    google_genai.CLIENT,
    google_generativeai.CLIENT,
    google_genai_js.CLIENT,
    google_genai_go.CLIENT,
    google_genai_java.CLIENT,
    generative_ai_js.CLIENT,
    litellm.CLIENT,
    aider.CLIENT,
    langchain.CLIENT,
    ai_sdk.CLIENT,
    opencode.CLIENT,
    aichat.CLIENT,
    continue_dev.CLIENT,
    zed.CLIENT,
    promptfoo.CLIENT,
    curl.CLIENT,
    llm_gemini.CLIENT,
)
GEMINI_CLI = gemini_cli.CLIENT
GENERIC = generic.everything(_KNOWN)
CLIENTS: dict[str, Client] = {client.name: client for client in (*_KNOWN, GENERIC)}
"""Every client, by name."""

_BY_ANY_NAME = {name: c for c in CLIENTS.values() for name in (c.name, *c.aliases)}
_BY_COMMAND = {command: c for c in CLIENTS.values() for command in c.commands}
_BY_PACKAGE = {package: c for c in CLIENTS.values() for package in c.packages}
_VERSION = re.compile(r"(?<=.)[@=<>~!\[].*")
"""What may stand behind a package's name: `@latest`, `==1.2`, `[extra]`."""


def find(name: str) -> Client:
    """Return a client by its name or an alias. Raises UsageError with what is close."""
    found = _BY_ANY_NAME.get(name.lower())
    if found is not None:
        return found
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), _BY_ANY_NAME, n=1)
    known = ", ".join(CLIENTS)
    raise UsageError(
        f"There is no client '{name}'.",
        fix=f"did you mean {close[0]}? All: {known}" if close else f"give one of: {known}",
    )


def recognise(command: Sequence[str]) -> Client:
    """Return the client that a command starts, be it by `npx` or `uv run`; `generic` for any other.

    It is known by the name of its file, by its package, or by the package that its script is of.
    """
    program = "".join(command[started(command) :][:1])
    package = _VERSION.sub("", program)
    found = _BY_PACKAGE.get(package) or _BY_COMMAND.get(named(program))
    if found is None and started(command):
        found = _BY_COMMAND.get(named(package))
    path = program.replace("\\", "/")
    inside = (c for name, c in _BY_PACKAGE.items() if f"/node_modules/{name}/" in f"/{path}")
    return found or next(inside, GENERIC)
