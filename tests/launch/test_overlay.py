"""The private home of a launch: the user's own, seen through one changed file."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.errors import ConfigurationError
from bytespike_cli.launch import jsonc
from bytespike_cli.launch.overlay import UNREADABLE, Overlay, build_overlay, recover

COMMENTED = """\
{
  // mine
  "ui": { "theme": "Dracula" },
  "security": { "auth": { "selectedType": "oauth-personal" } }
}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    gemini = tmp_path / "home" / ".gemini"
    gemini.mkdir(parents=True)
    (gemini / "settings.json").write_text(COMMENTED)
    (gemini / "oauth_creds.json").write_text("{}")
    (gemini / "extensions").mkdir()
    (tmp_path / "home" / ".ssh").mkdir()
    return tmp_path / "home"


def build(home: Path) -> Overlay:
    return build_overlay(home, home.parent / "launches", client=os.getpid())


def settings_in(overlay: Overlay) -> Any:
    return jsonc.parse((overlay.root / ".gemini" / "settings.json").read_text())


def change(overlay: Overlay, settings: Any) -> None:
    """Write settings as the client does."""
    (overlay.root / ".gemini" / "settings.json").write_text(json.dumps(settings, indent=2))


def test_the_auth_choice_is_pinned_and_everything_else_is_the_users(home: Path) -> None:
    overlay = build(home)
    settings = settings_in(overlay)
    assert settings["security"]["auth"]["selectedType"] == "gemini-api-key"
    assert settings["ui"] == {"theme": "Dracula"}
    assert settings["privacy"] == {"usageStatisticsEnabled": False}
    links = {p.name for p in (overlay.root / ".gemini").iterdir() if p.is_symlink()}
    assert links == {"oauth_creds.json", "extensions", "tmp", "history"}
    assert (overlay.root / ".ssh").resolve() == home / ".ssh"


def test_statistics_stay_on_for_who_turned_them_on(home: Path) -> None:
    (home / ".gemini" / "settings.json").write_text('{"privacy": {"usageStatisticsEnabled": true}}')
    assert settings_in(build(home))["privacy"] == {"usageStatisticsEnabled": True}


def test_a_run_that_changes_nothing_leaves_every_byte(home: Path) -> None:
    overlay = build(home)
    overlay.carry_back()
    assert (home / ".gemini" / "settings.json").read_text() == COMMENTED
    assert list(overlay.root.parent.glob("home-*")) == []


def test_a_changed_setting_is_carried_back_and_the_pins_are_not(home: Path) -> None:
    overlay = build(home)
    settings = settings_in(overlay)
    settings["ui"]["theme"] = "GitHub"
    settings["ide"] = {"hasSeenNudge": True}
    change(overlay, settings)
    overlay.carry_back()
    text = (home / ".gemini" / "settings.json").read_text()
    assert "// mine" in text
    assert jsonc.parse(text) == {
        "ui": {"theme": "GitHub"},
        "security": {"auth": {"selectedType": "oauth-personal"}},
        "ide": {"hasSeenNudge": True},
    }


def test_a_removed_setting_is_removed(home: Path) -> None:
    overlay = build(home)
    settings = settings_in(overlay)
    del settings["ui"]
    change(overlay, settings)
    overlay.carry_back()
    after = jsonc.parse((home / ".gemini" / "settings.json").read_text())
    assert after == {"security": {"auth": {"selectedType": "oauth-personal"}}}


def test_what_the_user_changed_meanwhile_stays(home: Path) -> None:
    overlay = build(home)
    settings = settings_in(overlay)
    settings["ui"]["theme"] = "GitHub"
    change(overlay, settings)
    (home / ".gemini" / "settings.json").write_text('{"general": {"vimMode": true}}')
    overlay.carry_back()
    after = jsonc.parse((home / ".gemini" / "settings.json").read_text())
    assert after == {"general": {"vimMode": True}, "ui": {"theme": "GitHub"}}


def test_two_launches_at_once_both_bring_their_changes_home(home: Path) -> None:
    first, second = build(home), build(home)
    for overlay, key in ((first, "vimMode"), (second, "previewFeatures")):
        settings = settings_in(overlay)
        settings["general"][key] = True
        change(overlay, settings)
    first.carry_back()
    second.carry_back()
    after = jsonc.parse((home / ".gemini" / "settings.json").read_text())
    assert after["general"] == {"vimMode": True, "previewFeatures": True}


def test_files_that_the_client_makes_or_replaces_land_in_the_users_home(home: Path) -> None:
    overlay = build(home)
    gemini = overlay.root / ".gemini"
    (gemini / "GEMINI.md").write_text("a memory")
    atomic = gemini / "oauth_creds.json.tmp"
    atomic.write_text('{"new": 1}')
    atomic.replace(gemini / "oauth_creds.json")
    (gemini / "skills").mkdir()
    (gemini / "skills" / "s.md").write_text("a skill")
    (overlay.root / ".agents").mkdir()
    (overlay.root / ".agents" / "a.md").write_text("an agent")
    (home / ".gemini" / "skills").mkdir()
    (home / ".gemini" / "skills" / "other.md").write_text("from another launch")
    overlay.carry_back()
    user = home / ".gemini"
    assert (user / "GEMINI.md").read_text() == "a memory"
    assert json.loads((user / "oauth_creds.json").read_text()) == {"new": 1}
    assert sorted(p.name for p in (user / "skills").iterdir()) == ["other.md", "s.md"]
    assert (home / ".agents" / "a.md").read_text() == "an agent"


