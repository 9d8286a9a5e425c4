"""`bytespike sandbox try`: the whole main job, against a sandbox, with nothing of the user's."""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.cli.render import BOLD, DIM, GREEN, RED
from bytespike_cli.constants import VAR_API_KEY, VAR_BASE_URL, VAR_CONFIG_DIR, VAR_GEMINI_BIN

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App

STEP_WITHIN_S = 120.0
TIDY_WITHIN_S = 3.0
TIDY_STEP_S = 0.05
THE_USERS = ("BYTESPIKE_", "GEMINI_", "GOOGLE_", "XDG_")
NOTES = "Aardvarks dig at night.\n"

NEXT = """\
Next, with a key of your own (https://console.bytespike.ai/keys):
  bytespike login              store it, checked and hidden
  bytespike gemini chat        talk
  bytespike gemini -p "..."    all that gemini-cli does, as it is
  bytespike completions install"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try: what it shows, and the arguments of `bytespike`."""

    shows: str
    arguments: tuple[str, ...]


DIRECT = (
    Step("A request made by bytespike itself", ("generate", "--no-stream", "say hi")),
    Step("A stream, word by word", ("generate", "--stream", "name three colours")),
)
GEMINI = (
    Step("Google's gemini-cli, unmodified", ("gemini", "--skip-trust", "-p", "say hi")),
    Step(
        "gemini-cli with a tool: it reads a file",
        ("gemini", "--skip-trust", "-y", "-p", "read the file NOTES.md and tell me its first word"),
    ),
)


def run_try(app: App) -> int:
    """Start a sandbox, run the steps, and say what comes next; return 1 when a step failed."""
    from bytespike_cli.launch.find import INSTALL, find_gemini
    from bytespike_cli.sandbox.config import DEFAULT_WORD_DELAY_MS, SandboxConfig
    from bytespike_cli.sandbox.seed import GEMINI_KEY
    from bytespike_cli.sandbox.server import running

    client = find_gemini(app.env)
    steps = DIRECT if client is None else DIRECT + GEMINI
    config = SandboxConfig(now=app.env.now, word_delay_ms=DEFAULT_WORD_DELAY_MS)
    with running(config) as sandbox, _nobodys_home() as home:
        app.render.say(f"A sandbox answers at {sandbox.origin}: no account, no network.")
        variables = {
            **_neutral(app.env.variables),
            "HOME": str(home),
            VAR_CONFIG_DIR: str(home / "bytespike"),
            VAR_BASE_URL: sandbox.origin,
            VAR_API_KEY: GEMINI_KEY,
        }
        failed = [step for step in steps if not _run(app, step, variables, home)]
    if client is None:
        app.render.say(f"\ngemini-cli is not here, so it was not tried. Install it: {INSTALL}")
    done = len(steps) - len(failed)
    app.render.say(f"\n{done} of {len(steps)} worked.", style=RED if failed else GREEN)
    app.render.say(NEXT)
    return 1 if failed else 0


@contextmanager
def _nobodys_home() -> Iterator[Path]:
    """Yield a home folder for the time of the steps, so that none touches the user's own."""
    with tempfile.TemporaryDirectory(prefix="bytespike-try-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "NOTES.md").write_text(NOTES, encoding="utf-8")
        yield home
        _wait_for_launches(home / "bytespike" / "state" / "launches")


def _wait_for_launches(folder: Path) -> None:
    """Wait until every launch has brought its changes home, a moment after its client's end."""
    for _ in range(int(TIDY_WITHIN_S / TIDY_STEP_S)):
        if not any(folder.glob("home-*")):
            return
        time.sleep(TIDY_STEP_S)


def _neutral(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without those that could lead a step to what is the user's."""
    return {
        name: value
        for name, value in variables.items()
        if name == VAR_GEMINI_BIN or not name.upper().startswith(THE_USERS)
    }


def _run(app: App, step: Step, variables: dict[str, str], home: Path) -> bool:
    app.render.say(f"\n{step.shows}", style=DIM)
    app.render.say(f"$ bytespike {shlex.join(step.arguments)}", style=BOLD)
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-m", "bytespike_cli", *step.arguments],
            env=variables,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=_descriptor(app),
            stderr=subprocess.PIPE,
            text=True,
            timeout=STEP_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        app.render.say(f"It did not end within {STEP_WITHIN_S:g} seconds.", style=RED)
        return False
    if done.returncode != 0:
        app.render.say(done.stderr.rstrip())
        app.render.say(f"It ended with status {done.returncode}.", style=RED)
    return done.returncode == 0


def _descriptor(app: App) -> int:
    """Return our stdout for the step to write to: a stream is seen as it arrives."""
    app.render.flush()
    return app.env.stdout.fileno()
