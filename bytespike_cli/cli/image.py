"""`bytespike image`: images from a prompt, and changes to one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.media_options import (
    extra_option,
    image_option,
    max_cost_option,
    output_options,
    path_words,
    read_extra,
    read_image,
    read_prompt,
    size_words,
    timeout_option,
)
from bytespike_cli.cli.options import SELECTING, Command, json_option
from bytespike_cli.errors import BytespikeError, Interrupted, ProtocolError

if TYPE_CHECKING:
    from pathlib import Path

    from bytespike_cli.cli.media_model import MediaChoice
    from bytespike_cli.direct.connect import Connection
    from bytespike_cli.direct.target import Target
    from bytespike_cli.wire.images import ImageAnswer, ImageRequest

EXAMPLES = """\b
Examples:
  bytespike image "a paper crane" -o crane.png
  bytespike image "the same in red" --image crane.png
  bytespike image "four seasons" -n 4 -o seasons.png   # seasons-1.png …
  bytespike image "a map of nowhere" --async --no-wait
"""


@click.command("image", cls=Command, selects=SELECTING, epilog=EXAMPLES)
@click.argument("prompt", nargs=-1)
@click.option(
    "-n", "--number", "count", type=click.IntRange(min=1), default=1, metavar="N",
    help="How many.",
)  # fmt: skip
@click.option("--size", metavar="WxH", default="", help="1024x1024, …")
@click.option("--aspect-ratio", metavar="W:H", default="", help="16:9, 1:1, …")
@image_option("Change this picture as PROMPT says.")
@click.option("--seed", type=int, metavar="N", help="The same seed, a similar image.")
@extra_option
@output_options
@max_cost_option
@click.option(
    "--show/--no-show", default=None, help="Show it in the terminal (iTerm2, Kitty, Sixel)."
)
@click.option(
    "--async", "as_task", is_flag=True, help="As a task, which outlives a broken connection."
)
@click.option("--no-wait", is_flag=True, help="With --async: submit, print the id, and leave.")
@timeout_option
@json_option
def image(
    prompt: tuple[str, ...],
    count: int,
    size: str,
    aspect_ratio: str,
    image: str | None,
    seed: int | None,
    extra: tuple[str, ...],
    output: str | None,
    force: bool,
    max_cost: float | None,
    show: bool | None,
    as_task: bool,
    no_wait: bool,
    timeout_s: float,
) -> int:
    """Make an image of PROMPT, or change one with --image, and save it.

    The endpoint is the one that the key's catalogue says. With `bytespike[images]` installed, it is
    shown in terminals that can; the path is printed in any case.
    """
    from bytespike_cli.cli.media_cost import check_before
    from bytespike_cli.cli.media_model import choose
    from bytespike_cli.direct.connect import connect
    from bytespike_cli.direct.target import Target
    from bytespike_cli.wire.images import ImageRequest
    from bytespike_cli.wire.media_slug import Kind, Surface
    from bytespike_cli.wire.prices import image_price

    app = current_app()
    if no_wait and not as_task:
        raise click.UsageError("--no-wait is for tasks: add --async.")
    request = ImageRequest(
        read_prompt(prompt),
        n=count,
        size=size,
        aspect_ratio=aspect_ratio,
        image=read_image(app, image),
        seed=seed,
        extra=read_extra(extra),
    )
    target = Target.parse(output, app.env.cwd)
    target.check(force=force)
    surface = Surface.TASKS if as_task else Surface.IMAGES
    with connect(app.env, app.settings) as connection:
        choice = choose(app, connection, Kind.IMAGE, surface)
        what = choice.model + (f" · {count} images" if count > 1 else "")
        check_before(app, what, image_price(choice.model, count), choice.quota, max_cost)
        if as_task:
            return _as_task(
                app, connection, choice, request, target,
                max_cost=max_cost, timeout_s=None if no_wait else timeout_s, force=force,
            )  # fmt: skip
        answer, failed = _ask(app, connection, choice, request)
        paths = _save(app, answer, request, target, force=force)
    if answer.words and app.flags.verbose:
        app.render.say(answer.words)
    _show(app, choice.model, paths, show=show)
    if failed is not None:
        kept = "kept: " + ", ".join(path_words(path, app.env.cwd) for path in paths)
        failed.detail = f"{failed.detail}; {kept}" if failed.detail else kept
        raise failed
    return 0


def _ask(
    app: App, connection: Connection, choice: MediaChoice, request: ImageRequest
) -> tuple[ImageAnswer, BytespikeError | None]:
    """Return the pictures, and what broke off a series of them: those that came are paid."""
    from bytespike_cli.gateway import images
    from bytespike_cli.wire.images import ImageAnswer

    gateway = connection.gateway
    if app.flags.verbose:
        connection.notify = app.render.say
    failure: BytespikeError | None = None
    if not images.is_inline(gateway, choice.model):
        answer = images.generate(gateway, choice.model, request)
    else:
        one = replace(request, n=1)
        answers: list[ImageAnswer] = []
        try:
            for _ in range(request.n):
                answers.append(images.generate_inline(gateway, choice.model, one))
        except (BytespikeError, KeyboardInterrupt) as failed:
            if not answers:
                raise
            failure = failed if isinstance(failed, BytespikeError) else Interrupted()
        answer = ImageAnswer(
            tuple(item for each in answers for item in each.media), answers[0].words
        )
    if not answer.media:
        raise ProtocolError(
            "The answer has no image.",
            fix="say it otherwise, or take another model",
            detail=answer.words,
        )
    return answer, failure


def _save(
    app: App, answer: ImageAnswer, request: ImageRequest, target: Target, *, force: bool
) -> list[Path]:
    from bytespike_cli.direct.results import Saving, save
    from bytespike_cli.journal.record import new_id
    from bytespike_cli.wire.media_slug import Kind

    saving = Saving(
        target,
        request.prompt,
        Kind.IMAGE,
        new_id(),
        app.env.variables,
        pause=app.env.sleep,
        force=force,
    )
    try:
        return save(answer.media, saving)
    except BytespikeError as failed:
        urls = [item.url for item in answer.media if item.url.startswith("http")]
        if urls:
            failed.fix = f"it is paid, and can be fetched for 24 hours: {' '.join(urls)}"
        raise


def _as_task(
    app: App,
    connection: Connection,
    choice: MediaChoice,
    request: ImageRequest,
    target: Target,
    *,
    max_cost: float | None,
    timeout_s: float | None,
    force: bool,
) -> int:
    from bytespike_cli.cli import task_flow
    from bytespike_cli.wire.media_slug import Kind, Surface

    with task_flow.session(app, connection) as found:
        record = task_flow.new_record(
            app, connection, found.journal, kind=Kind.IMAGE, model=choice.model,
            prompt=request.prompt, params={Surface.TASKS: request.params}, target=target,
        )  # fmt: skip
        try:
            record = task_flow.submit_once(found, record, choice.catalogue, max_cost)
            if timeout_s is None:
                return task_flow.submitted(app, record)
            record = task_flow.finish(found, record, target, timeout_s=timeout_s, force=force)
        except (task_flow.Detached, KeyboardInterrupt) as leaving:
            found.screen.close()
            kept = found.journal.get(record.out_task_id) or record
            return task_flow.left(app, getattr(leaving, "record", kept))
    return task_flow.shown(app, record)


def _show(app: App, model: str, paths: list[Path], *, show: bool | None) -> None:
    from bytespike_cli.cli.inline_image import show_inline

    if app.flags.json:
        app.render.data({"model": model, "files": [str(path) for path in paths]})
        return
    for path in paths:
        app.render.out(path_words(path, app.env.cwd))
        show_inline(app, path, wanted=show)
    app.render.say(f"{size_words(sum(path.stat().st_size for path in paths))} · {model}")
