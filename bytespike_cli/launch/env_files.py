"""Files of variables that a client puts before its own environment, and so before ours.

aider loads its `.env` files with `override=True` (aider/main.py, load_dotenv_files), aichat sets
whatever its own has (src/config/mod.rs, load_env_file). Most clients do the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bytespike_cli.context import Environment
from bytespike_cli.launch.client import Client

_LINE = re.compile(r"\s*(?:export\s+)?(\w+)\s*=\s*(\S.*)?$")
_REPOSITORY = "{repository}/"
_VARIABLE = re.compile(r"\$(\w+)")


def notes(env: Environment, client: Client) -> tuple[str, ...]:
    """Return a note, in words for the user, for each file that leads a client elsewhere."""
    ours = {*client.keys, *client.addresses}
    found = ((path, _set_in(path) & ours) for path in _paths(env, client))
    return tuple(
        f"{path} sets {' and '.join(sorted(names))}, which {client.title} puts before what it is "
        "given here: take that out, or it does not reach ByteSpike."
        for path, names in found
        if names
    )


def _paths(env: Environment, client: Client) -> Iterator[Path]:
    seen: set[Path] = set()
    for template in client.env_files:
        path = _path(env, template)
        if path is not None and path not in seen:
            seen.add(path)
            yield path


def _path(env: Environment, template: str) -> Path | None:
    """Return the file that a template of `Client.env_files` means; None where it means none."""
    if template.startswith("~/"):
        return env.home / template.removeprefix("~/")
    if template.startswith(_REPOSITORY):
        for folder in (env.cwd, *env.cwd.parents):
            if (folder / ".git").exists():
                return folder / template.removeprefix(_REPOSITORY)
        return None
    variable = _VARIABLE.match(template)
    if variable is None:
        return env.cwd / template
    value = env.variables.get(variable[1])
    return env.cwd / (value + template[variable.end() :]) if value else None


def _set_in(path: Path) -> set[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    found = (_LINE.match(line) for line in lines)
    return {line[1] for line in found if line is not None and line[2]}
