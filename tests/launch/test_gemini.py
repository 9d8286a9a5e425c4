"""A launch of gemini-cli, up to the moment before it starts."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bytespike_cli.config.credential import Credential
from bytespike_cli.config.precedence import resolve_settings
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError, LaunchError
from bytespike_cli.launch.find import GeminiCli
from bytespike_cli.launch.gemini import HEAP_OPTION, manage, prepare
from bytespike_cli.launch.run import TOKEN_PREFIX, Launch, Shim
from bytespike_cli.sandbox.seed import GEMINI_KEY
from tests.conftest import MakeEnv

SCRIPT = GeminiCli(("/usr/bin/node", "/lib/gemini.js"), "0.61.0", script=Path("/lib/gemini.js"))
WRAPPER = GeminiCli(("/usr/bin/gemini",), None)

Prepare = Callable[..., Launch]


@pytest.fixture
def ready(make_env: MakeEnv) -> Iterator[Prepare]:
    """Prepare launches: `ready("-p", "hi", client=WRAPPER, origin=…, NODE_OPTIONS=…)`."""
    launches: list[Launch] = []

    def make(
        *arguments: str,
        client: GeminiCli = SCRIPT,
        origin: str = "http://127.0.0.1:1",
        env: Environment | None = None,
        **variables: str,
    ) -> Launch:
        env = env or make_env(BYTESPIKE_API_KEY=GEMINI_KEY, **variables)
        credential = Credential("work", "gemini-default", GEMINI_KEY, origin)
        settings = resolve_settings(env)
        launch = prepare(env, client, arguments, settings=settings, credential=credential)
        launches.append(launch)
        return launch

    yield make
    for launch in launches:
        assert launch.shim is not None
        launch.shim.listener.close()


def shim_of(launch: Launch) -> Shim:
    assert launch.shim is not None
    return launch.shim


def test_the_client_is_given_the_token_and_never_the_key(ready: Prepare) -> None:
    launch = ready("-p", "say hi", "--output-format", "json")
    assert launch.command[-4:] == ("-p", "say hi", "--output-format", "json")
    environment = launch.environment
    assert environment["GEMINI_API_KEY"].startswith(TOKEN_PREFIX)
    assert environment["GOOGLE_GEMINI_BASE_URL"].startswith("http://127.0.0.1:")
    assert GEMINI_KEY not in json.dumps([environment, launch.command])
    assert GEMINI_KEY not in repr(launch)
    assert environment["GEMINI_API_KEY"] not in repr(launch)


def test_node_gets_its_heap_at_once_and_starts_once(ready: Prepare) -> None:
    launch = ready()
    assert launch.command[0] == "/usr/bin/node"
    assert any(option.startswith(HEAP_OPTION) for option in launch.command)
    assert launch.environment["GEMINI_CLI_NO_RELAUNCH"] == "true"
    for name in launch.command[launch.command.index("--require") + 1 :: 2][:1]:
        assert Path(name).is_file()


def test_a_heap_of_the_users_own_stays(ready: Prepare) -> None:
    launch = ready(NODE_OPTIONS=f"{HEAP_OPTION}=512")
    assert not any(option.startswith(HEAP_OPTION) for option in launch.command)


def test_a_program_that_is_no_script_is_started_as_it_is(ready: Prepare) -> None:
    launch = ready("-p", "hi", client=WRAPPER)
    assert launch.command == ("/usr/bin/gemini", "-p", "hi")
    assert "GEMINI_CLI_NO_RELAUNCH" not in launch.environment


@pytest.mark.parametrize(
    ("arguments", "variables", "typed"),
    [
        ((), {}, frozenset()),
        (("-m", "pro"), {"GEMINI_MODEL": "flash"}, frozenset({"pro"})),
        ((), {"GEMINI_MODEL": "flash"}, frozenset({"flash"})),
        ((), {"BYTESPIKE_MODEL": "gemini-3-flash"}, frozenset({"gemini-3-flash"})),
    ],
)
def test_what_the_user_typed_is_told_from_what_the_client_chooses(
    ready: Prepare, arguments: tuple[str, ...], variables: dict[str, str], typed: frozenset[str]
) -> None:
    assert shim_of(ready(*arguments, **variables)).typed_models == typed


def test_the_model_of_the_clients_own_settings_was_chosen_by_the_user(
    ready: Prepare, make_env: MakeEnv
) -> None:
    env = make_env()
    (env.home / ".gemini").mkdir()
    (env.home / ".gemini" / "settings.json").write_text('{"model": {"name": "gemini-9-pro"}}')
    assert shim_of(ready(env=env)).typed_models == {"gemini-9-pro"}


def test_the_clients_own_container_cannot_reach_us(ready: Prepare) -> None:
    assert any("(-s)" in note for note in ready("-s", "--skip-trust").notes)


def test_an_untrusted_folder_is_told_before_a_headless_start(ready: Prepare) -> None:
    assert "--skip-trust" in ready("-p", "hi").notes[0]
    assert ready("-p", "hi", "--skip-trust").notes == ()
    assert ready("-p", "hi", GEMINI_CLI_TRUST_WORKSPACE="true").notes == ()


def project(env: Environment, chosen: str, key: str = "selectedType") -> None:
    folder = env.cwd / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({"security": {"auth": {key: chosen}}}))


def test_a_projects_own_auth_choice_is_made_harmless_where_it_can_be(
    ready: Prepare, make_env: MakeEnv
) -> None:
    env = make_env()
    project(env, "oauth-personal")
    launch = ready(env=env)
    assert any(option.endswith("pin_auth.cjs") for option in launch.command)
    pinned = launch.environment["BYTESPIKE_PINNED_SETTINGS"]
    assert pinned == str(env.cwd / ".gemini" / "settings.json")
    with pytest.raises(LaunchError, match="'oauth-personal'"):
        prepare(
            env,
            WRAPPER,
            (),
            settings=resolve_settings(env),
            credential=Credential("work", None, GEMINI_KEY, "http://x"),
        )


def test_an_enforced_auth_type_leaves_nothing_behind(ready: Prepare, make_env: MakeEnv) -> None:
    env = make_env()
    project(env, "oauth-personal", key="enforcedType")
    with pytest.raises(LaunchError, match="enforcedType"):
        ready(env=env)
    assert not (env.paths.state / "launches").exists()


def test_broken_settings_leave_nothing_behind(ready: Prepare, make_env: MakeEnv) -> None:
    env = make_env()
    (env.home / ".gemini").mkdir()
    (env.home / ".gemini" / "settings.json").write_text("{ broken")
    with pytest.raises(ConfigurationError):
        ready(env=env)
    assert not list((env.paths.state / "launches").glob("home-*"))


def test_what_asks_no_model_needs_no_key_no_shim_and_no_overlay(make_env: MakeEnv) -> None:
    env = make_env(BYTESPIKE_API_KEY=GEMINI_KEY, PATH="/bin")
    launch = manage(env, SCRIPT, ("mcp", "list"))
    assert launch.shim is None
    assert launch.command[-2:] == ("mcp", "list")
    assert "BYTESPIKE_API_KEY" not in launch.environment
    assert "GEMINI_CLI_HOME" not in launch.environment


def test_what_the_client_changed_is_brought_home(ready: Prepare, make_env: MakeEnv) -> None:
    env = make_env()
    launch = ready(env=env)
    overlay = Path(launch.environment["GEMINI_CLI_HOME"])
    (overlay / ".gemini" / "GEMINI.md").write_text("likes tea")
    afterwards = shim_of(launch).afterwards
    assert afterwards is not None
    afterwards()
    assert (env.home / ".gemini" / "GEMINI.md").read_text() == "likes tea"
    assert not overlay.exists()


def test_the_heap_is_half_of_the_memory(ready: Prepare) -> None:
    option = next(o for o in ready().command if o.startswith(HEAP_OPTION))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)
    assert int(option.partition("=")[2]) == memory // 2
