"""`bytespike explain`: an error in, from any client; its cause and the fix out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import Command, json_option
from bytespike_cli.errors import UsageError
from bytespike_cli.redact import remember
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.explain.explanation import Explanation

STDIN = "-"
WIDTH = 80
_MAX_NAME = 255
NOTHING = "Nothing in this text is an error that bytespike knows."
NEXT = (
    "paste more of it, from the command to the last line; or have the gateway asked: "
    "bytespike doctor"
)


@click.command(
    "explain",
    cls=Command,
    epilog="""\b
Examples:
  bytespike explain "404 NOT_FOUND: model not found: gemini-3.1-pro"
  my-program 2>&1 | bytespike explain
  bytespike explain /tmp/gemini-client-error-….json""",
)
@click.argument("words", metavar="[TEXT|FILE|-]", nargs=-1)
@json_option
def explain_(words: tuple[str, ...]) -> int:
    """Name the cause of an error, and the fix.

    TEXT is what any client printed: a message, JSON, a whole log, a transcript of curl; without
    it, stdin. Nothing is sent anywhere. Ends with status 1 when nothing is recognised.
    """
    from bytespike_cli.explain.clients import recognise
    from bytespike_cli.explain.explain import explain, readable, secrets_in

    app = current_app()
    text = _text(app, words)
    for secret in secrets_in(text):
        remember(secret)
    found = explain(text, app.env.now())
    client = recognise(readable(text)) or recognise(text)
    if app.flags.json:
        app.render.data(_document(client, found))
    else:
        _show(app, client, found)
    return ExitStatus.OK if found else ExitStatus.ERROR


def _text(app: App, words: tuple[str, ...]) -> str:
    """Return the text: of the arguments, of the one file that they name, or of stdin."""
    text = " ".join(words)
    if words and text != STDIN:
        path = app.env.cwd / text if len(text) < _MAX_NAME and "\n" not in text else None
        if path is not None and path.is_file():
            try:
                return path.read_bytes().decode("utf-8", errors="replace")
            except OSError as refused:
                raise UsageError(
                    f"{text} cannot be read.", fix="look at its mode", detail=str(refused)
                ) from None
        return text
    if app.env.stdin_is_terminal:
        app.render.say("Paste the error, then press Ctrl-D:")
    raw = getattr(app.env.stdin, "buffer", None)
    text = raw.read().decode("utf-8", errors="replace") if raw else app.env.stdin.read()
    if not text.strip():
        raise UsageError("There is no text to explain.", fix="bytespike explain --help")
    return text


def _document(client: str, found: list[Explanation]) -> dict[str, Any]:
    return {
        "explained": bool(found),
        "client": client or None,
        "explanations": [explanation.document() for explanation in found],
    }


def _show(app: App, client: str, found: list[Explanation]) -> None:
    if not found:
        app.render.say(NOTHING)
        app.render.say(f"  fix: {NEXT}")
        return
    for number, explanation in enumerate(found):
        if number:
            app.render.out()
        source = f" ({client})" if client and not number else ""
        app.render.out(f"{explanation.name}{source}")
        for label, words in _lines(explanation):
            app.render.out(_wrapped(label, words))


def _lines(explanation: Explanation) -> list[tuple[str, str]]:
    lines = [
        ("seen:", explanation.evidence),
        ("cause:", explanation.sentence),
        ("fix:", explanation.fix),
    ]
    lines += [("or:", f"{other.name}: {other.sentence}") for other in explanation.alternatives]
    if explanation.alternatives:
        lines.append(("which:", explanation.check))
    return lines


def _wrapped(label: str, words: str) -> str:
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=f"  {label:<6} ",
        subsequent_indent=" " * 9,
        break_long_words=False,
        break_on_hyphens=False,
    )
