"""What stands in the way of a launch."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.errors import LaunchError
from bytespike_cli.launch import conflicts
from tests.conftest import MakeEnv


def layers(tmp_path: Path, **contents: Any) -> conflicts.Layers:
    files = {}
    for name in ("system", "user", "project"):
        files[name] = tmp_path / f"{name}.json"
        if name in contents:
            files[name].write_text(json.dumps(contents[name]))
    return conflicts.Layers(**files)


def auth(**values: str) -> dict[str, Any]:
    return {"security": {"auth": values}}


@pytest.mark.parametrize("where", ["system", "user", "project"])
def test_an_enforced_way_to_sign_in_is_named_with_its_file(tmp_path: Path, where: str) -> None:
    found = layers(tmp_path, **{where: auth(enforcedType="oauth-personal")})
    with pytest.raises(LaunchError, match=rf"{where}\.json allows.*'oauth-personal' only"):
        conflicts.check_enforced(found)


def test_an_enforced_key_is_what_we_need(tmp_path: Path) -> None:
    conflicts.check_enforced(layers(tmp_path, system=auth(enforcedType="gemini-api-key")))


def test_an_administrators_choice_is_not_gone_round(tmp_path: Path) -> None:
    with pytest.raises(LaunchError, match="outranks every other setting"):
        conflicts.check_enforced(layers(tmp_path, system=auth(selectedType="vertex-ai")))


def test_the_projects_choice_is_found(tmp_path: Path) -> None:
    assert conflicts.project_auth(layers(tmp_path)) is None
    assert (
        conflicts.project_auth(layers(tmp_path, project=auth(selectedType="gemini-api-key")))
        is None
    )
    found = layers(tmp_path, project=auth(selectedType="oauth-personal"))
    assert conflicts.project_auth(found) == "oauth-personal"


def test_the_model_of_the_settings_is_the_users_choice(tmp_path: Path) -> None:
    assert conflicts.chosen_model(layers(tmp_path)) is None
    user, project = {"model": {"name": "a"}}, {"model": {"name": "b"}}
    assert conflicts.chosen_model(layers(tmp_path, user=user)) == ("a", tmp_path / "user.json")
    both = layers(tmp_path, user=user, project=project)
    assert conflicts.chosen_model(both) == ("b", both.project)


def test_in_the_home_folder_the_users_own_settings_are_the_projects(make_env: MakeEnv) -> None:
    env = make_env()
    env.cwd = env.home
    found = conflicts.Layers.of(env)
    assert found.project == found.user


@pytest.mark.parametrize(
    ("rules", "trusted"),
    [
        ({}, False),
        ({".": "TRUST_FOLDER"}, True),
        ({"..": "TRUST_FOLDER"}, True),
        ({".": "DO_NOT_TRUST", "..": "TRUST_FOLDER"}, False),
        ({"./sibling": "TRUST_PARENT"}, True),
        ({"../other": "TRUST_FOLDER"}, False),
    ],
)
def test_trusted_folders(make_env: MakeEnv, rules: dict[str, str], trusted: bool) -> None:
    env = make_env()
    folder = env.cwd / "project"
    folder.mkdir()
    file = env.home / ".gemini" / "trustedFolders.json"
    file.parent.mkdir(parents=True)
    # As the client writes them: absolute and normal, so that a nested path is a longer one.
    absolute = {str((folder / path).resolve()): level for path, level in rules.items()}
    file.write_text(json.dumps(absolute))
    found = replace(env, cwd=folder)
    assert conflicts.folder_is_trusted(found, conflicts.Layers.of(found)) is trusted


def test_trust_by_variable_and_by_setting(make_env: MakeEnv, tmp_path: Path) -> None:
    off = {"security": {"folderTrust": {"enabled": False}}}
    assert conflicts.folder_is_trusted(make_env(), layers(tmp_path, user=off))
    nothing = layers(tmp_path / "absent")
    assert conflicts.folder_is_trusted(make_env(GEMINI_CLI_TRUST_WORKSPACE="true"), nothing)
    assert not conflicts.folder_is_trusted(
        make_env(GEMINI_CLI_TRUST_WORKSPACE="false"), layers(tmp_path, user=off)
    )


def test_a_broken_settings_file_is_left_to_the_client(tmp_path: Path) -> None:
    found = layers(tmp_path)
    found.project.write_text("{ not json")
    assert conflicts.project_auth(found) is None