def test_a_linked_settings_file_stays_a_link(home: Path, tmp_path: Path) -> None:
    dotfiles = tmp_path / "dotfiles.json"
    user_file = home / ".gemini" / "settings.json"
    user_file.rename(dotfiles)
    user_file.symlink_to(dotfiles)
    overlay = build(home)
    change(overlay, {**settings_in(overlay), "ide": {"enabled": True}})
    overlay.carry_back()
    assert user_file.is_symlink()
    assert jsonc.parse(dotfiles.read_text())["ide"] == {"enabled": True}


def test_the_overlays_path_is_not_left_in_the_extensions_file(home: Path) -> None:
    overlay = build(home)
    enablement = home / ".gemini" / "extensions" / "extension-enablement.json"
    enablement.write_text(json.dumps({"x": {"overrides": [f"!{overlay.root}/*"]}}))
    overlay.carry_back()
    assert json.loads(enablement.read_text()) == {"x": {"overrides": [f"!{home}/*"]}}


def test_a_fresh_user_needs_no_gemini_folder(tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    home.mkdir()
    overlay = build_overlay(home, tmp_path / "launches", client=1)
    change(overlay, {**settings_in(overlay), "ui": {"theme": "GitHub"}})
    overlay.carry_back()
    after = json.loads((home / ".gemini" / "settings.json").read_text())
    assert after == {"ui": {"theme": "GitHub"}}


def note_of(overlay: Overlay) -> Path:
    return overlay.root.with_name(overlay.root.name + ".json")


def test_what_a_killed_launch_left_is_carried_back_by_the_next(home: Path) -> None:
    overlay = build(home)
    change(overlay, {**settings_in(overlay), "ui": {"theme": "GitHub"}})
    recover(overlay.root.parent, lambda _pid: True)
    assert overlay.root.exists()
    recover(overlay.root.parent, lambda _pid: False)
    assert not overlay.root.exists()
    after = jsonc.parse((home / ".gemini" / "settings.json").read_text())
    assert after["ui"] == {"theme": "GitHub"}


@pytest.mark.parametrize("key", ["host", "namespace"])
def test_a_launch_in_another_container_or_on_another_machine_is_left_alone(
    home: Path, key: str
) -> None:
    """Its process cannot be seen from here; taking its home away would break it."""
    overlay = build(home)
    noted = json.loads(note_of(overlay).read_text())
    noted["owner"][key] = "elsewhere"
    note_of(overlay).write_text(json.dumps(noted))
    recover(overlay.root.parent, lambda _pid: False)
    assert overlay.root.exists()


def test_a_damaged_note_is_left_alone(home: Path) -> None:
    overlay = build(home)
    note_of(overlay).write_text("{")
    recover(overlay.root.parent, lambda _pid: False)
    assert overlay.root.exists()


def test_what_two_launches_write_into_one_file_is_merged(home: Path) -> None:
    """gemini-cli replaces projects.json in one step, which replaces the link in the overlay."""
    (home / ".gemini" / "projects.json").write_text('{"projects": {"/old": "old"}}')
    for name, overlay in {"a": build(home), "b": build(home)}.items():
        fresh = overlay.root / ".gemini" / "projects.json.tmp"
        fresh.write_text(json.dumps({"projects": {"/old": "old", f"/{name}": name}}))
        fresh.replace(overlay.root / ".gemini" / "projects.json")
        overlay.carry_back()
    after = json.loads((home / ".gemini" / "projects.json").read_text())
    assert after == {"projects": {"/old": "old", "/a": "a", "/b": "b"}}


def test_a_file_that_both_launches_make_is_merged(home: Path) -> None:
    for name, overlay in {"a": build(home), "b": build(home)}.items():
        (overlay.root / ".gemini" / "state.json").write_text(json.dumps({name: 1}))
        overlay.carry_back()
    assert json.loads((home / ".gemini" / "state.json").read_text()) == {"a": 1, "b": 1}


def test_credentials_are_not_copied(home: Path) -> None:
    (home / ".gemini" / "oauth_creds.json").write_text('{"token": "very-secret"}')
    (home / ".gemini" / "google_accounts.json").write_text('{"active": "very-secret"}')
    overlay = build(home)
    assert "very-secret" not in note_of(overlay).read_text()


def test_a_client_that_was_killed_while_writing_loses_only_that(home: Path) -> None:
    overlay = build(home)
    (overlay.root / ".gemini" / "settings.json").write_text('{ "ui": ')
    (overlay.root / ".gemini" / "GEMINI.md").write_text("a memory")
    overlay.carry_back()
    assert (home / ".gemini" / "settings.json").read_text() == COMMENTED
    assert (home / ".gemini" / UNREADABLE).read_text() == '{ "ui": '
    assert (home / ".gemini" / "GEMINI.md").read_text() == "a memory"
    assert not overlay.root.exists()


def test_a_home_that_is_no_home_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "launches").write_text("a file in the way")
    with pytest.raises(ConfigurationError, match="Cannot make a private home"):
        build_overlay(tmp_path, tmp_path / "launches", client=1)


@pytest.mark.parametrize("text", ['{\n"ui": }', "[]", '{"security": 3}'])
def test_broken_settings_are_named_and_nothing_is_changed(home: Path, text: str) -> None:
    user_file = home / ".gemini" / "settings.json"
    user_file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"cannot read .*settings\.json, line \d"):
        build(home)
    assert user_file.read_text() == text
