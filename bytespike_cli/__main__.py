"""Lazy entry: parse, run, turn every outcome into an exit status."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


def main(argv: Sequence[str] | None = None) -> None:
    """Run `bytespike` and end the process."""
    sys.exit(run(sys.argv[1:] if argv is None else list(argv)))


def main_gemini() -> None:
    """Run `bytespike-gemini`: `bytespike gemini` with every argument left to gemini-cli."""
    sys.exit(run(["gemini", *sys.argv[1:]], drop_in=True))


def run(args: list[str], *, drop_in: bool = False) -> int:
    """Run one command line and return its exit status. Nothing else decides a status."""
    from bytespike_cli.context import Environment

    env = Environment.from_process()
    if args in (["--version"], ["-V"]) and _print_version(env):
        return ExitStatus.OK
    from bytespike_cli.cli.main import invoke

    return invoke(env, args, drop_in=drop_in)


def _print_version(env: "Environment") -> bool:
    """Print the version without loading the command line, which explains a stdout that is full."""
    from bytespike_cli import __version__

    try:
        env.stdout.write(f"bytespike {__version__}\n")
        env.stdout.flush()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
