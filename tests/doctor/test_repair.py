from pathlib import Path

import pytest

from bytespike_cli.doctor.repair import MoveFile, Repair, SetMode, SetSetting, change_of
from bytespike_cli.errors import ConfigurationError
from tests.conftest import MakeEnv


def test_a_mode_is_set_and_set_back(make_env: MakeEnv) -> None:
    env = make_env()
    path = env.home / "keys.toml"
    path.write_text("")
    path.chmod(0o644)
    change = SetMode(path, 0o600)
    assert change.diff(env) == ["- ~/keys.toml: mode 0644", "+ ~/keys.toml: mode 0600"]
    undo = change.apply(env)
    assert path.stat().st_mode & 0o777 == 0o600
    undo.apply(env)
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_setting_is_set_and_set_back_with_every_comment(make_env: MakeEnv) -> None:
    env = make_env()
    config = env.paths.config / "config.toml"
    config.parent.mkdir(parents=True)
    before = '# mine\nmodel = "gemini-3.1-pro" # dotted\n'
    config.write_text(before)
    change = SetSetting("model", "gemini-3-1-pro")
    assert change.diff(env) == ["- model = 'gemini-3.1-pro'", "+ model = 'gemini-3-1-pro'"]
    undo = change.apply(env)
    assert 'model = "gemini-3-1-pro"' in config.read_text()
    undo.apply(env)
    assert config.read_text() == before


def test_a_setting_that_was_not_there_is_taken_out_again(make_env: MakeEnv) -> None:
    env = make_env()
    change = SetSetting("model", "gemini-3-flash")
    assert change.diff(env) == ["+ model = 'gemini-3-flash'"]
    undo = change.apply(env)
    assert undo == SetSetting("model", None)
    undo.apply(env)
    assert "model" not in (env.paths.config / "config.toml").read_text()


def test_a_file_is_moved_and_moved_back_and_never_over_another(make_env: MakeEnv) -> None:
    env = make_env()
    stale, away = env.home / "stale.json", env.home / "away" / "stale.json"
    stale.write_text("{}")
    undo = MoveFile(stale, away).apply(env)
    assert away.exists()
    assert not stale.exists()
    stale.write_text("new")
    with pytest.raises(ConfigurationError, match="exists already"):
        undo.apply(env)
    stale.unlink()
    undo.apply(env)
    assert stale.read_text() == "{}"


@pytest.mark.parametrize(
    "change",
    [
        SetMode(Path("/x"), 0o600),
        SetSetting("model", None),
        SetSetting("model", "m"),
        MoveFile(Path("/a"), Path("/b")),
    ],
)
def test_every_change_survives_its_document(change: SetMode | SetSetting | MoveFile) -> None:
    assert change_of(change.document()) == change


@pytest.mark.parametrize("broken", [{}, {"kind": "mode"}, {"kind": "format-disk", "path": "/"}])
def test_a_document_that_is_none_is_refused(broken: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        change_of(broken)


def test_what_cannot_be_changed_says_so(make_env: MakeEnv) -> None:
    env = make_env()
    with pytest.raises(ConfigurationError, match="no such file"):
        SetMode(env.home / "nothing", 0o600).apply(env)


def test_a_repair_shows_all_its_changes(make_env: MakeEnv) -> None:
    env = make_env()
    repair = Repair("two", (SetSetting("model", "a"), SetSetting("key", "b")))
    assert repair.diff(env) == ["+ model = 'a'", "+ key = 'b'"]
