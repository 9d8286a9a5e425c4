"""`bytespike video`: a video from a prompt."""

from __future__ import annotations

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.media_options import (
    extra_option,
    image_option,
    max_cost_option,
    output_options,
    read_extra,
    read_image,
    read_prompt,
    timeout_option,
)
from bytespike_cli.cli.options import SELECTING, Command, json_option

EXAMPLES = """\b
Examples:
  bytespike video "fog over a lake" --duration 4 -o fog.mp4
  bytespike video "she turns around" --image portrait.png --aspect-ratio 9:16
  bytespike video "a paper boat" -m veo-3.1-fast --max-cost 0.50 --no-wait
  bytespike tasks wait bsp-3f9c            # come back to it, from anywhere
"""


@click.command("video", cls=Command, selects=SELECTING, epilog=EXAMPLES)
@click.argument("prompt", nargs=-1)
@click.option("--duration", type=click.IntRange(min=1), metavar="SECONDS", help="Length.")
@click.option("--resolution", metavar="NAME", default="", help="720p, 1080p.")
@click.option("--aspect-ratio", metavar="W:H", default="", help="16:9, 9:16, 1:1.")
@image_option("Begin with this picture.")
@click.option("--seed", type=int, metavar="N", help="The same seed, a similar video.")
@click.option("--audio/--no-audio", default=None, help="With sound, where the model makes it.")
@click.option(
    "--surface", type=click.Choice(["auto", "tasks", "videos"]), default="auto",
    help="The API: /v1/tasks, /v1/videos, or (auto) the first that is there.",
)  # fmt: skip
@extra_option
@output_options
@max_cost_option
@timeout_option
@click.option("--no-wait", is_flag=True, help="Submit, print the task's id, and leave.")
@json_option
def video(
    prompt: tuple[str, ...],
    duration: int | None,
    resolution: str,
    aspect_ratio: str,
    image: str | None,
    seed: int | None,
    audio: bool | None,
    surface: str,
    extra: tuple[str, ...],
    output: str | None,
    force: bool,
    max_cost: float | None,
    timeout_s: float,
    no_wait: bool,
) -> int:
    """Make a video of PROMPT.

    It is made at the gateway, as a task that outlives this command: Ctrl-C leaves it running, and
    `bytespike tasks wait` comes back to it.
    """
    from bytespike_cli.cli import task_flow
    from bytespike_cli.cli.media_cost import check_before
    from bytespike_cli.cli.media_model import choose
    from bytespike_cli.direct.connect import connect
    from bytespike_cli.direct.target import Target
    from bytespike_cli.wire.media_slug import Kind, Surface
    from bytespike_cli.wire.prices import video_price
    from bytespike_cli.wire.video import DURATION_S, VideoRequest

    app = current_app()
    words = read_prompt(prompt)
    request = VideoRequest(
        words,
        duration_s=duration,
        resolution=resolution,
        aspect_ratio=aspect_ratio,
        image=read_image(app, image),
        seed=seed,
        audio=audio,
        extra=read_extra(extra),
    )
    target = Target.parse(output, app.env.cwd)
    if not no_wait:
        target.check(force=force)
    wanted = Surface.VIDEOS if surface == "videos" else Surface.TASKS
    with connect(app.env, app.settings) as connection:
        choice = choose(app, connection, Kind.VIDEO, wanted)
        seconds = duration or DURATION_S
        price = video_price(choice.model, seconds)
        check_before(app, f"{choice.model} · {seconds} s", price, choice.quota, max_cost)
        with task_flow.session(app, connection) as found:
            record = task_flow.new_record(
                app,
                connection,
                found.journal,
                kind=Kind.VIDEO,
                model=choice.model,
                prompt=words,
                params={name: request.params(name) for name in (Surface.TASKS, Surface.VIDEOS)},
                target=target,
                surface=surface,
            )
            try:
                record = task_flow.submit_once(found, record, choice.catalogue, max_cost)
                if no_wait:
                    return task_flow.submitted(app, record)
                record = task_flow.finish(found, record, target, timeout_s=timeout_s, force=force)
            except (task_flow.Detached, KeyboardInterrupt) as leaving:
                found.screen.close()
                kept = found.journal.get(record.out_task_id) or record
                return task_flow.left(app, getattr(leaving, "record", kept))
        return task_flow.shown(app, record)
