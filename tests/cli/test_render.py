import io
import json

import pytest

from bytespike_cli.cli.render import Renderer, failure_document
from bytespike_cli.context import Environment
from bytespike_cli.errors import NoKeyError, UnknownModelError
from bytespike_cli.redact import remember

from .conftest import Cli, Terminal

SECRET = "custom-hidden-0001"


def renderer(cli: Cli, *, color: str | None = None, json_output: bool = False) -> Renderer:
    return Renderer(cli.env(), color=color, json_output=json_output)


def printed(env: Environment) -> tuple[str, str]:
    assert isinstance(env.stdout, io.StringIO)
    assert isinstance(env.stderr, io.StringIO)
    return env.stdout.getvalue(), env.stderr.getvalue()


def test_data_goes_to_stdout_and_words_to_stderr(cli: Cli) -> None:
    render = renderer(cli)
    render.out("data")
    render.write("piece")
    render.data({"ä": 1})
    render.json_line({"a": [1, 2]})
    render.say("words")
    render.warn("careful")
    out, err = printed(render.env)
    assert out == 'data\npiece{\n  "ä": 1\n}\n{"a":[1,2]}\n'
    assert err == "words\nwarning: careful\n"


def test_no_known_secret_is_printed_by_any_means(cli: Cli) -> None:
    remember(SECRET)
    render = renderer(cli, color="always")
    error = UnknownModelError(SECRET, fix=SECRET, detail=SECRET)
    render.out(SECRET)
    render.write(SECRET)
    render.data({SECRET: SECRET})
    render.json_line([SECRET])
    render.say(SECRET, style="1")
    render.warn(SECRET)
    render.table((SECRET,), [(SECRET,)])
    render.failure(error)
    Renderer(render.env, json_output=True).failure(error)
    render.crash(ValueError(SECRET))
    out, err = printed(render.env)
    assert out.count("[redacted]") == 7
    assert "hidden" not in out + err


def test_what_is_revealed_is_not_masked(cli: Cli) -> None:
    remember(SECRET)
    render = renderer(cli)
    render.reveal(f"KEY={SECRET}")
    assert printed(render.env) == (f"KEY={SECRET}\n", "")


def test_a_table_is_aligned_plain_text(cli: Cli) -> None:
    render = renderer(cli)
    render.table(("NAME", "N"), [("a", "1"), ("longer", "")])
    assert printed(render.env)[0] == "NAME    N\na       1\nlonger\n"


def test_a_failure_is_cause_detail_and_fix(cli: Cli) -> None:
    render = renderer(cli)
    render.failure(NoKeyError("No key.", detail="looked everywhere", fix="bytespike login"))
    render.failure(NoKeyError("No key."))
    assert printed(render.env) == (
        "",
        "error: No key.\n  looked everywhere\n  fix: bytespike login\nerror: No key.\n",
    )


def test_a_failure_as_json_is_one_document_on_stderr(cli: Cli) -> None:
    render = renderer(cli, json_output=True)
    render.failure(NoKeyError("No key.", fix="bytespike login"))
    out, err = printed(render.env)
    assert out == ""
    assert json.loads(err) == {
        "error": {
            "kind": "NoKeyError",
            "message": "No key.",
            "exit_status": 3,
            "fix": "bytespike login",
        }
    }
    assert "fix" not in failure_document(NoKeyError("No key."))["error"]


def test_with_json_stderr_has_nothing_else(cli: Cli) -> None:
    remember(SECRET)
    render = renderer(cli, color="always", json_output=True)
    render.say(f"\nlook: {SECRET}", style="1")
    render.warn("careful\nhere")
    render.failure(NoKeyError("No key."))
    lines = [json.loads(line) for line in printed(render.env)[1].splitlines()]
    assert lines[:2] == [
        {"note": {"message": "look: [redacted]"}},
        {"warning": {"message": "careful\nhere"}},
    ]
    assert list(lines[2]) == ["error"]


def test_a_crash_is_told_without_a_traceback(cli: Cli) -> None:
    render = renderer(cli)
    render.crash(ZeroDivisionError("division by zero"))
    err = printed(render.env)[1]
    assert "ZeroDivisionError: division by zero" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("color", "variables", "terminal", "wanted"),
    [
        (None, {}, True, True),
        (None, {}, False, False),
        (None, {"NO_COLOR": "1"}, True, False),
        (None, {"NO_COLOR": ""}, True, True),
        (None, {"FORCE_COLOR": "1"}, False, True),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        (None, {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {}, True, True),
    ],
)
def test_colour(
    cli: Cli, color: str | None, variables: dict[str, str], terminal: bool, wanted: bool
) -> None:
    cli.variables.update(variables)
    stream = Terminal() if terminal else io.StringIO()
    assert renderer(cli, color=color).wants_color(stream) is wanted


def test_colour_is_on_the_label_alone(cli: Cli) -> None:
    render = renderer(cli, color="always")
    render.failure(NoKeyError("No key."))
    assert printed(render.env)[1] == "\x1b[31merror:\x1b[0m No key.\n"


@pytest.mark.parametrize(("color", "escape"), [("always", True), ("never", False)])
def test_the_console_follows_the_same_rule(cli: Cli, color: str, escape: bool) -> None:
    render = renderer(cli, color=color)
    render.console().print("[bold]x[/bold]")
    render.console(stderr=True).print("[bold]y[/bold]")
    out, err = printed(render.env)
    assert ("\x1b[" in out) is ("\x1b[" in err) is escape
