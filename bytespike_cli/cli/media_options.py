"""What `video`, `image` and `tasks submit` have in common: options, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from bytespike_cli.cli.app import App

RESERVED = frozenset({"model", "out_task_id", "params"})
"""Fields that have a place of their own, and are not given with `-p`."""
MAX_IMAGE_BYTES = 740_000
"""Of a picture inside a request of 1 MiB (contract.md 3.10): base64 makes four bytes of three."""

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def extra_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `-p key=value`, for every parameter without an option of its own."""
    return click.option(
        "-p", "--param", "extra", multiple=True, metavar="KEY=VALUE",
        help="Any other parameter; a VALUE that is JSON is sent as such. Repeatable.",
    )(function)  # fmt: skip


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `-o` and `--force`."""
    function = click.option("--force", is_flag=True, help="Overwrite a file that is there.")(
        function
    )
    return click.option(
        "-o", "--output", metavar="FILE|FOLDER", help="Where to save; made of PROMPT otherwise."
    )(function)


def image_option(what: str) -> Decorator:
    """Return the decorator for `--image`."""
    return click.option("--image", metavar="FILE|URL", help=what)


def max_cost_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `--max-cost`."""
    return click.option(
        "--max-cost", type=click.FloatRange(min=0), metavar="USD",
        help="Ask first above this; without a terminal: refuse.",
    )(function)  # fmt: skip


def timeout_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `--timeout`."""
    from bytespike_cli.wire.cadence import WAIT_S

    return click.option(
        "--timeout", "timeout_s", type=click.FloatRange(min=1), metavar="SECONDS",
        default=WAIT_S, show_default=True, help="Longest wait; the task goes on after it.",
    )(function)  # fmt: skip


def read_extra(pairs: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of `-p`. Raises UsageError."""
    extra: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"'{pair}' is not KEY=VALUE.", fix="e.g. -p quality=hd")
        if name in RESERVED:
            raise UsageError(f"'{name}' is not given with -p.", fix="the model: --model ID")
        try:
            extra[name] = json.loads(text)
        except ValueError:
            extra[name] = text
    return extra


def read_prompt(words: Sequence[str]) -> str:
    """Return the prompt. Raises UsageError for one of nothing."""
    prompt = " ".join(words).strip()
    if not prompt:
        raise UsageError("There is no prompt.", fix='say what to make: "fog over a lake"')
    return prompt


def read_image(app: App, typed: str | None) -> str:
    """Return a picture as a URL, or a file as a `data:` URI; "" for none. Raises UsageError."""
    from bytespike_cli.direct.attachments import load
    from bytespike_cli.wire.media_type import fits

    if not typed:
        return ""
    if typed.startswith(("https://", "http://", "data:")):
        return typed
    attachment = load(app.env.cwd / typed, typed)
    if not attachment.mime.startswith("image/"):
        raise UsageError(f"{typed} is no picture.", fix="give a PNG, JPEG or WebP")
    if attachment.size_bytes > MAX_IMAGE_BYTES:
        raise UsageError(
            f"{typed} is too large: {attachment.size_bytes / 1e6:.1f} MB; a picture inside a "
            f"request may have {MAX_IMAGE_BYTES / 1e6:.2f} MB.",
            fix="make it smaller, or give its URL",
        )
    uri = f"data:{attachment.mime};base64,{attachment.data}"
    from bytespike_cli.wire.images import decode

    if not fits("image", decode(uri) or b""):
        raise UsageError(f"{typed} is no picture.", fix="give a PNG, JPEG or WebP")
    return uri


def path_words(path: Path, cwd: Path) -> str:
    """Return a path as people write it who are in the folder `cwd`."""
    return str(path.relative_to(cwd) if path.is_relative_to(cwd) else path)


def size_words(size_bytes: int) -> str:
    """Return a size as people write it."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} bytes"
