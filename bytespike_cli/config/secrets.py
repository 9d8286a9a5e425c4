"""Secrets: the form of a pasted one, and the places where one may be kept (`secret_ref`)."""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bytespike_cli.constants import CONSOLE_KEYS_URL, GOOGLE_KEY_PREFIX, KEY_PREFIX
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import remember

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

COMMAND_TIMEOUT_S = 20.0
KEYRING_TIMEOUT_S = 30.0
"""Long enough for a person to unlock a keyring, short enough to name one that never answers."""

SCHEMES = ("keyring", "env", "command")

_QUOTES = "\"'`“”‘’"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"


@dataclass(frozen=True, slots=True)
class CleanSecret:
    """A secret as it will be used, and what a user should hear about it."""

    secret: str = field(repr=False)
    notes: tuple[str, ...] = ()


def clean_secret(text: str, *, allow_google: bool = False) -> CleanSecret:
    """Return a pasted key without what stuck to it.

    Any string may be a valid key (contract.md 2.1), so an unusual prefix is only noted. Raises
    ConfigurationError for an empty one, for one that no HTTP header can carry, and for a Google
    key unless `allow_google`: it would hand a Google credential to another company.
    """
    secret = text.strip().strip(_QUOTES + _INVISIBLE).strip()
    notes = []
    if secret != text.rstrip("\r\n"):
        notes.append("Spaces or quotes around the key were removed.")
    if not secret:
        raise ConfigurationError("The key is empty.", fix=f"copy it from {CONSOLE_KEYS_URL}")
    remember(secret)
    if "\n" in secret or "\r" in secret:
        raise ConfigurationError("That is more than one line, and a key is one.")
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ConfigurationError(
            "The key holds a space or a character that no HTTP header carries (from a document?).",
            fix=f"copy it again from {CONSOLE_KEYS_URL}",
        )
    if secret.startswith(GOOGLE_KEY_PREFIX):
        if not allow_google:
            raise ConfigurationError(
                f"This looks like a Google key ({GOOGLE_KEY_PREFIX}…), which is not for ByteSpike.",
                fix=f"make a ByteSpike key at {CONSOLE_KEYS_URL}; if this really is one, "
                "store it with `bytespike login --force`",
            )
        notes.append(f"The key begins with {GOOGLE_KEY_PREFIX}, as Google's do; kept as asked.")
    elif not secret.startswith(KEY_PREFIX):
        notes.append(f"The key does not begin with {KEY_PREFIX}; fine if it is a custom one.")
    return CleanSecret(secret, tuple(notes))


def opens_quietly(ref: str) -> bool:
    """Return whether a reference is followed without running a program or asking a person."""
    return ref.startswith("env:")


def split_ref(ref: str) -> tuple[str, str]:
    """Split `env:NAME` into scheme and rest. Raises ConfigurationError for any other form."""
    scheme, colon, rest = ref.partition(":")
    if not colon or scheme not in SCHEMES or not rest.strip():
        raise ConfigurationError(
            "A secret reference is keyring:SERVICE/NAME, env:NAME or command:PROGRAM ARGS."
        )
    if scheme == "keyring" and not all(rest.rpartition("/")[::2]):
        raise ConfigurationError("A keyring reference is keyring:SERVICE/NAME.")
    return scheme, rest.strip()


def read_ref(env: Environment, ref: str) -> str:
    """Return the secret that a reference names, as it is kept there.

    Raises ConfigurationError when it is not there or its keeper does not answer.
    """
    scheme, rest = split_ref(ref)
    secret = _READERS[scheme](env, rest)
    remember(secret.strip())
    return secret


def write_keyring(ref: str, secret: str) -> None:
    """Put a secret into the system's keyring under `keyring:SERVICE/NAME`."""
    service, _, name = split_ref(ref)[1].rpartition("/")
    _in_time(lambda: _keyring().set_password(service, name, secret))


def _from_environment(env: Environment, name: str) -> str:
    value = env.variables.get(name, "")
    if not value.strip():
        raise ConfigurationError(
            f"The key is kept in the variable {name}, which is not set.", fix=f"export {name}=…"
        )
    return value


def _from_command(env: Environment, command: str) -> str:
    import subprocess

    try:
        arguments = shlex.split(command)
        done = subprocess.run(  # noqa: S603 - the user's own command, from the user's own store
            arguments,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_TIMEOUT_S,
            env=dict(env.variables),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigurationError(
            f"The command that keeps the key did not end within {COMMAND_TIMEOUT_S:.0f} s.",
            fix=f"run it by hand: {command}",
        ) from None
    except (OSError, ValueError) as refused:
        raise ConfigurationError(
            "The command that keeps the key cannot be run.",
            fix=f"run it by hand: {command}",
            detail=str(refused),
        ) from None
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if done.returncode != 0 or not lines or not lines[0].strip():
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ConfigurationError(
            f"The command that keeps the key gave none (exit status {done.returncode}).",
            fix=f"run it by hand: {command}",
            detail=said[-1] if said else "",
        )
    return lines[0]


def _from_keyring(_env: Environment, place: str) -> str:
    service, _, name = place.rpartition("/")
    secret = _in_time(lambda: _keyring().get_password(service, name))
    if not secret:
        raise ConfigurationError(
            f"The keyring has no entry '{name}' of service '{service}'.",
            fix=f"keyring set {shlex.quote(service)} {shlex.quote(name)}",
        )
    return str(secret)


_READERS: dict[str, Callable[[Environment, str], str]] = {
    "env": _from_environment,
    "command": _from_command,
    "keyring": _from_keyring,
}


def _keyring() -> Any:
    try:
        return importlib.import_module("keyring")
    except ImportError:
        raise ConfigurationError(
            "Keys in the system's keyring need the keyring package, which is not installed.",
            fix="pip install 'bytespike[keyring]'",
        ) from None


def _in_time(ask: Callable[[], Any]) -> Any:
    """Run a keyring call that may block for ever (a locked or absent D-Bus service)."""
    import queue
    import threading

    answers: queue.Queue[Any] = queue.Queue()

    def run() -> None:
        try:
            answers.put(ask())
        except Exception as failure:  # noqa: BLE001 - each backend raises its own kinds
            answers.put(failure)

    threading.Thread(target=run, daemon=True).start()
    try:
        answer = answers.get(timeout=KEYRING_TIMEOUT_S)
    except queue.Empty:
        raise ConfigurationError(
            f"The system's keyring did not answer within {KEYRING_TIMEOUT_S:.0f} s.",
            fix="unlock it, or keep the key elsewhere: bytespike login",
        ) from None
    if isinstance(answer, ConfigurationError):
        raise answer
    if isinstance(answer, Exception):
        raise ConfigurationError(
            "The system's keyring failed.",
            fix="unlock it, or keep the key elsewhere: bytespike login",
            detail=f"{type(answer).__name__}: {answer}",
        )
    return answer
