import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bytespike_cli.cli.app import App
from bytespike_cli.cli.inline_image import show_inline
from tests.cli.conftest import Cli, Terminal


class Sixel:
    def __init__(self, path: Path, **_: Any) -> None:
        if path.name == "broken.png":
            raise OSError("cannot identify image file")
        self.path = path

    def __rich__(self) -> str:
        return f"<picture {self.path.name}>"


class Blocks(Sixel):
    pass


def app_of(cli: Cli, *, terminal: bool = True) -> App:
    env = cli.env()
    env.stdout = Terminal() if terminal else io.StringIO()
    return App(env)


def install(monkeypatch: pytest.MonkeyPatch, image: type[Sixel]) -> None:
    library = SimpleNamespace(Image=image, SixelImage=Sixel, TGPImage=type("TGP", (), {}))
    monkeypatch.setitem(sys.modules, "textual_image", SimpleNamespace(renderable=library))
    monkeypatch.setitem(sys.modules, "textual_image.renderable", library)


def said(app: App) -> str:
    assert isinstance(app.env.stderr, io.StringIO)
    return app.env.stderr.getvalue()


def test_shown(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Sixel)
    app = app_of(cli)
    assert show_inline(app, Path("crane.png"), wanted=None)
    assert isinstance(app.env.stdout, io.StringIO)
    assert "<picture crane.png>" in app.env.stdout.getvalue()


@pytest.mark.parametrize(
    ("image", "terminal", "name", "words"),
    [
        (Blocks, True, "crane.png", "neither Sixel"),
        (Sixel, False, "crane.png", "in a terminal only"),
        (Sixel, True, "broken.png", "cannot identify"),
        (None, True, "crane.png", "bytespike[images]"),
    ],
)
def test_not_shown_and_why(
    cli: Cli,
    monkeypatch: pytest.MonkeyPatch,
    image: type[Sixel] | None,
    terminal: bool,
    name: str,
    words: str,
) -> None:
    if image is None:
        monkeypatch.setitem(sys.modules, "textual_image.renderable", None)
    else:
        install(monkeypatch, image)
    silent, asked = app_of(cli, terminal=terminal), app_of(cli, terminal=terminal)
    assert not show_inline(silent, Path(name), wanted=None)
    assert said(silent) == ""
    assert not show_inline(asked, Path(name), wanted=True)
    assert words in said(asked)


def test_not_wanted(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Sixel)
    assert not show_inline(app_of(cli), Path("crane.png"), wanted=False)
