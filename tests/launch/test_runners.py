"""Where in a command the program is that it starts."""

import pytest

from bytespike_cli.launch.runners import named, started


@pytest.mark.parametrize(
    ("command", "position"),
    [
        ("", 0),
        ("aider --model x", 0),
        ("npx", 0),
        ("npx -y", 0),
        ("npx -y tool -x", 2),
        ("npx --package=a -p b tool", 4),
        ("npx -- tool", 2),
        ("npm --silent exec tool", 3),
        ("npm run tool", 0),
        ("uv run tool", 2),
        ("uv tool run tool", 3),
        ("uv tool install tool", 0),
        ("uv -m tool", 0),
        ("python3.11 -X dev -m tool", 4),
        ("python -m", 0),
        ("python - tool", 1),
        ("env A=1 B=2 env C=3 tool D=4", 5),
        ("env A=1", 0),
        ("python -c tool", 0),
        ("npx -c tool", 0),
        ("node --eval tool", 0),
        ("timeout 5 tool", 2),
        ("timeout 5", 0),
        ("nice -n 5 nohup tool", 4),
    ],
)
def test_the_program_behind_every_runner(command: str, position: int) -> None:
    assert started(command.split()) == position


@pytest.mark.parametrize(
    ("program", "name"),
    [("/usr/bin/Gemini", "gemini"), ("C:\\x\\npx.CMD", "npx"), ("", ""), (".", "")],
)
def test_the_name_of_a_program(program: str, name: str) -> None:
    assert named(program) == name
