"""`bytespike sandbox`: the local stand-in for the gateway."""

from __future__ import annotations

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import Group, json_option
from bytespike_cli.constants import LOOPBACK, VAR_API_KEY, VAR_BASE_URL

DEFAULT_PORT = 8787
DEFAULT_WORD_DELAY_MS = 15.0


@click.group(cls=Group, name="sandbox")
def sandbox() -> None:
    """A local stand-in for the gateway, to try everything without an account."""


@sandbox.command()
@click.option("--host", default=LOOPBACK, metavar="HOST", help="Loopback address to listen on.")
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--dialect",
    "dialects",
    multiple=True,
    metavar="NAME=VALUE",
    help="Speak as one of the gateway's variants (repeatable).",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="[SURFACE/]NAME[:ARG][@N]",
    help="Break something, always or for the Nth request only (repeatable).",
)
@click.option(
    "--word-delay-ms",
    default=DEFAULT_WORD_DELAY_MS,
    show_default=True,
    type=click.FloatRange(0, 60_000),
    help="Time between the words of an answer.",
)
@click.option(
    "--fast", is_flag=True, help="Make videos and pictures fifty times faster than the gateway."
)
@click.option("--list-dialects", is_flag=True, help="Print the dialects and end.")
@click.option("--list-faults", is_flag=True, help="Print the faults and end.")
@json_option
def serve(
    host: str,
    port: int,
    dialects: tuple[str, ...],
    faults: tuple[str, ...],
    word_delay_ms: float,
    fast: bool,
    list_dialects: bool,
    list_faults: bool,
) -> None:
    """Run the sandbox in the foreground until Ctrl-C.

    The first line on stdout, `listening on ORIGIN`, says that it is ready.
    """
    app = current_app()
    if list_dialects or list_faults:
        _list(app, dialects=list_dialects)
        return
    from bytespike_cli.sandbox.config import SandboxConfig
    from bytespike_cli.sandbox.dialects import parse_pairs
    from bytespike_cli.sandbox.server import serve as run

    config = SandboxConfig(
        now=app.env.now,
        host=host,
        port=port,
        dialects=parse_pairs(dialects),
        faults=faults,
        word_delay_ms=word_delay_ms,
        pace="fast" if fast else "real",
    )
    run(config, lambda origin: _announce(app, origin))


def _announce(app: App, origin: str) -> None:
    from bytespike_cli.sandbox.seed import GEMINI_KEY, KEYS
    from bytespike_cli.sandbox.tls import AUTHORITY

    if app.flags.json:
        keys = [{"key": k.secret, "group": k.group, "note": k.note} for k in KEYS]
        app.render.json_line({"origin": origin, "keys": keys})
        return
    app.render.out(f"listening on {origin}")
    app.render.out()
    app.render.table(
        ["KEY", "GROUP", "WHAT IT IS"], [[k.secret, k.group or "-", k.note] for k in KEYS]
    )
    app.render.out()
    app.render.out("In another terminal:")
    app.render.out(f"  export {VAR_BASE_URL}={origin}")
    if origin.startswith("https:"):
        app.render.out(f"  export SSL_CERT_FILE={AUTHORITY}")
    app.render.out(f"  export {VAR_API_KEY}={GEMINI_KEY}")
    app.render.out('  bytespike generate "say hi"')
    app.render.flush()


def _list(app: App, *, dialects: bool) -> None:
    rows = _dialects() if dialects else _faults()
    if app.flags.json:
        app.render.data(rows)
    elif dialects:
        app.render.table(
            ["DIALECT", "MEANING", "CONTRACT"],
            [
                [f"{r['dialect']}={r['value']}" + (" (default)" if r["default"] else ""),
                 f"{r['what']}: {r['meaning']}", str(r["contract"])]
                for r in rows
            ],
        )  # fmt: skip
    else:
        app.render.table(
            ["FAULT", "WHAT HAPPENS", "CONTRACT"],
            [
                [str(r["fault"]) + (f":{r['default']} ({r['argument']})" if r["argument"] else ""),
                 str(r["what"]), str(r["contract"])]
                for r in rows
            ],
        )  # fmt: skip


def _dialects() -> list[dict[str, object]]:
    from bytespike_cli.sandbox.dialects import DIALECTS

    return [
        {
            "dialect": name,
            "value": value,
            "default": value == row.default,
            "what": row.what,
            "meaning": meaning,
            "contract": row.source,
        }
        for name, row in DIALECTS.items()
        for value, meaning in row.values.items()
    ]


def _faults() -> list[dict[str, object]]:
    from bytespike_cli.sandbox.faults import KINDS

    return [
        {
            "fault": name,
            "argument": kind.argument,
            "default": kind.default,
            "what": kind.what,
            "contract": kind.source,
        }
        for name, kind in KINDS.items()
    ]


@sandbox.command("try")
def try_() -> int:
    """Run the whole main job against a sandbox: no account, no network, nothing of yours touched.

    Each step is shown with its command line; gemini-cli is run where it is installed.
    """
    from bytespike_cli.cli.sandbox_try import run_try

    return run_try(current_app())
