"""What the arguments of gemini-cli say."""

import pytest

from bytespike_cli.launch.gemini_args import read


@pytest.mark.parametrize(
    ("arguments", "model"),
    [
        ([], None),
        (["-m", "gemini-3-1-pro"], "gemini-3-1-pro"),
        (["--model", "pro", "-p", "hi"], "pro"),
        (["--model=flash"], "flash"),
        (["-mflash"], "flash"),
        (["-m=flash"], "flash"),
        (["--m", "flash"], "flash"),
        (["-ym", "flash"], "flash"),
        (["-dymflash"], "flash"),
        (["-yp", "-m"], None),
        (["-p", "-m"], None),
        (["--", "-m", "x"], None),
        (["-m"], None),
    ],
)
def test_the_model_that_was_typed(arguments: list[str], model: str | None) -> None:
    assert read(arguments).model == model


@pytest.mark.parametrize(
    ("arguments", "asks"),
    [
        ([], True),
        (["-p", "say hi"], True),
        (["hello"], True),
        (["--version"], False),
        (["-v"], False),
        (["--help"], False),
        (["mcp", "list"], False),
        (["extensions", "install", "x"], False),
        (["-p", "--version"], True),
        (["-p", "mcp"], True),
        (["--list-sessions"], True),
        (["--list-extensions"], True),
    ],
)
def test_what_asks_no_model_needs_no_shim(arguments: list[str], asks: bool) -> None:
    assert read(arguments).asks_model is asks


def test_headless_and_trust() -> None:
    assert read(["-yp", "say hi"]).prompts
    assert read(["-s"]).boxed
    assert read(["-ys", "-p", "hi"]).boxed
    assert not read(["-p", "-s"]).boxed
    given = read(["--skip-trust", "--prompt=say hi"])
    assert given.prompts
    assert given.skips_trust
    assert not read(["-i", "say hi"]).prompts
