"""The case: what is examined, how long it may take, and what has been learnt of it so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from bytespike_cli.config.credential import select_credential

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment

T = TypeVar("T")

USUAL_TIMEOUT_S = 30.0
"""The time limit of a run for which the limits of checks and requests are made."""


class Case:
    """One run of the doctor, in a `with` block. Probes of several threads use it at once.

    `read_settings` gives the settings of this run (it may raise ConfigurationError). `client` is
    the name that `--client` gave, or an empty string. `timeout_s` is for the whole run.
    """

    def __init__(
        self,
        env: Environment,
        read_settings: Callable[[], Settings],
        *,
        client: str = "",
        billable: bool = True,
        timeout_s: float = USUAL_TIMEOUT_S,
    ) -> None:
        self.env = env
        self.client = client
        self.billable = billable
        self.deadline = env.monotonic() + timeout_s
        self.patience = max(1.0, timeout_s / USUAL_TIMEOUT_S)
        """By how much the limits of checks and requests are longer than usual."""
        self._read_settings = read_settings
        self._memo = _Memo()
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def at_end(self, end: Callable[[], object]) -> None:
        """Have something called when the run is over: what closes a connection, say."""
        self._ends.callback(end)

    @property
    def settings(self) -> Settings:
        """The settings of this run. Raises UsageError and ConfigurationError."""
        return self.memo("settings", self._read_settings)

    @property
    def credential(self) -> Credential:
        """The key of this run, its secret opened. Raises NoKeyError and ConfigurationError."""
        return self.memo("credential", lambda: select_credential(self.env, self.settings))

    @property
    def origin(self) -> str:
        """The gateway that the key is for; without a key, the configured one.

        Raises ConfigurationError where neither can be read.
        """
        from bytespike_cli.errors import ConfigurationError

        try:
            return self.credential.origin
        except ConfigurationError:
            return self.settings.base_url

    def memo(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` returned, or raise what it raised, the first time under this name.

        Others that ask for the same name meanwhile wait for it.
        """
        return cast(T, self._memo.get(name, make))

    def left_s(self) -> float:
        """Return the seconds that are left of the whole run."""
        return max(0.0, self.deadline - self.env.monotonic())

    def within(self, limit_s: float) -> float:
        """Return a timeout of `limit_s` seconds, or what is left a little before the run's end.

        What a probe itself can say of a silence is better than that it had to be left behind.
        """
        return max(0.05, min(limit_s * self.patience, 0.8 * self.left_s()))


class _Memo:
    """Answers by name, each made once, whoever asks first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._made: dict[str, Any] = {}
        self._raised: dict[str, Exception] = {}

    def get(self, name: str, make: Callable[[], Any]) -> Any:
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name in self._raised:
                raise self._raised[name].with_traceback(None)
            if name not in self._made:
                try:
                    self._made[name] = make()
                except Exception as failure:
                    self._raised[name] = failure
                    raise
            return self._made[name]
