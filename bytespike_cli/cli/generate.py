"""`bytespike generate`: ask a model once."""

from __future__ import annotations

import json
import os
import select
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import SELECTING, Command, json_option
from bytespike_cli.context import is_terminal
from bytespike_cli.direct.request import STDIN, build_body, join_prompt, read_schema, user_turn
from bytespike_cli.errors import UnknownModelError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.direct.attachments import Attachment
    from bytespike_cli.direct.outcome import Outcome
    from bytespike_cli.gateway import Gateway
    from bytespike_cli.wire.quota import Quota

PATIENCE_S = 2.0

EXAMPLES = """\b
Examples:
  bytespike generate "say hi"
  git diff | bytespike generate "write a commit message for this"
  bytespike generate --file photo.jpg "what is this?"
  bytespike generate --schema schema.json --json "three primes"
  bytespike generate --curl "say hi"        # prints a command, sends nothing
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """When things happened, in seconds since the request was begun."""

    first_text_s: float | None
    total_s: float


@click.command("generate", cls=Command, selects=SELECTING, epilog=EXAMPLES)
@click.argument("prompt", nargs=-1)
@click.option("--system", metavar="TEXT", default="", help="System instruction.")
@click.option(
    "--file", "files", metavar="PATH", multiple=True, type=click.Path(allow_dash=True),
    help="Send a file along: image, PDF, audio, video, text. Repeatable; `-` is stdin.",
)  # fmt: skip
@click.option(
    "--stream/--no-stream", default=None,
    help="Print the answer as it arrives (the default on a terminal), or whole.",
)  # fmt: skip
@click.option(
    "--schema", metavar="FILE|JSON", help="Answer in JSON of this schema (responseSchema)."
)
@click.option(
    "--max-tokens", type=click.IntRange(min=1), metavar="N", help="Longest answer, in tokens."
)
@click.option(
    "--temperature", type=click.FloatRange(0, 2), metavar="T", help="Randomness, from 0 to 2."
)
@click.option("--curl", is_flag=True, help="Print the equivalent curl command; send nothing.")
@json_option
def generate(
    prompt: tuple[str, ...],
    system: str,
    files: tuple[str, ...],
    stream: bool | None,
    schema: str | None,
    max_tokens: int | None,
    temperature: float | None,
    curl: bool,
) -> None:
    """Ask a model once and print its answer.

    What is piped in is added to PROMPT, or takes the place of a `-` in it. With --json the raw
    answer is printed: one document, or with --stream one chunk a line.
    """
    app = current_app()
    attachments = _load_files(app, files)
    piped = None if STDIN in files else _read_piped(app, prompt)
    words = join_prompt(prompt, piped) if prompt or piped or not attachments else ""
    body_of = partial(
        build_body,
        system=system,
        max_tokens=max_tokens,
        temperature=temperature,
        schema=read_schema(schema, app.env.cwd) if schema is not None else None,
    )
    streamed = stream
    if streamed is None:
        streamed = is_terminal(app.env.stdout) and not app.flags.json
    if curl:
        _print_curl(app, body_of, words, attachments, files, stream=bool(stream))
        return
    _ask(app, body_of([user_turn(words, attachments)]), streamed=streamed)


def _ask(app: App, body: dict[str, Any], *, streamed: bool) -> None:
    from bytespike_cli.direct.connect import connect
    from bytespike_cli.direct.outcome import Outcome

    def notify(sentence: str) -> None:
        if app.flags.verbose:
            app.render.say(sentence)

    with connect(app.env, app.settings, notify) as connection:
        choice = connection.choose()
        notify(f"model: {choice.slug} ({choice.why})")
        outcome = Outcome()
        send = _stream if streamed else _whole
        try:
            quota, request_id, timing = send(app, connection.gateway, choice.slug, body, outcome)
        except UnknownModelError:
            # The cached catalogue was out of date.
            raise connection.unknown(choice.slug) from None
    if app.flags.verbose:
        _print_verbose(app, outcome, quota, request_id, timing, streamed=streamed)
    outcome.check()
    if outcome.note:
        app.render.warn(outcome.note)


def _whole(
    app: App, gateway: Gateway, slug: str, body: dict[str, Any], outcome: Outcome
) -> tuple[Quota, str | None, Timing]:
    begun = app.env.monotonic()
    answer = gateway.generate(slug, body)
    timing = Timing(None, app.env.monotonic() - begun)
    text = outcome.add(answer.document)
    if app.flags.json:
        app.render.write(json.dumps(answer.document, ensure_ascii=False, indent=2) + "\n")
    elif text:
        app.render.write(text if text.endswith("\n") else text + "\n")
    return answer.quota, answer.request_id, timing


def _stream(
    app: App, gateway: Gateway, slug: str, body: dict[str, Any], outcome: Outcome
) -> tuple[Quota, str | None, Timing]:
    begun = app.env.monotonic()
    first_text_s: float | None = None
    try:
        with gateway.stream(slug, body) as stream:
            for chunk in stream:
                text = outcome.add(chunk.document)
                if text and first_text_s is None:
                    first_text_s = app.env.monotonic() - begun
                if app.flags.json:
                    line = json.dumps(chunk.document, ensure_ascii=False, separators=(",", ":"))
                    app.render.write(line + "\n")
                elif text:
                    app.render.write(text)
    finally:
        # Also when it broke: what came stays, and the words about it begin a line of their own.
        if outcome.text and not outcome.text.endswith("\n") and not app.flags.json:
            app.render.write("\n")
    timing = Timing(first_text_s, app.env.monotonic() - begun)
    return stream.quota, stream.request_id, timing


def _print_verbose(
    app: App,
    outcome: Outcome,
    quota: Quota,
    request_id: str | None,
    timing: Timing,
    *,
    streamed: bool,
) -> None:
    from bytespike_cli.wire.quota import line

    facts = [f"{timing.total_s:.2f} s"]
    if timing.first_text_s is not None:
        facts.append(f"first text after {timing.first_text_s:.2f} s")
    counts = (("promptTokenCount", "in"), ("candidatesTokenCount", "out"))
    tokens = [f"{outcome.usage[name]} {word}" for name, word in counts if name in outcome.usage]
    if tokens:
        facts.append(f"tokens: {', '.join(tokens)}")
    if outcome.served_model:
        facts.append(f"answered by {outcome.served_model}")
    if request_id:
        facts.append(f"request {request_id}")
    app.render.say(" · ".join(facts))
    left = line(quota, app.env.now())
    if left:
        app.render.say(left + (" (before this answer)" if streamed else ""))


def _print_curl(
    app: App,
    body_of: Callable[[Sequence[dict[str, Any]]], dict[str, Any]],
    words: str,
    attachments: list[Attachment],
    files: Sequence[str],
    *,
    stream: bool,
) -> None:
    from bytespike_cli.direct.curl import command, reference
    from bytespike_cli.direct.offline import aim

    target = aim(app.env, app.settings)
    paths = [None if path == STDIN else str(Path(path)) for path in files]
    held, references = reference(attachments, paths)
    body = body_of([user_turn(words, held)])
    app.render.out(command(target.origin, target.slug, body, stream=stream, references=references))


def _load_files(app: App, files: Sequence[str]) -> list[Attachment]:
    from bytespike_cli.direct.attachments import check_total, load, of_bytes

    attachments = [
        of_bytes("stdin", _stdin_bytes(app)) if path == STDIN else load(app.env.cwd / path, path)
        for path in files
    ]
    check_total(attachments)
    return attachments


def _read_piped(app: App, words: Sequence[str]) -> str | None:
    """Return what is piped in, or None. A terminal is read only where `-` asks for it."""
    if STDIN not in words and (is_terminal(app.env.stdin) or not _holds_data(app)):
        return None
    if words:
        _say_when_waiting(app)
    try:
        return _stdin_bytes(app).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(
            "What is piped in is not UTF-8 text.", fix="for pictures and the like: --file -"
        ) from None


def _say_when_waiting(app: App) -> None:
    """Tell of a pipe that stays silent: some programs start us with one that never ends."""
    with suppress(OSError, ValueError):
        if not select.select([app.env.stdin], [], [], PATIENCE_S)[0]:
            app.render.say("waiting for the end of stdin (not meant? add: </dev/null)")


def _holds_data(app: App) -> bool:
    """Return whether stdin is a pipe or a file, not a device or a closed descriptor."""
    try:
        mode = os.fstat(app.env.stdin.fileno()).st_mode
    except (OSError, ValueError):
        return not app.env.stdin.closed
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)


def _stdin_bytes(app: App) -> bytes:
    raw = getattr(app.env.stdin, "buffer", None)
    content = raw.read() if raw is not None else app.env.stdin.read().encode("utf-8", "replace")
    return bytes(content)
