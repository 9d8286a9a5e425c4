"""Every client that is known, by its names and by its commands."""

from __future__ import annotations

from pathlib import PurePath

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
    google_genai_js,
    google_generativeai,
    langchain,
    litellm,
    llm_gemini,
    opencode,
    zed,
)

_KNOWN = (
    gemini_cli.CLIENT,
    google_genai.CLIENT,
    google_generativeai.CLIENT,
    google_genai_js.CLIENT,
    generative_ai_js.CLIENT,
    litellm.CLIENT,
    aider.CLIENT,
    langchain.CLIENT,
    ai_sdk.CLIENT,
    opencode.CLIENT,
    aichat.CLIENT,
    continue_dev.CLIENT,
    zed.CLIENT,
    curl.CLIENT,
    llm_gemini.CLIENT,
)
GEMINI_CLI = gemini_cli.CLIENT
GENERIC = generic.everything(_KNOWN)
CLIENTS: dict[str, Client] = {client.name: client for client in (*_KNOWN, GENERIC)}
"""Every client, by name."""

_BY_ANY_NAME = {name: c for c in CLIENTS.values() for name in (c.name, *c.aliases)}
_BY_COMMAND = {command: c for c in CLIENTS.values() for command in c.commands}


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


def recognise(program: str) -> Client:
    """Return the client that a program is, by the name of its file; `generic` for any other."""
    name = PurePath(program.replace("\\", "/")).name.lower()
    for suffix in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(suffix)
    return _BY_COMMAND.get(name, GENERIC)
