import io
from collections.abc import Callable
from pathlib import Path

import pytest

from bytespike_cli.cli.chat_input import pipe_reader, quiet, read_message
from tests.conftest import MakeEnv


def messages(typed: str, make_env: MakeEnv) -> list[str]:
    read: Callable[[bool], str] = pipe_reader(make_env(typed))
    found = []
    while True:
        try:
            found.append(read_message(read))
        except EOFError:
            return found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", []),
        ("one\ntwo\n", ["one", "two"]),
        ("no line end", ["no line end"]),
        ("crlf\r\n", ["crlf"]),
        ("a\\\nb\\\nc\nd\n", ["a\nb\nc", "d"]),
        ("a\\\n", ["a"]),
        ('"""\na\n\nb\n"""\nc\n', ["a\n\nb", "c"]),
        ('"""a\nb"""\nc\n', ["a\nb", "c"]),
        ('"""one line"""\nc\n', ["one line", "c"]),
        ('"""never closed\nb\n', ["never closed\nb"]),
        ('say """ in the middle\nc\n', ['say """ in the middle', "c"]),
    ],
)
def test_messages(typed: str, expected: list[str], make_env: MakeEnv) -> None:
    assert messages(typed, make_env) == expected


def test_continuations_are_asked_for_as_such() -> None:
    lines = iter(["a\\", "b\\", "c"])
    asked = []

    def read(continuation: bool) -> str:
        asked.append(continuation)
        return next(lines)

    assert read_message(read) == "a\nb\nc"
    assert asked == [False, True, True]


def test_what_is_no_terminal_is_left_alone(tmp_path: Path) -> None:
    with quiet(io.StringIO("x")) as nothing, (tmp_path / "f").open("w") as f, quiet(f):
        assert nothing is None
