"""`bytespike usage`: what was asked through the shims of this machine."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from bytespike_cli.cli.app import current_app
from bytespike_cli.cli.options import Command, json_option


@click.command(cls=Command)
@click.option("--last", is_flag=True, help="Of the last launch alone (`gemini`, `exec`).")
@json_option
def usage(last: bool) -> None:
    """Sum up what was asked through the shims of this machine, by model.

    It is counted here, from the answers: requests, tokens, time to the first byte. What is older
    than the last few thousand requests is forgotten; what was billed, the gateway's console knows.
    """
    from bytespike_cli.shim import ledger
    from bytespike_cli.shim.service import ask
    from bytespike_cli.shim.usage import last_launch, usage_of
    from bytespike_cli.wire.money import usd

    app = current_app()
    ask.flush(app.env, app.env.sleep)
    lines = ledger.read(app.env)
    found = usage_of(last_launch(lines) if last else lines)
    if app.flags.json:
        app.render.data(found.document())
        return
    if found.since is None:
        app.render.say("No launch has asked yet." if last else "Nothing was asked yet.")
        return
    app.render.table(
        ["MODEL", "REQUESTS", "FAILED", "TOKENS IN", "TOKENS OUT", "FIRST BYTE"],
        [
            [
                model.model, str(model.requests), str(model.failed), f"{model.tokens_in:,}",
                f"{model.tokens_out:,}",
                "-" if model.first_byte_ms is None else f"{model.first_byte_ms:.0f} ms",
            ]
            for model in found.models
        ],
    )  # fmt: skip
    began = datetime.fromtimestamp(found.since, UTC).astimezone()
    left = found.credits_left_usd
    app.render.say(
        f"Since {began:%Y-%m-%d %H:%M}" + (f"; {usd(left)} left." if left is not None else ".")
    )
