"""The one way by which a command prints: data to stdout, words to stderr, both scrubbed.

With `--json`, stderr has JSON alone as well, one document a line: notes, warnings, and the error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from bytespike_cli.context import emit, is_terminal, silence
from bytespike_cli.redact import scrub, scrub_known

if TYPE_CHECKING:
    from rich.console import Console

    from bytespike_cli.context import Environment
    from bytespike_cli.errors import BytespikeError

RED, YELLOW, GREEN, DIM, BOLD = "31", "33", "32", "2", "1"


class Renderer:
    """Prints. rich is imported only by `console`, for what needs layout."""

    def __init__(
        self, env: Environment, *, color: str | None = None, json_output: bool = False
    ) -> None:
        self.env = env
        self.json_output = json_output
        self._color = color or "auto"

    def wants_color(self, stream: TextIO) -> bool:
        """Colour only on a terminal; `--color`, then NO_COLOR, then FORCE_COLOR say otherwise."""
        if self._color != "auto":
            return self._color == "always"
        if self.env.variables.get("NO_COLOR"):
            return False
        if self.env.variables.get("FORCE_COLOR"):
            return True
        return is_terminal(stream) and self.env.variables.get("TERM") != "dumb"

    def out(self, text: str = "") -> None:
        """Print a line of data to stdout."""
        emit(self.env.stdout, scrub(text) + "\n")

    def write(self, text: str) -> None:
        """Print a piece of a model's answer to stdout, at once and without a line end."""
        emit(self.env.stdout, scrub_known(text), flush=True)

    def reveal(self, text: str) -> None:
        """Print what the user asked to see with the key in it: nothing is masked."""
        self.env.stdout.write(text + "\n")

    def data(self, document: Any) -> None:
        """Print one JSON document to stdout."""
        self.out(json.dumps(document, ensure_ascii=self._ascii_only, indent=2))

    def json_line(self, document: Any) -> None:
        """Print one JSON document as a line of a stream to stdout."""
        self.out(json.dumps(document, ensure_ascii=self._ascii_only, separators=(",", ":")))
        self.flush()

    def flush(self) -> None:
        """Send what was printed to stdout on its way. Raises OutputError, ReaderLeft."""
        emit(self.env.stdout, "", flush=True)

    def say(self, text: str, *, style: str = "") -> None:
        """Print words to stderr; with `--json` as a document of one line."""
        if self.json_output:
            self._document({"note": {"message": text.strip()}})
            return
        self._words(self._styled(scrub(text), style, self.env.stderr) + "\n")

    def warn(self, text: str) -> None:
        """Print a warning to stderr; with `--json` as a document of one line."""
        if self.json_output:
            self._document({"warning": {"message": text}})
            return
        label = self._styled("warning:", YELLOW, self.env.stderr)
        self._words(f"{label} {scrub(text)}\n")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print aligned columns to stdout: plain text that `cut` and `awk` can read."""
        cells = [[scrub(c) for c in row] for row in (columns, *rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
        for number, row in enumerate(cells):
            line = "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
            style = BOLD if number == 0 else ""
            emit(self.env.stdout, self._styled(line, style, self.env.stdout) + "\n")

    def failure(self, error: BytespikeError) -> None:
        """Print an error: cause, the gateway's words, the fix; as JSON where `--json` was given."""
        if self.json_output:
            self._document(failure_document(error))
            return
        label = self._styled("error:", RED, self.env.stderr)
        words = f"{label} {scrub(error.cause)}\n"
        if error.detail:
            words += f"  {scrub(error.detail)}\n"
        if error.fix:
            words += f"  {self._styled('fix:', BOLD, self.env.stderr)} {scrub(error.fix)}\n"
        self._words(words)

    def crash(self, unexpected: BaseException) -> None:
        """Print a failure that we did not foresee: one sentence, and where to send it."""
        from bytespike_cli.errors import BytespikeError

        words = f"{type(unexpected).__name__}: {unexpected}"
        self.failure(
            BytespikeError(
                "This should not have happened, and is a defect of bytespike.",
                detail=words,
                fix="please report it, with the command and the line above",
            )
        )

    def console(self, *, stderr: bool = False) -> Console:
        """Return a rich console on one of our streams (imports rich)."""
        from rich.console import Console

        stream = self.env.stderr if stderr else self.env.stdout
        color = self.wants_color(stream)
        return Console(
            file=stream,
            force_terminal=color or None,
            no_color=not color,
            highlight=False,
            soft_wrap=not is_terminal(stream),
        )

    @property
    def _ascii_only(self) -> bool:
        """True where JSON has to do without the characters that the output's encoding lacks."""
        encoding = self.env.stdout.encoding or "utf-8"
        return not encoding.lower().startswith("utf")

    def _document(self, document: Mapping[str, Any]) -> None:
        self._words(scrub(json.dumps(document)) + "\n")

    def _words(self, text: str) -> None:
        """Write to stderr; where it takes nothing, there is no one left to tell."""
        try:
            self.env.stderr.write(text)
            self.env.stderr.flush()
        except OSError:
            silence(self.env.stderr)

    def _styled(self, text: str, style: str, stream: TextIO) -> str:
        if style and text and self.wants_color(stream):
            return f"\x1b[{style}m{text}\x1b[0m"
        return text


def failure_document(error: BytespikeError) -> Mapping[str, Any]:
    """Return an error as the JSON document of `--json` (documented in the README)."""
    document: dict[str, Any] = {
        "kind": error.kind,
        "message": error.cause,
        "exit_status": int(error.status),
    }
    if error.fix:
        document["fix"] = error.fix
    if error.detail:
        document["detail"] = error.detail
    return {"error": document}
