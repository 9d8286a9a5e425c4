"""The Environment: streams, variables, paths, clock. Nothing else touches os.environ or sys.*."""

import io
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO, cast

from bytespike_cli.constants import VAR_CONFIG_DIR, VAR_NO_INPUT

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


class ReaderLeft(Exception):
    """The reader of an output has all that it wants."""


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of this user. `BYTESPIKE_CONFIG_DIR` moves all three (design section 5)."""

    config: Path
    state: Path
    cache: Path


@dataclass(slots=True)
class Environment:
    """Everything that a command takes from the world around it. Tests build their own."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str] = field(repr=False)
    home: Path
    cwd: Path
    platform: str = "linux"
    now: Callable[[], float] = time.time
    """Seconds since the epoch."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _paths: Paths | None = field(default=None, repr=False)

    @classmethod
    def from_process(cls) -> "Environment":
        """Build the Environment of the running process.

        A stream that the process was started without leads nowhere, and a character that an
        output's encoding lacks is written as an escape: neither may cost a billed answer.
        """
        return cls(
            stdin=_present(sys.stdin, "r"),
            stdout=_lenient(_present(sys.stdout, "w")),
            stderr=_lenient(_present(sys.stderr, "w")),
            variables=dict(os.environ),
            home=Path.home(),
            cwd=_cwd(),
            platform=sys.platform,
        )

    @property
    def paths(self) -> Paths:
        """The folders for configuration, state and cache (none of them is created here)."""
        if self._paths is None:
            self._paths = self._find_paths()
        return self._paths

    @property
    def stdin_is_terminal(self) -> bool:
        """True when a person can type at stdin."""
        return is_terminal(self.stdin)

    @property
    def no_input(self) -> bool:
        """True when nothing may be asked: by variable, or because stdin is not a terminal."""
        return self.flag(VAR_NO_INPUT) or not is_terminal(self.stdin)

    def flag(self, name: str) -> bool:
        """Return whether a yes-or-no variable is set to yes."""
        return self.variables.get(name, "").strip().lower() in TRUE_WORDS

    def _find_paths(self) -> Paths:
        moved = self.variables.get(VAR_CONFIG_DIR)
        if moved:
            root = self.cwd / Path(moved).expanduser()
            return Paths(config=root, state=root / "state", cache=root / "cache")
        import platformdirs

        # platformdirs asks os.environ and the password file; it is the one that knows each system.
        dirs = platformdirs.PlatformDirs("bytespike", appauthor=False)
        return Paths(
            config=dirs.user_config_path, state=dirs.user_state_path, cache=dirs.user_cache_path
        )


def is_terminal(stream: TextIO) -> bool:
    """Return whether a stream is a terminal; a closed or missing one is not."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def emit(stream: TextIO, text: str, *, flush: bool = False) -> None:
    """Write to an output. Raises ReaderLeft where nobody reads it any more, else OutputError."""
    try:
        stream.write(text)
        if flush:
            stream.flush()
    except BrokenPipeError:
        raise ReaderLeft from None
    except OSError as refused:
        from bytespike_cli.errors import OutputError

        words = (refused.strerror or type(refused).__name__).lower()
        raise OutputError(
            f"The output cannot be written: {words}.", fix="look at where stdout leads"
        ) from None


def silence(stream: TextIO) -> None:
    """Point an output that takes nothing more nowhere, so that its last flush cannot fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


def redirect(stream: TextIO, path: Path) -> None:
    """Let an output of this process go on in a file, at its end."""
    stream.flush()
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.dup2(handle, stream.fileno())
    os.close(handle)


def _present(stream: TextIO | None, mode: str) -> TextIO:
    return stream or cast(TextIO, Path(os.devnull).open(mode, encoding="utf-8"))


def _lenient(stream: TextIO) -> TextIO:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _cwd() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path("/")
