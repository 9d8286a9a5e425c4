"""What the tests of `video`, `image` and `tasks` share."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from bytespike_cli.sandbox.server import SandboxServer
from tests.cli.conftest import Cli

STUDIO = "sk-byts-sandbox-studio-0001"
GEMINI = "sk-byts-sandbox-gemini-0001"


def at(cli: Cli, sandbox: SandboxServer, key: str = STUDIO) -> Cli:
    """Point a command line at a sandbox, in a working folder that is there."""
    cli.variables |= {"BYTESPIKE_API_KEY": key, "BYTESPIKE_BASE_URL": sandbox.origin}
    cli.cwd.mkdir(parents=True, exist_ok=True)
    return cli


def seconds_of(path: Path) -> float:
    """Return how long a video plays, by a real decoder that reads every frame of it."""
    import av

    with av.open(io.BytesIO(path.read_bytes()), mode="r") as container:
        frames = list(container.decode(video=0))
        assert frames, "there is no picture"
        assert container.duration is not None
        return float(container.duration) / 1_000_000


def asked(sandbox: SandboxServer) -> list[Any]:
    """Return the paths that the sandbox was asked for, without those that are free reads."""
    return [r.path for r in sandbox.state.journal if not r.path.startswith(("/v1/models", "/api/"))]
