import io
from contextlib import suppress

import pytest
from rich.console import Console

from bytespike_cli import redact
from bytespike_cli.cli.chat_screen import MarkdownScreen, PlainScreen, screen_factory
from bytespike_cli.cli.render import Renderer
from bytespike_cli.context import Environment
from tests.conftest import MakeEnv

ANSWER = """# Heading

Some **bold** and `code`.

- one
- two

```python
def f():

    return 1
```

| a | b |
|---|---|
| 1 | 2 |

The end."""


class Terminal:
    """What a terminal shows: enough of one to follow rich's cursor."""

    def __init__(self, written: str) -> None:
        self.lines = [""]
        self.row = 0
        position = 0
        while position < len(written):
            character = written[position]
            if character == "\x1b":
                end = position + 2
                while not written[end].isalpha():
                    end += 1
                self.control(written[position + 2 : end], written[end])
                position = end
            elif character == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif character != "\r":
                self.lines[self.row] += character
            position += 1

    def control(self, argument: str, command: str) -> None:
        match command:
            case "A":
                self.row -= int(argument or 1)
            case "K":
                self.lines[self.row] = ""

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines).rstrip("\n")


def shown(pieces: list[str], *, height: int = 40) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, width=40, height=height, legacy_windows=False
    )
    with MarkdownScreen(console) as screen:
        screen.status("HTTP 503; trying again in 1 s")
        for piece in pieces:
            screen.write(piece)
            assert screen._live is not None
            with screen._lock:
                screen._live.refresh()
    return Terminal(stream.getvalue()).text


def test_markdown_is_rendered_with_one_blank_line_between_blocks() -> None:
    text = shown([ANSWER])
    lines = [line.strip() for line in text.splitlines()]
    assert lines == [
        "Heading", "", "Some bold and code.", "", "• one", "• two", "", "def f():", "",
        "return 1", "", "a  b", "────", "1  2", "", "The end.",
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 3, 17])
@pytest.mark.parametrize("height", [6, 40])
def test_however_it_arrives_the_same_is_left(size: int, height: int) -> None:
    pieces = [ANSWER[at : at + size] for at in range(0, len(ANSWER), size)]
    assert shown(pieces, height=height) == shown([ANSWER])


def test_what_waits_or_is_empty_leaves_nothing() -> None:
    assert shown([]) == shown(["\n", ""]) == ""


def test_an_answer_that_is_stopped_stays() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=40, height=40)
    with suppress(KeyboardInterrupt), MarkdownScreen(console) as screen:
        screen.write("half an ans")
        raise KeyboardInterrupt
    assert Terminal(stream.getvalue()).text == "half an ans"


def render(env: Environment) -> Renderer:
    return Renderer(env)


def test_plain_text_ends_its_line(make_env: MakeEnv) -> None:
    env = make_env()
    for pieces in (["a", "b"], ["c\n"], [], [""]):
        with screen_factory(render(env), markdown=False)() as screen:
            for piece in pieces:
                screen.write(piece)
    assert env.stdout.getvalue() == "ab\nc\n"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("talkative", "said"), [(True, "waiting\n"), (False, "")])
def test_plain_status(make_env: MakeEnv, talkative: bool, said: str) -> None:
    env = make_env()
    with PlainScreen(render(env), talkative=talkative) as screen:
        screen.status("waiting")
    assert env.stderr.getvalue() == said  # type: ignore[attr-defined]


def test_known_secrets_are_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redact, "_known", {"marked-secret"})
    assert shown(["it is marked-secret"]) == "it is [redacted]"
