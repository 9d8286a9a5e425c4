"""Files of variables that outrank what a launch sets."""

from pathlib import Path

import pytest

from bytespike_cli.context import Environment
from bytespike_cli.launch.env_files import notes
from bytespike_cli.launch.registry import CLIENTS
from tests.conftest import MakeEnv


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def env(make_env: MakeEnv) -> Environment:
    env = make_env(AICHAT_CONFIG_DIR="settings")
    (env.cwd / ".git").mkdir()
    return env


@pytest.mark.parametrize(
    ("client", "file"),
    [
        ("aider", "home/.env"),
        ("aider", "home/.aider/oauth-keys.env"),
        ("aider", "cwd/.env"),
        ("aichat", "home/.config/aichat/.env"),
        ("aichat", "cwd/settings/.env"),
    ],
)
def test_a_key_in_a_file_that_goes_first_is_told_once(
    env: Environment, client: str, file: str
) -> None:
    path = write(env.cwd.parent / file, "# mine\nOTHER=1\nexport GEMINI_API_KEY='AIza-x'\n")
    (told,) = notes(env, CLIENTS[client])
    assert f"{path} sets GEMINI_API_KEY, which {client} puts before" in told
    assert "AIza" not in told


def test_the_repository_of_a_folder_below_it(env: Environment) -> None:
    write(env.cwd / ".env", "GEMINI_API_BASE=https://x\nGEMINI_API_KEY=k\n")
    env.cwd = env.cwd / "src"
    assert "GEMINI_API_BASE and GEMINI_API_KEY" in notes(env, CLIENTS["aider"])[0]


@pytest.mark.parametrize(
    "text", ["", "OTHER=x", "#GEMINI_API_KEY=x", "GEMINI_API_KEY=", "nonsense"]
)
def test_what_leads_nowhere_is_not_told(env: Environment, text: str) -> None:
    write(env.cwd / ".env", text)
    assert notes(env, CLIENTS["aider"]) == ()


@pytest.mark.parametrize("client", ["generic", "litellm", "opencode"])
def test_other_clients_put_their_environment_first(env: Environment, client: str) -> None:
    write(env.cwd / ".env", "GEMINI_API_KEY=k")
    assert notes(env, CLIENTS[client]) == ()
