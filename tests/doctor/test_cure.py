import pytest

from bytespike_cli.config.precedence import config_path
from bytespike_cli.doctor.cure import apply, record_path, repairs_of, undo
from bytespike_cli.doctor.finding import Verdict, error, ok
from bytespike_cli.doctor.repair import Repair, SetMode, SetSetting
from bytespike_cli.doctor.verdict import Diagnosis
from bytespike_cli.errors import ConfigurationError
from tests.conftest import MakeEnv

MODEL = Repair("set the model", (SetSetting("model", "gemini-3-flash"),))


def test_each_repair_is_offered_once() -> None:
    found = error("catalogue.x", "Bad.", evidence="e", fix="f", repair=MODEL)
    assert repairs_of(Diagnosis((found, ok("key.alive", "Yes."), found), found)) == [MODEL]
    assert found.verdict is Verdict.ERROR


def test_what_was_changed_is_changed_back_last_first(make_env: MakeEnv) -> None:
    env = make_env()
    path = env.home / "file"
    path.write_text("")
    path.chmod(0o644)
    apply(env, MODEL)
    apply(env, Repair("close it", (SetMode(path, 0o600), SetMode(path, 0o400))))
    undone, left = undo(env)
    assert path.stat().st_mode & 0o777 == 0o644
    assert "model" not in config_path(env).read_text()
    assert undone[-1] == "- model = 'gemini-3-flash'"
    assert left == []
    with pytest.raises(ConfigurationError, match="nothing to undo"):
        undo(env)


def test_what_somebody_has_changed_since_is_left(make_env: MakeEnv) -> None:
    env = make_env()
    apply(env, MODEL)
    config_path(env).write_text('model = "mine"\n')
    assert undo(env) == ([], ["model"])
    assert config_path(env).read_text() == 'model = "mine"\n'


def test_a_change_that_fails_leaves_those_before_it_recorded(make_env: MakeEnv) -> None:
    env = make_env()
    half = Repair("two", (SetSetting("model", "a"), SetMode(env.home / "nothing", 0o600)))
    with pytest.raises(ConfigurationError):
        apply(env, half)
    assert undo(env)[0] == ["- model = 'a'"]


def test_a_damaged_record_is_named(make_env: MakeEnv) -> None:
    env = make_env()
    record_path(env).parent.mkdir(parents=True)
    record_path(env).write_text("{")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        undo(env)
