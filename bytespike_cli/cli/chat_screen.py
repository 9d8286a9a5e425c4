"""How an answer appears: plain as it comes, or as Markdown on a terminal that grows in place.

Markdown is rendered block by block. Finished blocks are printed once and stay in the scrollback;
only the block that still grows is drawn again, at the bottom, so that nothing flickers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, Self

from bytespike_cli.cli.render import DIM
from bytespike_cli.direct.blocks import split_finished
from bytespike_cli.redact import scrub_known

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.live import Live

    from bytespike_cli.cli.render import Renderer

REFRESHES_PER_S = 12
MARGIN_LINES = 3


class Screen(Protocol):
    """Where one answer is written; use it in `with`."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def write(self, text: str) -> None:
        """Show a piece of the answer at once."""

    def status(self, text: str) -> None:
        """Say what is being waited for."""


class PlainScreen:
    """The text as it comes, and a line end. What is waited for is said where `talkative`."""

    def __init__(self, render: Renderer, *, talkative: bool) -> None:
        self._render = render
        self._talkative = talkative
        self._last = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._last and self._last != "\n":
            self._render.write("\n")

    def write(self, text: str) -> None:
        """Show a piece of the answer at once."""
        self._render.write(text)
        self._last = text[-1:] or self._last

    def status(self, text: str) -> None:
        """Say what is being waited for."""
        if self._talkative:
            self._render.say(text, style=DIM)


class MarkdownScreen:
    """Markdown that grows in place.

    Live's own refreshing thread can write between the parts of what another thread prints, which
    leaves lines behind; ours and the printing take turns by a lock.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._refresher = threading.Thread(target=self._refresh, daemon=True)
        self._text = ""
        self._shown_any = False
        self._live: Live | None = None

    def __enter__(self) -> Self:
        from rich.live import Live
        from rich.spinner import Spinner

        self._live = Live(
            Spinner("dots"),
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        self._refresher.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._live is not None
        self._over.set()
        self._refresher.join()
        self._live.update("")
        self._live.stop()
        self._print(self._text)

    def write(self, text: str) -> None:
        """Show a piece of the answer at once."""
        assert self._live is not None
        finished, self._text = split_finished(self._text + text)
        after_others = self._shown_any or any(block.strip() for block in finished)
        with self._lock:
            self._live.update(_Block(self._text, after_others=after_others, growing=True))
            for block in finished:
                self._print(block)

    def status(self, text: str) -> None:
        """Say what is being waited for, beside the spinner."""
        from rich.spinner import Spinner

        assert self._live is not None
        with self._lock:
            self._live.update(Spinner("dots", text=scrub_known(text), style="dim"))

    def _refresh(self) -> None:
        assert self._live is not None
        while not self._over.wait(1 / REFRESHES_PER_S):
            with self._lock:
                self._live.refresh()

    def _print(self, text: str) -> None:
        """Print a finished block above the growing one."""
        if text.strip():
            self._console.print(_Block(text, after_others=self._shown_any), end="")
            self._shown_any = True


class _Block:
    """A block of Markdown, no blank lines around it but one before it where it comes after others.

    Of what is `growing` the last lines, as many as the terminal has.
    """

    def __init__(self, text: str, *, after_others: bool, growing: bool = False) -> None:
        self._text = scrub_known(text.strip("\n"))
        self._after_others = after_others
        self._growing = growing

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.markdown import Markdown
        from rich.segment import Segment

        if not self._text.strip():
            return
        lines = console.render_lines(Markdown(self._text), options, pad=False)
        blank = [not "".join(segment.text for segment in line).strip() for line in lines]
        if all(blank):
            return
        lines = lines[blank.index(False) : len(lines) - blank[::-1].index(False)]
        if self._after_others:
            lines.insert(0, [])
        if self._growing:
            lines = lines[-max(1, console.size.height - MARGIN_LINES) :]
        for line in lines:
            yield from line
            yield Segment.line()


def screen_factory(
    render: Renderer, *, markdown: bool, talkative: bool = False
) -> Callable[[], Screen]:
    """Return what makes a screen for each answer of a session."""
    if not markdown:
        return lambda: PlainScreen(render, talkative=talkative)
    console = render.console()
    return lambda: MarkdownScreen(console)
