"""Starting a client in our place, with a companion process beside it.

POSIX: the companion (the shim) is forked off into a session of its own, and the client is exec'd
into this very process, so that exit status, signals, job control and the terminal are exactly the
client's.
Elsewhere: the client is spawned and waited for, the companion runs in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from bytespike_cli.errors import ClientNotFoundError, LaunchError, NotExecutableError

_POLL_S = 0.2


def can_exec(platform: str) -> bool:
    """Return whether the client may take our place.

    Not on Windows, which has no exec; and not as process 1 of a container, with whose end the
    system kills every other process, the companion in the middle of its work included.
    """
    return platform != "win32" and os.getpid() != 1


def exec_beside(
    command: Sequence[str],
    environment: Mapping[str, str],
    companion: Callable[[ClientEnd], None],
    listener: socket.socket,
) -> NoReturn:
    """Fork the companion off and become the client. Returns never.

    `listener` is the one descriptor that the companion keeps. Raises LaunchError and its kin when
    the client cannot be started; the companion then ends by itself, as for any client that ended.
    """
    client = os.getpid()
    middle = os.fork()
    if middle == 0:
        _become_companion(client, companion, listener)
    os.waitpid(middle, 0)
    become(command, environment)


def become(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Exec a command in our place. Raises LaunchError, NotExecutableError, ClientNotFoundError."""
    # Python ignores these; an exec'd program would inherit that and never end on a broken pipe.
    ignored = [getattr(signal, name) for name in ("SIGPIPE", "SIGXFSZ")]
    before = [signal.signal(number, signal.SIG_DFL) for number in ignored]
    try:
        os.execve(command[0], list(command), dict(environment))  # noqa: S606 - the user's own client
    except OSError as error:
        for number, handler in zip(ignored, before, strict=True):
            signal.signal(number, handler)  # we go on, and a reader that leaves must not end us
        raise _not_started(command[0], error) from None


def _become_companion(
    client: int, companion: Callable[[ClientEnd], None], listener: socket.socket
) -> NoReturn:
    """Run the companion as a grandchild: no child that the client did not make is left to it."""
    try:
        os.setsid()
        if os.fork() != 0:
            os._exit(0)
        os.chdir("/")
        # An open descriptor of ours would keep a pipe of the user's open after the client's end.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        _close_others(listener.fileno())
        for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(ignored, signal.SIG_IGN)
        companion(ClientEnd(client))
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's code
        os._exit(1)
    os._exit(0)


def _close_others(kept: int) -> None:
    """Close every descriptor but the standard ones and `kept`."""
    try:
        opened = [int(entry.name) for entry in Path("/dev/fd").iterdir()]
    except OSError:
        opened = list(range(4096))
    for descriptor in opened:
        if descriptor > 2 and descriptor != kept:
            with contextlib.suppress(OSError):
                os.close(descriptor)


class ClientEnd:
    """Tells, inside an event loop, when a process that is not our child has ended."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    async def wait(self) -> None:
        """Return once the process has ended."""
        with contextlib.suppress(OSError, KeyError):
            await _readable(_end_descriptor(self._pid))
            return
        while is_running(self._pid):  # noqa: ASYNC110 - nothing else tells on such a system
            await asyncio.sleep(_POLL_S)


def _end_descriptor(pid: int) -> int:
    """Return a descriptor that becomes readable when the process ends (Linux, macOS, BSD)."""
    if hasattr(os, "pidfd_open"):
        return os.pidfd_open(pid)
    names: dict[str, Any] = vars(select)  # not of every system, nor of every type checker's
    kqueue = names["kqueue"]()
    event = names["kevent"](
        pid,
        filter=names["KQ_FILTER_PROC"],
        flags=names["KQ_EV_ADD"],
        fflags=names["KQ_NOTE_EXIT"],
    )
    kqueue.control([event], 0)
    return os.dup(kqueue.fileno())


async def _readable(descriptor: int) -> None:
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def is_running(pid: int) -> bool:
    """Return whether a process exists, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def spawn_beside(
    command: Sequence[str],
    environment: Mapping[str, str],
    companion: Callable[[threading.Event], None],
) -> int:
    """Run a client as a child, the companion in a thread; return the client's exit status.

    Signals that reach us go on to the client; a client that was killed by signal N gives 128 + N.
    Raises as `become` does.
    """
    over = threading.Event()
    beside = threading.Thread(target=companion, args=(over,), daemon=True)
    beside.start()
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def pass_on(received: int, _frame: object) -> None:
        if children:
            children[0].send_signal(received)
        else:
            early.append(received)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), pass_on)
    try:
        child = subprocess.Popen(list(command), env=dict(environment))  # noqa: S603
    except OSError as error:
        over.set()
        raise _not_started(command[0], error) from None
    children.append(child)
    for received in early:
        child.send_signal(received)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to the client itself
    status = child.wait()
    over.set()
    beside.join(timeout=2.0)
    return status if status >= 0 else 128 - status


def _not_started(path: str, error: OSError) -> LaunchError:
    if isinstance(error, FileNotFoundError):
        return ClientNotFoundError(
            f"{path} does not exist, or its interpreter does not.", fix=f"check: ls -l {path}"
        )
    if isinstance(error, PermissionError) or error.errno == errno.ENOEXEC:
        return NotExecutableError(f"{path} cannot be executed.", fix=f"check: ls -l {path}")
    return LaunchError(f"{path} could not be started: {error.strerror}.")
