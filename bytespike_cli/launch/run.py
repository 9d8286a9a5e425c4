"""A launch, ready to go: the client with its environment, and the shim beside it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bytespike_cli.launch import process
from bytespike_cli.redact import remember

if TYPE_CHECKING:
    import socket
    import threading

    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment
    from bytespike_cli.wire.models import Chooser

TOKEN_PREFIX = "bytespike-session-"  # noqa: S105 - what a token begins with


def new_token() -> str:
    """Return a fresh session token, known to the scrubber."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    remember(token)
    return token


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch, ready to go. `notes` are for the user to read before the client starts."""

    command: tuple[str, ...]
    environment: dict[str, str] = field(repr=False)
    shim: Shim | None = None
    notes: tuple[str, ...] = ()

    def run(self, platform: str) -> int:
        """Become the client (POSIX; does not return), or run it and return its exit status.

        Raises LaunchError and its kin when it cannot be started.
        """
        if not process.can_exec(platform):
            companion = self.shim.beside_child if self.shim else lambda _over: None
            return process.spawn_beside(self.command, self.environment, companion)
        if self.shim is not None:
            shim = self.shim
            process.exec_beside(self.command, self.environment, shim.beside_process, shim.listener)
        return process.become(self.command, self.environment)


@dataclass(frozen=True, slots=True)
class Shim:
    """The shim of one launch, as it runs in the companion process or thread."""

    env: Environment
    settings: Settings
    credential: Credential
    token: str = field(repr=False)
    listener: socket.socket
    chosen_by: Chooser
    """Who is taken to have chosen a model id that is not in `typed_models`."""
    typed_models: frozenset[str] = frozenset()
    typed_where: str = ""
    """Where they were named, when that was not the command line."""
    ends_turns: bool = False
    """See `ShimSettings.ends_turns`."""
    afterwards: Callable[[], None] | None = None
    """Called once the client has ended; what it raises is lost, for nobody is there to see it."""

    def beside_process(self, client: process.ClientEnd) -> None:
        """Serve until the client's process has ended, then call `afterwards`."""
        self._serve(client.wait)

    def beside_child(self, over: threading.Event) -> None:
        """Serve until the event is set, then bring the client's changes home."""
        import asyncio

        self._serve(lambda: asyncio.to_thread(over.wait))

    def _serve(self, client_end: Callable[[], Awaitable[object]]) -> None:
        try:
            from bytespike_cli.shim.quick_import import quick_imports

            with quick_imports():
                from bytespike_cli.launch.companion import serve_beside
            serve_beside(self, client_end)
        except Exception as defect:  # noqa: BLE001 - without an answer a client asks for minutes
            from bytespike_cli.launch.last_words import answer_all

            answer_all(self.listener, client_end, defect)
