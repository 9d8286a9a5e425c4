"""What the user of the chat types: a line editor on a terminal, plain lines from a pipe.

On a terminal the stdlib's readline edits: arrow keys, search, Tab; what is pasted stays together
(bracketed paste), and what was typed is there again next time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from bytespike_cli.context import Environment
    from bytespike_cli.direct.history import LineStore

QUOTES = '"""'
CONTINUED = "\\"

Reader = Callable[[bool], str]
"""Returns one line; True asks for the continuation of a message. Raises EOFError at the end."""


def read_message(read: Reader) -> str:
    '''Return one message: a line, lines that end in a backslash, or all between """ and """.

    Raises EOFError when there is nothing more; a message that the end cuts short still counts.
    '''
    first = read(False)
    if first.lstrip().startswith(QUOTES):
        return _until_quotes(first.lstrip().removeprefix(QUOTES), read)
    lines = [first]
    while lines[-1].endswith(CONTINUED):
        lines[-1] = lines[-1].removesuffix(CONTINUED)
        try:
            lines.append(read(True))
        except EOFError:
            break
    return "\n".join(lines)


def _until_quotes(first: str, read: Reader) -> str:
    lines = [first]
    while not lines[-1].rstrip().endswith(QUOTES):
        try:
            lines.append(read(True))
        except EOFError:
            return "\n".join(lines).strip("\n")
    lines[-1] = lines[-1].rstrip().removesuffix(QUOTES)
    return "\n".join(lines).strip("\n")


def pipe_reader(env: Environment) -> Reader:
    """Return a reader of plain lines from stdin."""

    def read(_continuation: bool) -> str:
        line = env.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    return read


class Terminal:
    """The line editor. `candidates` gives what Tab completes a line to."""

    def __init__(
        self,
        store: LineStore,
        candidates: Callable[[str], list[str]],
        *,
        prompt: str,
        continuation: str,
    ) -> None:
        self._store = store
        self._candidates = candidates
        self._prompts = {False: prompt, True: continuation}
        self._last = ""
        self._matches: list[str] = []
        self._editor = _load_editor()

        editor = self._editor
        if editor is not None:
            for line in store.load():
                editor.add_history(line)
            editor.set_auto_history(False)
            editor.set_completer(self._complete)
            editor.set_completer_delims("")
            apple = "libedit" in (editor.__doc__ or "")
            editor.parse_and_bind("bind ^I rl_complete" if apple else "tab: complete")
            editor.parse_and_bind("set enable-bracketed-paste on")

    def read(self, continuation: bool) -> str:
        """Return one line, or what was pasted as one. Raises EOFError, KeyboardInterrupt."""
        return input(self._prompts[continuation])

    def remember(self, message: str) -> None:
        """Let a whole message, of however many lines, come back with the arrow keys."""
        if self._editor is not None and message != self._last:
            self._editor.add_history(message)
            self._store.add(message)
            self._last = message

    def _complete(self, text: str, state: int) -> str | None:
        if state == 0:
            self._matches = self._candidates(text)
        return self._matches[state] if state < len(self._matches) else None


@contextlib.contextmanager
def quiet(stdin: TextIO) -> Iterator[None]:
    """Do not echo what is typed meanwhile, for it would run into an answer; it is read later.

    Ctrl-C still interrupts. Does nothing where stdin is no terminal, or the system is Windows.
    """
    try:
        import termios

        before = termios.tcgetattr(stdin)
    except (ImportError, OSError, ValueError, termios.error):
        yield
        return
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(stdin, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(stdin, termios.TCSADRAIN, before)


def _load_editor() -> ModuleType | None:
    """Return the readline module; None on a system without it (Windows), where lines are plain."""
    try:
        import readline
    except ImportError:
        return None
    return readline
