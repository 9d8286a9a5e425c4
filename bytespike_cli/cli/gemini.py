"""`bytespike gemini`: gemini-cli on ByteSpike, its arguments untouched; `gemini chat` to talk."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from bytespike_cli.cli.app import App
from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bytespike_cli.launch.find import GeminiCli

CHAT_HELP = """\
Usage: bytespike gemini chat [--builtin] [ARGS]...

  Talk to a model: gemini-cli through the shim, or the built-in chat where gemini-cli is not
  installed.

Options:
  --builtin       Use the built-in chat.
  -m, --model ID  The model to talk to.
  -h, --help      Show this message.

  Everything else goes to gemini-cli (see `bytespike gemini --help`).
"""


class Untouched(click.Command):
    """A command whose arguments click does not look at, not even for `--` or `--help`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.params = {"arguments": tuple(args)}
        return []

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the chat, gemini-cli's own subcommands, and models after -m."""
        from bytespike_cli.cli.complete import names
        from bytespike_cli.launch.gemini_args import SUBCOMMANDS

        before = ctx.params["arguments"]
        if before and before[-1] in {"-m", "--model"}:
            return names("models", ctx, incomplete)
        words = [] if before else ["chat", *sorted(SUBCOMMANDS)]
        return [CompletionItem(word) for word in words if word.startswith(incomplete)]


@click.command(cls=Untouched, add_help_option=False)
@click.pass_context
def gemini(ctx: click.Context, arguments: tuple[str, ...]) -> int:
    """Run gemini-cli on ByteSpike."""
    app: App = ctx.find_root().obj
    if arguments[:1] == ("chat",) and not app.drop_in:
        return _chat(app, arguments[1:])
    return _launch(app, arguments)


def _chat(app: App, arguments: tuple[str, ...]) -> int:
    if arguments[:1] in {("-h",), ("--help",)}:
        app.render.out(CHAT_HELP.rstrip())
        return 0
    builtin = "--builtin" in arguments
    rest = tuple(argument for argument in arguments if argument != "--builtin")
    if not builtin:
        from bytespike_cli.launch.find import find_gemini

        if find_gemini(app.env) is not None:
            return _launch(app, rest)
        app.render.say("gemini-cli is not installed: this is the built-in chat.")
    from bytespike_cli.cli.chat import run_chat
    from bytespike_cli.launch import gemini_args

    given = gemini_args.read(rest)
    unknown = [a for a in rest if a.startswith("-") and not a.startswith(("-m", "--model"))]
    if unknown:
        raise UsageError(
            f"The built-in chat has no option {unknown[0]}.", fix="bytespike gemini chat --help"
        )
    if given.model:
        app.flags.model = given.model
    return run_chat(app)


def _launch(app: App, arguments: Sequence[str]) -> int:
    from bytespike_cli.launch import gemini as launcher
    from bytespike_cli.launch import gemini_args

    if not gemini_args.read(arguments).asks_model:
        return launcher.manage(app.env, _find(app), arguments).run(app.env.platform)
    from bytespike_cli.config.credential import select_credential

    credential = select_credential(app.env, app.settings)
    launch = launcher.prepare(
        app.env, _find(app), arguments, settings=app.settings, credential=credential
    )
    for note in launch.notes:
        app.render.warn(note)
    app.render.flush()
    return launch.run(app.env.platform)


def _find(app: App) -> GeminiCli:
    """Return gemini-cli, or npx to fetch it when the user agrees. Raises ClientNotFoundError."""
    from bytespike_cli.launch.find import PACKAGE, GeminiCli, find_gemini
    from bytespike_cli.launch.gemini import missing

    found = find_gemini(app.env)
    if found is not None:
        return found
    npx = shutil.which("npx", path=app.env.variables.get("PATH"))
    if npx and app.may_ask:
        from bytespike_cli.cli.prompts import confirm

        question = f"gemini-cli is not installed. Fetch and run {PACKAGE} with npx?"
        if confirm(app, question, default=True):
            return GeminiCli((npx, "--yes", PACKAGE), None)
    raise missing()
