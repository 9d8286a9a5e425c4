"""Every check, and the choice of those to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from bytespike_cli.doctor.check import Family
from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from bytespike_cli.doctor.check import Check

MODULES: tuple[Family, ...] = (
    Family.INSTALL,
    Family.CONFIG,
    Family.ENVIRONMENT,
    Family.NETWORK,
    Family.KEY,
    Family.CATALOGUE,
    Family.REQUEST,
    Family.STREAM,
    Family.TASKS,
    Family.CLIENT,
)
"""The families that have checks: each is a module of `checks/` with `CHECKS`."""
OFFLINE = "--offline"
NO_BILLABLE = "--no-billable"


@dataclass(frozen=True, slots=True)
class Selection:
    """The checks to run: those that were asked for, and those that these need.

    `left_out` are ids with the flag that left them out.
    """

    checks: tuple[Check, ...]
    asked: frozenset[str]
    left_out: dict[str, str]


@cache
def all_checks() -> tuple[Check, ...]:
    """Return every check, family by family."""
    modules = (import_module(f"bytespike_cli.doctor.checks.{family}") for family in MODULES)
    return tuple(check for module in modules for check in module.CHECKS)


def select(
    words: Sequence[str], *, client: str = "", offline: bool = False, billable: bool = True
) -> Selection:
    """Return the checks that `words` name (families, ids, or beginnings of ids); none: all.

    Raises UsageError for a word that names no check.
    """
    checks = [c for c in all_checks() if not c.clients or client in c.clients]
    asked = _asked(words, checks)
    left_out = {}
    for check in checks:
        if offline and check.network:
            left_out[check.id] = OFFLINE
        elif not billable and check.billable:
            left_out[check.id] = NO_BILLABLE
    by_id = {check.id: check for check in checks}
    wanted: set[str] = set()
    open_ids = [id_ for id_ in asked if id_ not in left_out]
    while open_ids:
        id_ = open_ids.pop()
        if id_ not in wanted and id_ in by_id and id_ not in left_out:
            wanted.add(id_)
            open_ids += by_id[id_].needs
    return Selection(
        tuple(check for check in checks if check.id in wanted),
        frozenset(asked),
        {id_: flag for id_, flag in left_out.items() if id_ in asked},
    )


def _asked(words: Sequence[str], checks: Sequence[Check]) -> set[str]:
    if not words:
        return {check.id for check in checks}
    asked: set[str] = set()
    for word in words:
        named = {c.id for c in checks if word == c.family or c.id.startswith(word)}
        if not named:
            known = [*Family, *(check.id for check in checks)]
            close = get_close_matches(word, known, n=1)
            raise UsageError(
                f"There is no check '{word}'" + (f"; did you mean '{close[0]}'?" if close else "."),
                fix="bytespike doctor --list",
            )
        asked |= named
    return asked
