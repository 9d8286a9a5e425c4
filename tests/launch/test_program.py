"""Any program through a shim of its own, or directly: what is launched."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.context import Environment
from bytespike_cli.errors import ClientNotFoundError, LaunchError, NotExecutableError
from bytespike_cli.launch import gemini, program
from bytespike_cli.launch.find import GeminiCli
from bytespike_cli.launch.registry import GENERIC, find, recognise
from bytespike_cli.launch.run import TOKEN_PREFIX, Launch
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeEnv

KEY = "sk-byts-real-0001"
ORIGIN = "https://llm.bytespike.ai"
CREDENTIAL = Credential("work", None, KEY, ORIGIN)
Prepare = Callable[..., Launch]


@pytest.fixture
def through(make_env: MakeEnv) -> Iterator[Prepare]:
    """Prepare launches through the shim: `through("aider", ["sh"], HTTP_PROXY="http://p")`."""
    launches: list[Launch] = []

    def prepare(client: str, command: Sequence[str], **variables: str) -> Launch:
        env = make_env(**{"PATH": "/usr/bin:/bin", **variables})
        launch = program.through_shim(
            env,
            find(client),
            command,
            settings=resolve_settings(env),
            credential=CREDENTIAL,
        )
        launches.append(launch)
        return launch

    yield prepare
    for launch in launches:
        if launch.shim is not None:
            launch.shim.listener.close()


def test_a_program_is_led_to_a_shim_that_listens(through: Prepare) -> None:
    launch = through("generic", ["sh", "-c", "exit 0"])
    assert launch.command[1:] == ("-c", "exit 0")
    assert Path(launch.command[0]).is_absolute()
    assert launch.shim is not None
    port = launch.shim.listener.getsockname()[1]
    assert launch.environment["GOOGLE_GEMINI_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert launch.environment["GEMINI_API_KEY"] == launch.shim.token
    assert launch.shim.token.startswith(TOKEN_PREFIX)
    assert launch.shim.credential is CREDENTIAL
    # A program's ids were typed by somebody: none is replaced by another model.
    assert launch.shim.chosen_by is Chooser.USER
    assert not launch.shim.ends_turns
    assert launch.notes == ()


def test_the_real_key_is_in_no_variable(through: Prepare) -> None:
    launch = through(
        "aichat",
        ["sh"],
        BYTESPIKE_API_KEY=KEY,
        GEMINI_API_KEY=KEY,
        MY_KEY=KEY,
        HEADERS=f"x-api-key: {KEY}",
        MINE="kept",
    )
    assert not any(KEY in value for value in launch.environment.values())
    assert launch.environment["MINE"] == "kept"
    assert launch.notes == ("MY_KEY, HEADERS: not passed on, for a real key is in it.",)


def test_the_users_google_key_does_not_outrank_ours(through: Prepare) -> None:
    google = "AIza-of-the-user"
    launch = through("google-genai", ["sh"], GOOGLE_API_KEY=google, GEMINI_API_KEY=google)
    assert google not in launch.environment.values()


def test_the_shim_is_reached_past_every_proxy(through: Prepare) -> None:
    launch = through("litellm", ["sh"], HTTP_PROXY="http://proxy:3128", NO_PROXY="corp")
    assert launch.environment["NO_PROXY"].startswith("corp,127.0.0.1")
    assert launch.environment["HTTP_PROXY"] == "http://proxy:3128"


@pytest.mark.parametrize("client", ["llm-gemini", "zed"])
def test_a_client_that_cannot_be_led_there_is_refused(through: Prepare, client: str) -> None:
    with pytest.raises(LaunchError) as refused:
        through(client, ["sh"])
    assert f"bytespike snippet {client}" in refused.value.fix


def test_what_node_runs_is_led_whatever_its_code_says(through: Prepare) -> None:
    launch = through("ai-sdk", ["sh"], NODE_OPTIONS="--no-warnings")
    assert launch.notes == ()
    assert launch.environment["BYTESPIKE_LED_TO"] == launch.environment["GOOGLE_GEMINI_BASE_URL"]
    assert launch.environment["NODE_OPTIONS"].startswith("--no-warnings --require=")


def test_a_client_whose_code_has_the_address_is_told_so(through: Prepare) -> None:
    launch = through("google-generativeai", ["sh"])
    assert "bytespike snippet google-generativeai" in launch.notes[0]


@pytest.mark.parametrize(
    ("command", "started"),
    [
        (("gemini", "-p", "hi"), "on PATH"),
        (("tools/gemini", "-p", "hi"), "tools/gemini"),
        (("npx", "-p", "hi"), "npx"),
    ],
)
def test_gemini_cli_goes_its_own_way(
    make_env: MakeEnv,
    monkeypatch: pytest.MonkeyPatch,
    command: Sequence[str],
    started: str,
) -> None:
    env = make_env(PATH="bin")
    for name in ("bin/npx", "tools/gemini"):
        path = env.cwd / name
        path.parent.mkdir()
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    monkeypatch.chdir(env.cwd)
    seen: list[tuple[str, tuple[str, ...]]] = []

    def prepare(_env: Environment, client: GeminiCli, rest: Sequence[str], **_: Any) -> Launch:
        seen.append((client.command[0], tuple(rest)))
        return Launch(("x",), {})

    monkeypatch.setattr(gemini, "prepare", prepare)
    monkeypatch.setattr(program, "find_gemini", lambda _env: GeminiCli(("on PATH",), None))
    program.through_shim(
        env, find("gemini"), command, settings=resolve_settings(env), credential=CREDENTIAL
    )
    assert [(client.endswith(started), rest) for client, rest in seen] == [(True, ("-p", "hi"))]


def test_gemini_cli_behind_npx_keeps_what_starts_it(
    make_env: MakeEnv, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = make_env(PATH="bin")
    npx = env.cwd / "bin/npx"
    npx.parent.mkdir()
    npx.write_text("#!/bin/sh\n")
    npx.chmod(0o755)
    monkeypatch.chdir(env.cwd)
    seen: list[tuple[Sequence[str], Sequence[str]]] = []

    def prepare(_env: Environment, client: GeminiCli, rest: Sequence[str], **_: Any) -> Launch:
        seen.append((client.command[1:], rest))
        return Launch(("x",), {})

    monkeypatch.setattr(gemini, "prepare", prepare)
    command = ["npx", "-y", "@google/gemini-cli", "-m", "gemini-3.1-pro"]
    settings = resolve_settings(env)
    client = recognise(command)
    program.through_shim(env, client, command, settings=settings, credential=CREDENTIAL)
    assert seen == [(("-y", "@google/gemini-cli"), ["-m", "gemini-3.1-pro"])]


def test_a_client_that_has_to_be_told_its_models_when_none_are_known(through: Prepare) -> None:
    assert any("bytespike models list" in note for note in through("opencode", ["sh"]).notes)
    named = through("opencode", ["sh"], BYTESPIKE_MODEL="gemini-3-1-pro")
    for launch in (named, through("generic", ["sh"])):
        assert not any("models list" in note for note in launch.notes)


def test_an_absent_gemini_cli(through: Prepare) -> None:
    with pytest.raises(ClientNotFoundError, match="gemini-cli is not installed"):
        through("gemini", ["gemini"], PATH="/nowhere")


def test_directly_nothing_of_ours_is_started(make_env: MakeEnv) -> None:
    env = make_env(PATH="/usr/bin:/bin", BYTESPIKE_API_KEY=KEY, HTTP_PROXY="http://proxy:3128")
    launch = program.directly(
        env, GENERIC, ["sh", "-c", "x"], settings=resolve_settings(env), credential=CREDENTIAL
    )
    assert launch.shim is None
    assert launch.environment["GEMINI_API_KEY"] == KEY
    assert launch.environment["GOOGLE_GEMINI_BASE_URL"] == ORIGIN
    assert launch.environment["GEMINI_API_BASE"] == ORIGIN + "/v1beta"
    assert launch.environment["HTTP_PROXY"] == "http://proxy:3128"
    assert "NO_PROXY" not in launch.environment
    assert "--direct" in launch.notes[0]


def test_a_program_is_found_as_a_shell_finds_it(make_env: MakeEnv) -> None:
    env = make_env(PATH="/usr/bin:/bin")
    assert program.find_program(env, "sh").endswith("/sh")
    script = env.cwd / "run.sh"
    script.write_text("#!/bin/sh\n")
    with pytest.raises(NotExecutableError):
        program.find_program(env, "./run.sh")
    script.chmod(0o755)
    assert program.find_program(env, "./run.sh") == "./run.sh"
    for absent in ("run.sh", "./absent", ""):
        with pytest.raises(ClientNotFoundError):
            program.find_program(env, absent)
