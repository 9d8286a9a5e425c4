"""What the arguments of gemini-cli say, read without changing them.

The options are those of gemini-cli 0.36 to 0.61 (`gemini --help`); an unknown one is a flag.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SUBCOMMANDS = frozenset(
    {"mcp", "extensions", "extension", "skills", "skill", "hooks", "hook", "gemma"}
)
"""Subcommands that manage the client itself and ask no model."""

_INFORMATION = frozenset({"-v", "--version", "-h", "--help"})
_WITH_VALUE = frozenset(
    {
        "-m", "--model", "-p", "--prompt", "-i", "--prompt-interactive", "-w", "--worktree",
        "--approval-mode", "--policy", "--admin-policy", "--allowed-mcp-server-names",
        "--allowed-tools", "-e", "--extensions", "-r", "--resume", "--session-file",
        "--session-id", "--delete-session", "--include-directories", "-o", "--output-format",
        "--fake-responses", "--fake-responses-non-strict", "--record-responses", "--proxy",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GeminiArgs:
    """`model`: the id given with -m; `asks_model`: False when no request can follow."""

    model: str | None
    asks_model: bool
    prompts: bool
    """A prompt was given with -p: the run is headless."""
    skips_trust: bool
    boxed: bool = False
    """gemini-cli's own sandbox was asked for with -s."""


def read(arguments: Sequence[str]) -> GeminiArgs:
    """Read the arguments of one run of gemini-cli."""
    model: str | None = None
    prompts = skips_trust = informs = boxed = False
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            break
        for name, value in _options(argument, rest):
            if name in {"-m", "--model"}:
                model = value or None
            prompts = prompts or name in {"-p", "--prompt"}
            skips_trust = skips_trust or name == "--skip-trust"
            informs = informs or name in _INFORMATION
            boxed = boxed or name in {"-s", "--sandbox"}
    manages = bool(arguments) and arguments[0] in SUBCOMMANDS
    return GeminiArgs(
        model=model,
        asks_model=not (informs or manages),
        prompts=prompts,
        skips_trust=skips_trust,
        boxed=boxed,
    )


def _options(argument: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the options of one argument with their values, as yargs reads them.

    `--model=x`, `--m x`, `-m x`, `-mx`, `-m=x`, and flags before it in one cluster: `-ym x`.
    """
    if argument.startswith("--"):
        name, equals, value = argument.partition("=")
        name = name[1:] if len(name) == 3 else name
        yield name, value if equals or name not in _WITH_VALUE else next(rest, "")
    elif argument.startswith("-"):
        for position, letter in enumerate(argument[1:], start=2):
            if f"-{letter}" in _WITH_VALUE:
                attached = argument[position:].removeprefix("=")
                yield f"-{letter}", attached or next(rest, "")
                return
            yield f"-{letter}", ""
