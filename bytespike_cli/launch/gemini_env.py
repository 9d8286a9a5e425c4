"""The environment of a launched gemini-cli: everything that could lead it elsewhere is set or off.

A variable that is off is set to the empty string, not left out: gemini-cli loads one `.env` file
of the project or the home, and that may supply whatever is not set (clients.md 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bytespike_cli.launch.environment import past_proxies

OFF = (
    "GOOGLE_API_KEY",  # outranks GEMINI_API_KEY in most SDKs
    "GOOGLE_GENAI_API_VERSION",
    "GOOGLE_GENAI_USE_VERTEXAI",
    "GOOGLE_GENAI_USE_GCA",
    "GEMINI_API_KEY_AUTH_MECHANISM",
    "GEMINI_DEFAULT_AUTH_TYPE",
    "CODE_ASSIST_ENDPOINT",
)
"""Variables that change the key, the API version, the auth form or the host."""

OFF_UNLESS_SET = (
    "GEMINI_CLI_CUSTOM_HEADERS",
    "GEMINI_CLI_SYSTEM_SETTINGS_PATH",
    "GEMINI_SANDBOX",
    "GEMINI_TELEMETRY_ENABLED",
    "GEMINI_TELEMETRY_OTLP_ENDPOINT",
)
"""The user's own choice in the real environment, nobody's when it would come from a file."""


@dataclass(frozen=True, slots=True)
class GeminiHome:
    """Where the client finds its files: the overlay, and the user's own list of trusted folders."""

    overlay: Path
    trusted_folders: Path
    extra: Mapping[str, str] = field(default_factory=dict)


def gemini_environment(
    variables: Mapping[str, str],
    *,
    base_url: str,
    token: str,
    home: GeminiHome,
    model: str | None,
) -> dict[str, str]:
    """Return the whole environment of a gemini-cli that talks to the shim at `base_url`.

    `variables` are the user's, without secrets (`environment.without_secrets`). `model` is what
    GEMINI_MODEL names (`named_model.variable_model`).
    """
    environment = dict(variables)
    environment.update(past_proxies(variables))
    environment.update(dict.fromkeys(OFF, ""))
    for name in OFF_UNLESS_SET:
        environment.setdefault(name, "")
    environment.update(
        GEMINI_MODEL=model or "",
        GEMINI_API_KEY=token,
        GOOGLE_GEMINI_BASE_URL=base_url,
        GOOGLE_VERTEX_BASE_URL=base_url,
        GEMINI_CLI_HOME=str(home.overlay),
        GEMINI_CLI_TRUSTED_FOLDERS_PATH=str(home.trusted_folders),
    )
    environment.update(home.extra)
    return environment
