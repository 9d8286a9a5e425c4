"""Images in the terminal itself, where it can: Sixel (iTerm2, WezTerm, xterm, …) and Kitty's way.

By textual-image, the extra `images`. It asks the terminal when it is imported, and is never
imported unless there is one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bytespike_cli.context import is_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from bytespike_cli.cli.app import App

COLUMNS = 60
"""Widest, so that an image does not fill the screen."""


def show_inline(app: App, path: Path, *, wanted: bool | None) -> bool:
    """Show an image on stdout if that is a terminal that can; return whether it was shown.

    `wanted` True says why not, False shows nothing; None shows where it is possible.
    """
    env = app.env
    plain = not is_terminal(env.stdout) or env.variables.get("TERM") == "dumb"
    if wanted is False or app.flags.json or (plain and not wanted):
        return False
    if plain:
        app.render.warn("Images are shown in a terminal only.")
        return False
    try:
        library = import_module("textual_image.renderable")
    except ImportError:
        if wanted:
            app.render.warn("To show images: pip install 'bytespike[images]'")
        return False
    if library.Image not in (library.SixelImage, library.TGPImage):
        if wanted:
            app.render.warn("This terminal knows neither Sixel nor Kitty's graphics.")
        return False
    app.render.flush()
    console = app.render.console()
    try:
        console.print(library.Image(path, width=min(COLUMNS, console.width - 1), height="auto"))
    except (OSError, ValueError) as unreadable:
        if wanted:
            app.render.warn(f"It cannot be shown: {unreadable}")
        return False
    return True
