"""Variables as shells read them: evaluated by the real shells."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bytespike_cli.errors import UsageError
from bytespike_cli.launch.assignments import FORMS, dotenv, powershell, shell_of

AWKWARD = [
    "",
    "it's",
    "''",
    "'",
    "a\\",
    "\\'",
    "$HOME `id` $(id) ${x}",
    "a\nb\n",
    "\r\n\t",
    "!history !!",
    '"{"a": "b"}"',
    "#not a comment; & | > <",
    "* ? [a-z] ~ =ls",
    " padded ",
    "Schlüssel 鍵 🔑",
    "\u2018typographic\u2019",
    "\x01\x1b[31m\x7f",
]
VALUES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40),
    min_size=1,
    max_size=30,
)
EVALUATED_BY = {
    "bash": ("bash", ["bash", "--norc", "--noprofile", "-c", 'eval "$(cat "$1")"; env -0', "-"]),
    "sh": ("bash", ["sh", "-c", 'eval "$(cat "$1")"; env -0', "-"]),
    "zsh": ("zsh", ["zsh", "-f", "-c", 'eval "$(cat "$1")"; env -0', "-"]),
    "zsh with RC_QUOTES": (
        "zsh",
        ["zsh", "-f", "-o", "rcquotes", "-c", 'eval "$(cat "$1")"; env -0', "-"],
    ),
    "fish": ("fish", ["fish", "--no-config", "-c", "cat $argv[1] | source; env -0"]),
}


def evaluated(shell: str, variables: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the variables of a shell after it has read ours."""
    form, command = EVALUATED_BY[shell]
    if shutil.which(command[0]) is None:
        assert not os.environ.get("CI"), f"CI needs {command[0]}"
        pytest.skip(f"{command[0]} is not installed")
    script = folder / "script"
    script.write_bytes(FORMS[form](variables).encode() + b"\n")
    done = subprocess.run(
        [*command, str(script)],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)},
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    pairs = (line.partition("=") for line in done.stdout.decode().split("\0") if line)
    return {name: value for name, _, value in pairs if name.startswith("V_")}


@pytest.mark.parametrize("shell", EVALUATED_BY)
def test_awkward_values_arrive(tmp_path: Path, shell: str) -> None:
    variables = {f"V_{number}": value for number, value in enumerate(AWKWARD)}
    assert evaluated(shell, variables, tmp_path) == variables


@pytest.mark.parametrize("shell", EVALUATED_BY)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(values=VALUES)
def test_every_character_arrives(tmp_path: Path, shell: str, values: list[str]) -> None:
    variables = {f"V_{number}": value for number, value in enumerate(values)}
    assert evaluated(shell, variables, tmp_path) == variables


@given(values=VALUES)
def test_json_is_one_object(values: list[str]) -> None:
    variables = {f"V_{number}": value for number, value in enumerate(values)}
    assert json.loads(FORMS["json"](variables)) == variables


def test_powershell_doubles_every_quote_that_it_takes_for_one() -> None:
    assert powershell({"A": "it's \u2018so\u2019 $x"}) == (
        "$env:A = 'it''s \u2018\u2018so\u2019\u2019 $x'"
    )


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("", "A="),
        ("https://llm.bytespike.ai/v1beta", "A=https://llm.bytespike.ai/v1beta"),
        ("a b", "A='a b'"),
        ("it's #1", 'A="it\'s #1"'),
        ('{"a": "$x #y"}', """A='{"a": "$x #y"}'"""),
    ],
)
def test_lines_of_a_dotenv_file(value: str, line: str) -> None:
    assert dotenv({"A": value}) == line


@pytest.mark.parametrize("value", ['it\'s "x"', "it's $5", "a\\b", "a\nb", "a\x07"])
def test_what_readers_of_dotenv_files_disagree_about_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="The value of A"):
        dotenv({"A": value})


def test_node_reads_the_dotenv_file(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        assert not os.environ.get("CI"), "CI needs node"
        pytest.skip("node is not installed")
    variables = {"V_A": "", "V_B": "https://x/y", "V_C": '{"a": "$b #c `d`"} é', "V_D": "it's #1"}
    file = tmp_path / ".env"
    file.write_text(dotenv(variables) + "\n")
    done = subprocess.run(
        [node, f"--env-file={file}", "-p", "JSON.stringify(process.env)"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {n: v for n, v in json.loads(done.stdout).items() if n.startswith("V_")} == variables


@pytest.mark.parametrize(
    ("variables", "platform", "form"),
    [
        ({"SHELL": "/usr/bin/fish"}, "linux", "fish"),
        ({"SHELL": "/bin/zsh"}, "darwin", "zsh"),
        ({"SHELL": "/bin/dash"}, "linux", "bash"),
        ({}, "linux", "bash"),
        ({}, "win32", "powershell"),
        ({"SHELL": "/usr/bin/bash"}, "win32", "bash"),
    ],
)
def test_the_users_own_shell(variables: dict[str, str], platform: str, form: str) -> None:
    assert shell_of(variables, platform) == form
