"""A check as data: what it is about, what it needs, and the probe that finds it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.doctor.finding import Finding

Probe = Callable[["Case"], "Iterable[Finding]"]

CHECK_TIMEOUT_S = 5.0
"""What a check may take, if it does not say otherwise (design section 8)."""


class Family(StrEnum):
    """Families, in the order in which they are shown: causes before what follows from them."""

    INSTALL = "install"
    CONFIG = "config"
    ENVIRONMENT = "environment"
    NETWORK = "network"
    KEY = "key"
    CATALOGUE = "catalogue"
    REQUEST = "request"
    STREAM = "stream"
    TASKS = "tasks"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. Its id is `family.name`.

    `needs`: ids of checks that must have found neither an error nor nothing. `clients`: run only
    with one of these as `--client` (empty: always). `timeout_s`: the longest that its probe may
    take; the global `--timeout` cuts it shorter.
    """

    id: str
    title: str
    probe: Probe
    needs: tuple[str, ...] = ()
    network: bool = False
    billable: bool = False
    clients: tuple[str, ...] = ()
    timeout_s: float = CHECK_TIMEOUT_S

    @property
    def family(self) -> Family:
        """The family that the id begins with."""
        return Family(self.id.partition(".")[0])
