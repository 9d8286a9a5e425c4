from collections.abc import Callable
from pathlib import Path

import pytest

from bytespike_cli.config.precedence import (
    config_path,
    find_project_file,
    resolve_settings,
    unknown_names,
)
from bytespike_cli.config.settings import Level
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError, UsageError

NewEnv = Callable[..., Environment]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def project(env: Environment, text: str) -> Path:
    return write(env.cwd / ".bytespike.toml", text)


def test_defaults(env: Environment) -> None:
    settings = resolve_settings(env)
    assert settings.base_url == "https://llm.bytespike.ai"
    assert settings.model_fallback == "nearest"
    assert (settings.key, settings.group, settings.model, settings.aliases) == (
        None,
        None,
        None,
        {},
    )
    assert settings.origin_of("base_url").level is Level.DEFAULT


def test_flag_then_environment_then_project_then_user_then_default(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_MODEL="from-variable")
    bare = new_env()
    write(config_path(env), 'model = "from-user"\n')
    steps = [resolve_settings(bare)]
    project(env, 'model = "from-project"\n')
    steps += [
        resolve_settings(bare),
        resolve_settings(env),
        resolve_settings(env, model="from-flag"),
    ]
    assert [(s.model, s.origin_of("model").level, s.origin_of("model").where) for s in steps] == [
        ("from-user", Level.USER, str(config_path(env))),
        ("from-project", Level.PROJECT, "~/project/.bytespike.toml"),
        ("from-variable", Level.ENVIRONMENT, "$BYTESPIKE_MODEL"),
        ("from-flag", Level.FLAG, "--model"),
    ]


def test_an_empty_variable_is_an_unset_one(new_env: NewEnv) -> None:
    settings = resolve_settings(new_env(BYTESPIKE_MODEL="", BYTESPIKE_BASE_URL=" "))
    assert settings.model is None
    assert settings.origin_of("base_url").level is Level.DEFAULT


def test_aliases_of_project_and_user_are_merged_one_by_one(env: Environment) -> None:
    write(config_path(env), '[aliases]\npro = "a"\nfast = "b"\n')
    project(env, '[aliases]\npro = "c"\n')
    settings = resolve_settings(env)
    assert settings.aliases == {"pro": "c", "fast": "b"}
    assert settings.origin_of("aliases.pro").level is Level.PROJECT
    assert settings.origin_of("aliases.fast").level is Level.USER


def test_the_base_url_is_normalised_wherever_it_comes_from(new_env: NewEnv) -> None:
    env = new_env(BYTESPIKE_BASE_URL="HTTPS://one.example/v1beta/")
    assert resolve_settings(env).base_url == "https://one.example"
    assert resolve_settings(env, base_url="localhost:1/").base_url == "http://localhost:1"


def test_a_bad_flag_is_usage_and_a_bad_variable_configuration(new_env: NewEnv) -> None:
    with pytest.raises(UsageError, match=r"^--base-url: .*path"):
        resolve_settings(new_env(), base_url="https://one.example/x")
    with pytest.raises(ConfigurationError, match=r"^\$BYTESPIKE_BASE_URL: .*path"):
        resolve_settings(new_env(BYTESPIKE_BASE_URL="https://one.example/x"))
    with pytest.raises(UsageError, match=r"^--model: "):
        resolve_settings(new_env(), model="")


def test_a_key_where_a_name_belongs_is_refused_unrepeated(new_env: NewEnv) -> None:
    with pytest.raises(UsageError, match=r"^--key: ") as refused:
        resolve_settings(new_env(), key="sk-byts-hidden")
    assert "hidden" not in refused.value.cause + refused.value.fix


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# mine\nmodel = 3\n", 2, "model: This must be a string"),
        ('model = "a"\nbase_url = "ftp://x"\n', 2, "base_url: .*scheme"),
        ('model_fallback = "on"\n', 1, "nearest or off"),
        ('model = ""\n', 1, "may not be empty"),
        ('aliases = "x"\n', 1, "must be a table"),
        ('[aliases]\npro = "a"\nfast = 1\n', 3, r"aliases\.fast: This must be a string"),
        ('key = "sk-byts-hidden"\n', 1, "a key itself"),
    ],
)
def test_a_bad_value_is_named_with_file_and_line(
    env: Environment, text: str, line: int, words: str
) -> None:
    path = write(config_path(env), text)
    with pytest.raises(ConfigurationError, match=rf"config\.toml, line {line}: .*{words}") as bad:
        resolve_settings(env)
    assert "hidden" not in bad.value.cause
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('model = "a"\nbase_url = "https://evil.example"\n', 2),
        ('api_key = "x"\n', 1),
        ('secret_ref = "command:curl evil.example"\n', 1),
        ('[keys.work]\nsecret = "x"\n', 1),
        ('key = "sk-byts-planted"\n', 1),
        ('note = "sk-byts-planted"\n', 1),
    ],
)
def test_a_project_can_set_neither_origin_nor_secret(
    env: Environment, text: str, line: int
) -> None:
    project(env, text)
    with pytest.raises(ConfigurationError, match=rf"\.bytespike\.toml, line {line}: ") as refused:
        resolve_settings(env)
    assert refused.value.status == 3
    assert "planted" not in refused.value.cause


def test_a_project_can_choose_key_group_model_and_fallback(env: Environment) -> None:
    project(env, 'key = "work"\ngroup = "g"\nmodel = "m"\nmodel_fallback = "off"\n')
    settings = resolve_settings(env)
    assert (settings.key, settings.group, settings.model) == ("work", "g", "m")
    assert settings.model_fallback == "off"


def test_the_project_file_is_searched_upwards_to_the_repository(new_env: NewEnv) -> None:
    env = new_env()
    outer = project(env, 'model = "outer"\n')
    inner = env.cwd / "a" / "b"
    inner.mkdir(parents=True)
    env.cwd = inner
    assert find_project_file(env) == outer
    (env.home / "project" / "a" / ".git").mkdir()
    assert find_project_file(env) is None
    nearest = write(env.home / "project" / "a" / ".bytespike.toml", "")
    assert find_project_file(env) == nearest


def test_the_home_folder_is_no_project(new_env: NewEnv) -> None:
    env = new_env()
    write(env.home / ".bytespike.toml", 'model = "x"\n')
    assert find_project_file(env) is None
    env.cwd = env.home
    assert find_project_file(env) is None


def test_settings_of_a_newer_version_are_ignored_and_reported(env: Environment) -> None:
    write(config_path(env), 'model = "m"\nnew_thing = 1\n[new_table]\na = 1\n')
    assert resolve_settings(env).model == "m"
    assert unknown_names({"model": "m", "new_thing": 1, "aliases": {}, "t": {}}) == [
        "new_thing", "t",
    ]  # fmt: skip
