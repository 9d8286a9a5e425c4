"""Questions to a person. Ask only where `app.may_ask`; words go to stderr, answers never echo
where they are secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bytespike_cli.errors import Interrupted, UsageError

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App


def ask(app: App, question: str, *, default: str = "") -> str:
    """Return a line of the user's; an empty one means `default`. Ctrl-D raises Interrupted."""
    shown = f"{question} [{default}]: " if default else f"{question}: "
    return _line(app, shown) or default


def confirm(app: App, question: str, *, default: bool = False) -> bool:
    """Return the answer to a yes-or-no question. Ctrl-D raises Interrupted."""
    choices = "[Y/n]" if default else "[y/N]"
    while True:
        answer = _line(app, f"{question} {choices} ").lower()
        if answer in ("", "y", "yes", "n", "no"):
            return answer.startswith("y") if answer else default


def ask_secret(app: App, question: str) -> str:
    """Return a line that is not shown while it is typed. Ctrl-D raises Interrupted.

    Raises UsageError where the terminal cannot hide it: a key is never echoed.
    """
    import getpass
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(f"{question}: ", stream=app.env.stderr)
        except getpass.GetPassWarning:
            raise UsageError(
                "This terminal cannot hide what is typed.",
                fix="pipe the key instead: bytespike login --key-stdin < FILE",
            ) from None
        except EOFError:
            app.env.stderr.write("\n")
            raise Interrupted from None


def _line(app: App, shown: str) -> str:
    app.env.stderr.write(shown)
    app.env.stderr.flush()
    line = app.env.stdin.readline()
    if not line:
        app.env.stderr.write("\n")
        raise Interrupted
    return line.strip()
