import stat
import subprocess
import sys
import tomllib

import pytest

from bytespike_cli.config.precedence import config_path
from bytespike_cli.config.user_file import clean_value, known_name, set_setting, unset_setting
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError, UsageError


def test_set_creates_the_file_for_its_owner_alone(env: Environment) -> None:
    edit = set_setting(env, "model", "m")
    assert (edit.path, edit.changed, edit.backup) == (config_path(env), True, None)
    assert config_path(env).read_text() == 'model = "m"\n'
    assert stat.S_IMODE(config_path(env).stat().st_mode) == 0o600


def test_comments_and_unknown_settings_are_kept(env: Environment) -> None:
    set_setting(env, "model", "m")
    config_path(env).write_text('# mine\nmodel = "m" # this\nfuture = 1\n')
    set_setting(env, "model", "n")
    assert config_path(env).read_text() == '# mine\nmodel = "n" # this\nfuture = 1\n'
    assert unset_setting(env, "model").changed
    assert config_path(env).read_text() == "# mine\nfuture = 1\n"


def test_what_is_so_already_is_not_written(env: Environment) -> None:
    set_setting(env, "model", "m")
    before = config_path(env).stat().st_mtime_ns
    assert not set_setting(env, "model", "m").changed
    assert not unset_setting(env, "key").changed
    assert config_path(env).stat().st_mtime_ns == before


def test_a_file_that_cannot_be_edited_in_place_leaves_a_copy(env: Environment) -> None:
    config_path(env).parent.mkdir(parents=True)
    text = '# mine\naliases = { pro = "a" }\n'
    config_path(env).write_text(text)
    edit = set_setting(env, "aliases.pro", "b")
    assert edit.backup is not None
    assert edit.backup.read_text() == text
    assert tomllib.loads(config_path(env).read_text()) == {"aliases": {"pro": "b"}}


@pytest.mark.parametrize("text", ['key = "k"\naliases = "x"\n', "\n[[aliases]]\n"])
def test_aliases_that_are_no_table_are_not_touched(env: Environment, text: str) -> None:
    config_path(env).parent.mkdir(parents=True)
    config_path(env).write_text(text)
    with pytest.raises(ConfigurationError, match="line 2: aliases must be a table"):
        set_setting(env, "aliases.pro", "m")
    assert config_path(env).read_text() == text


def test_a_broken_file_is_not_touched(env: Environment) -> None:
    config_path(env).parent.mkdir(parents=True)
    config_path(env).write_text("model = \n")
    with pytest.raises(ConfigurationError, match="line 1"):
        set_setting(env, "model", "m")
    assert config_path(env).read_text() == "model = \n"


SET = """
import sys
from bytespike_cli.config.user_file import set_setting
from bytespike_cli.context import Environment
env = Environment.from_process()
for number in range(10):
    set_setting(env, f"aliases.{sys.argv[1]}{number}", "x")
"""


def test_processes_that_set_at_once_lose_nothing(env: Environment) -> None:
    variables = dict(env.variables)
    writers = [subprocess.Popen([sys.executable, "-c", SET, name], env=variables) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    aliases = tomllib.loads(config_path(env).read_text())["aliases"]
    assert sorted(aliases) == sorted(f"{name}{number}" for name in "ab" for number in range(10))


@pytest.mark.parametrize(
    "name", ["model", "base-url", "model_fallback", "aliases.pro", "aliases.a"]
)
def test_known_names(name: str) -> None:
    assert known_name(name) == (name.replace("-", "_") if "." not in name else name)


@pytest.mark.parametrize("name", ["modle", "aliases", "aliases.", "keys.work", "", "api_key"])
def test_unknown_names(name: str) -> None:
    with pytest.raises(UsageError, match="There is no setting"):
        known_name(name)


def test_a_close_name_is_offered() -> None:
    with pytest.raises(UsageError, match="did you mean 'model'"):
        known_name("modle")


def test_values_are_cleaned_as_their_setting_wants() -> None:
    assert clean_value("base_url", "LLM.bytespike.ai/v1beta") == "https://llm.bytespike.ai"
    assert clean_value("aliases.pro", " x ") == "x"
    with pytest.raises(ConfigurationError):
        clean_value("model_fallback", "maybe")
