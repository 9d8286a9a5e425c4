"""The root command: finds commands lazily, so that none pays for another's imports."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from bytespike_cli import __version__
from bytespike_cli.cli.app import App
from bytespike_cli.cli.options import Printing, common_options
from bytespike_cli.context import ReaderLeft, silence
from bytespike_cli.errors import BytespikeError, Interrupted, OutputError, UsageError
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


class Entry(NamedTuple):
    """Where a command lives and its one line of help (so that `--help` imports nothing)."""

    target: str
    help: str


COMMANDS: dict[str, Entry] = {
    "login": Entry("login:login", "Store a ByteSpike key: guided, checked, hidden."),
    "keys": Entry("keys:keys", "List, add, choose and remove stored keys."),
    "groups": Entry("groups:groups", "List the groups of your keys and choose one."),
    "models": Entry("models:models", "List models, and see how a model id is resolved."),
    "gemini": Entry("gemini:gemini", "Run gemini-cli on ByteSpike; `gemini chat` to talk."),
    "exec": Entry("exec:exec_", "Run any Gemini client or program through the shim."),
    "env": Entry(
        "env:env", "Print variables for a shell: the shim that runs, or the gateway itself."
    ),
    "shim": Entry("shim:shim", "A shim that stays, for IDEs: serve, status, stop, log, rules."),
    "snippet": Entry("snippet:snippet", "Print working code for an SDK or a client."),
    "generate": Entry("generate:generate", "Ask a model once, and stream the answer."),
    "doctor": Entry("doctor:doctor", "Find what is wrong: the cause, and the fix."),
    "explain": Entry("explain:explain_", "Paste an error: its cause and the fix."),
    "usage": Entry("usage:usage", "What was asked through the shims of this machine, by model."),
    "video": Entry("video:video", "Make a video of a prompt."),
    "image": Entry("image:image", "Make or change an image."),
    "tasks": Entry("tasks:tasks", "Follow, fetch and cancel what is made at the gateway."),
    "config": Entry("config:config", "Show settings with their origin; get, set, unset."),
    "sandbox": Entry("sandbox:sandbox", "A local stand-in for the gateway, to try everything."),
    "completions": Entry("completions:completions", "Shell completion for bash, zsh and fish."),
}


NO_ARGUMENTS: tuple[type[Exception], ...] = tuple(
    filter(None, [getattr(click.exceptions, "NoArgsIsHelpError", None)])
)
"""What click 8.2 and newer raise for a group without a command: its help, not an error."""


class Root(Printing, click.Group):
    """A group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, attribute = entry.target.split(":")
        loaded = importlib.import_module(f"bytespike_cli.cli.{module}")
        return cast(click.Command, getattr(loaded, attribute))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = ctx.resilient_parsing or not args or args[0] in COMMANDS
        if not known and not args[0].startswith("-"):
            from difflib import get_close_matches

            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"bytespike {close[0]}" if close else "bytespike --help"
            raise UsageError(f"There is no command '{args[0]}'.", fix=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        cast(App, ctx.find_root().obj).render.out(f"bytespike {__version__}")
        ctx.exit(0)


root = Root(
    name="bytespike",
    help="Any Gemini client works on ByteSpike, unmodified, at the first try.",
    epilog="Start here: `bytespike login`, then `bytespike gemini chat`. "
    "No key yet? `bytespike sandbox try`.",
    params=[
        click.Option(
            ["-V", "--version"], is_flag=True, is_eager=True, expose_value=False,
            callback=_print_version, help="Print the version.",
        ),
        *common_options(),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip


def invoke(env: Environment, args: list[str], *, drop_in: bool = False) -> int:
    """Run a command line and return its exit status; whatever happens ends as a status.

    A reader of stdout that leaves early (`| head`) is no error.
    """
    app = App(env, drop_in=drop_in)
    status: int = ExitStatus.OK
    try:
        status = _outcome(app, args)
        app.render.flush()
    except ReaderLeft:
        silence(env.stdout)
    except OutputError as lost:
        silence(env.stdout)
        app.render.failure(lost)
        return lost.status
    return status


def _outcome(app: App, args: list[str]) -> int:
    """Return the status of a command line. Raises only what a stdout without a reader raises."""
    try:
        result = root.main(args=args, prog_name="bytespike", standalone_mode=False, obj=app)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except (ReaderLeft, OutputError):
        raise
    except (click.Abort, KeyboardInterrupt):
        app.render.failure(Interrupted())
        return ExitStatus.INTERRUPTED
    except click.ClickException as refused:
        if isinstance(refused, NO_ARGUMENTS):
            app.render.say(refused.format_message())
            return ExitStatus.USAGE
        app.flags.json = app.flags.json or "--json" in args
        app.render.failure(_usage_error(refused))
        return ExitStatus.USAGE
    except BytespikeError as failure:
        app.render.failure(failure)
        return failure.status
    except Exception as unexpected:  # noqa: BLE001 - no traceback reaches a user
        app.render.crash(unexpected)
        return ExitStatus.ERROR
    return int(result) if isinstance(result, int) else ExitStatus.OK


def _usage_error(refused: click.ClickException) -> UsageError:
    ctx = getattr(refused, "ctx", None)
    fix = f"{ctx.command_path} --help" if ctx is not None else "bytespike --help"
    return UsageError(refused.format_message(), fix=fix)
