from bytespike_cli.doctor.origins import dotenv_of, place_of, variables_of
from tests.conftest import MakeEnv


def test_the_environment_outranks_the_file_and_an_empty_variable_too(make_env: MakeEnv) -> None:
    env = make_env(SET="here", EMPTY="")
    (env.cwd / ".env").write_text("SET=there\nEMPTY=there\nexport ONLY='in the file'\n# NO=1\n")
    found = variables_of(env)
    assert found["SET"].value == "here"
    assert found["EMPTY"].value == ""
    assert found["ONLY"].value == "in the file"
    assert "NO" not in found
    assert place_of(env, "ONLY", found["ONLY"]).endswith(".env, line 3")


def test_one_dotenv_alone_is_loaded_the_nearest_first(make_env: MakeEnv) -> None:
    env = make_env()
    assert dotenv_of(env) is None
    (env.home / ".env").write_text("A=1")
    assert dotenv_of(env) == env.home / ".env"
    (env.cwd / ".env").write_text("B=1")
    assert dotenv_of(env) == env.cwd / ".env"
    (env.cwd / ".gemini").mkdir()
    (env.cwd / ".gemini" / ".env").write_text("C=1")
    assert set(variables_of(env)) - set(env.variables) == {"C"}


def test_profiles_are_named_by_line(make_env: MakeEnv) -> None:
    env = make_env(NAME="x", OTHER="y")
    (env.home / ".bashrc").write_text("# export NAME=no\nexport NAME=x\nexport NAMES=z\n")
    (env.home / ".config" / "fish").mkdir(parents=True)
    (env.home / ".config" / "fish" / "config.fish").write_text("set -gx NAME x\n")
    found = variables_of(env)
    place = place_of(env, "NAME", found["NAME"])
    assert place == "the environment (~/.bashrc, line 2, ~/.config/fish/config.fish, line 1)"
    assert place_of(env, "OTHER", found["OTHER"]) == "the environment"
