"""What `--fix` changed, kept so that `--undo` can change it back.

The record holds modes, values of settings and places of files: nothing that is secret.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import write_atomic
from bytespike_cli.doctor.repair import Change, Repair, change_of
from bytespike_cli.errors import ConfigurationError

if TYPE_CHECKING:
    from bytespike_cli.context import Environment
    from bytespike_cli.doctor.verdict import Diagnosis

RECORD = "doctor-undo.json"


def repairs_of(diagnosis: Diagnosis) -> list[Repair]:
    """Return the repairs of what was found, each once, in the order of the findings."""
    found = [finding.repair for finding in diagnosis.findings if finding.repair is not None]
    return [repair for n, repair in enumerate(found) if repair not in found[:n]]


def apply(env: Environment, repair: Repair) -> None:
    """Make the changes of a repair, and add what undoes them to the record.

    Raises ConfigurationError; what was changed before that is recorded all the same.
    """
    for change in repair.changes:
        undo = change.apply(env)
        steps = [*_read(env), {"done": change.document(), "undo": undo.document()}]
        write_atomic(record_path(env), json.dumps({"version": 1, "steps": steps}).encode())


def undo(env: Environment) -> tuple[list[str], list[str]]:
    """Undo everything in the record, the last change first, and empty it.

    Returns the lines of what was changed back, and those of what was left because somebody has
    changed it since. Raises ConfigurationError when nothing is recorded.
    """
    steps = _read(env)
    if not steps:
        raise ConfigurationError("There is nothing to undo: --fix has changed nothing.")
    undone: list[str] = []
    left: list[str] = []
    for step in reversed(steps):
        done, back = change_of(step["done"]), change_of(step["undo"])
        if done.is_done(env):
            undone += back.diff(env)
            back.apply(env)
        else:
            left += _names(done)
    record_path(env).unlink(missing_ok=True)
    return undone, left


def record_path(env: Environment) -> Path:
    """Return where the record is."""
    return env.paths.state / RECORD


def _names(change: Change) -> Sequence[str]:
    document = change.document()
    return [str(document.get("name") or document.get("path") or document.get("source"))]


def _read(env: Environment) -> list[dict[str, Any]]:
    try:
        steps = json.loads(record_path(env).read_bytes())["steps"]
        return [step for step in steps if {"done", "undo"} <= set(step)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigurationError(
            "The record of what --fix changed cannot be read.", fix=f"look at {record_path(env)}"
        ) from None
