"""Whose a launch is: a process that can be told from a later one with the same number."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from pathlib import Path

_PROC = Path("/proc")

Owner = Mapping[str, str | int]


def owner_of(pid: int) -> dict[str, str | int]:
    """Return what identifies a process of ours: its number, and what that number means where.

    A number alone is not enough: another container, another machine with the same home, or this one
    after a restart gives it to something else.
    """
    return {"pid": pid, "started": _started(pid), **_here()}


def has_ended(owner: Owner, is_running: Callable[[int], bool]) -> bool:
    """Return whether a process has surely ended; False also when that cannot be seen from here."""
    pid = owner.get("pid")
    if not isinstance(pid, int) or owner.get("host") != socket.gethostname():
        return False
    if owner.get("boot") != _here()["boot"]:
        return True  # this machine was started again since
    if owner.get("namespace") != _here()["namespace"]:
        return False
    return not is_running(pid) or owner.get("started") != _started(pid)


def _here() -> dict[str, str]:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = str((_PROC / "self/ns/pid").readlink())
    except OSError:
        boot = namespace = ""  # no Linux: the number and the host have to do
    return {"host": socket.gethostname(), "boot": boot, "namespace": namespace}


def _started(pid: int) -> str:
    """Return when a process was started, in the kernel's ticks; "" where nobody says."""
    try:
        # The second field is the program's name in parentheses, and may hold anything.
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
