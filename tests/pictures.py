"""Makes the pictures in docs/ (`make pictures`): real runs of the program, against the sandbox."""

import io
import re
import tempfile
import time
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from bytespike_cli.cli.main import invoke
from bytespike_cli.context import Environment
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.seed import CLAUDE_KEY, GEMINI_KEY
from bytespike_cli.sandbox.server import running

DOCS = Path(__file__).parent.parent / "docs"
WIDTH = 80
DOCTOR = "doctor network key catalogue request stream --key claude"
# The fonts of whoever looks, instead of one from somewhere in the net.
SVG = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "<svg ", '<svg xml:space="preserve" '
)


def run(root: Path, command: str) -> str:
    """Return what a command line prints, in colour."""
    env = Environment(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        variables={"BYTESPIKE_CONFIG_DIR": str(root / "config"), "PATH": ""},
        home=root,
        cwd=root,
    )
    invoke(env, [*command.split(), "--color", "always"])
    assert isinstance(env.stdout, io.StringIO)
    return env.stdout.getvalue()


def doctor() -> str:
    """Return a run of the doctor with a key of the wrong group, and the right one in the store."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(SandboxConfig(now=time.time)) as sandbox,
    ):
        root = Path(folder)
        for name, secret in (("claude", CLAUDE_KEY), ("google", GEMINI_KEY)):
            keys = Environment(
                stdin=io.StringIO(secret),
                stdout=io.StringIO(),
                stderr=io.StringIO(),
                variables={"BYTESPIKE_CONFIG_DIR": str(root / "config")},
                home=root,
                cwd=root,
            )
            invoke(keys, ["keys", "add", name, "--key-stdin", "--base-url", sandbox.origin])
        run(root, "models --key google")
        return run(root, DOCTOR)


def picture(title: str, text: str) -> str:
    """Return a terminal with `text` in it, as SVG."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(f"$ {title}\n{text}"))
    return console.export_svg(title=title, unique_id="doctor", code_format=SVG)


if __name__ == "__main__":
    (DOCS / "doctor.svg").write_text(picture(f"bytespike {DOCTOR}", doctor()), encoding="utf-8")
