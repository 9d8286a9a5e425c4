"""Finding gemini-cli, and telling it from what only has its name."""

import json
from pathlib import Path

import pytest

from bytespike_cli.context import Environment
from bytespike_cli.errors import ClientNotFoundError, LaunchError, NotExecutableError
from bytespike_cli.launch.find import find_gemini, version_tuple
from tests.conftest import MakeEnv


def install(folder: Path, version: str) -> Path:
    """Lay out a package as npm does, with a link in a bin folder."""
    package = folder / "lib" / "gemini-cli"
    (package / "bundle").mkdir(parents=True)
    (package / "package.json").write_text(
        json.dumps({"name": "@google/gemini-cli", "version": version})
    )
    script = package / "bundle" / "gemini.js"
    script.write_text("#!/usr/bin/env node\n")
    script.chmod(0o755)
    link = folder / "bin" / "gemini"
    link.parent.mkdir()
    link.symlink_to(script)
    return link


def node_in(folder: Path) -> None:
    node = folder / "bin" / "node"
    node.write_text("#!/bin/sh\n")
    node.chmod(0o755)


def with_path(make_env: MakeEnv, *folders: Path, **variables: str) -> Environment:
    return make_env(PATH=":".join(map(str, folders)), **variables)


def test_it_is_found_on_path_and_started_by_node_directly(
    tmp_path: Path, make_env: MakeEnv
) -> None:
    link = install(tmp_path, "0.61.0")
    node_in(tmp_path)
    found = find_gemini(with_path(make_env, tmp_path / "bin"))
    assert found is not None
    assert found.version == "0.61.0"
    assert found.script == link.resolve()
    assert found.command == (str(tmp_path / "bin" / "node"), str(link.resolve()))


def test_a_program_that_is_no_node_script_is_started_as_it_is(
    tmp_path: Path, make_env: MakeEnv
) -> None:
    wrapper = tmp_path / "gemini"
    wrapper.write_text("#!/bin/sh\nexec volta run gemini\n")
    wrapper.chmod(0o755)
    found = find_gemini(with_path(make_env, tmp_path))
    assert found is not None
    assert (found.command, found.script, found.version) == ((str(wrapper),), None, None)


def test_it_is_absent(tmp_path: Path, make_env: MakeEnv) -> None:
    assert find_gemini(with_path(make_env, tmp_path)) is None


def test_bytespike_gemini_under_that_name_is_passed_over(tmp_path: Path, make_env: MakeEnv) -> None:
    ours = tmp_path / "ours" / "gemini"
    ours.parent.mkdir()
    ours.write_text("#!/usr/bin/python\nfrom bytespike_cli.__main__ import main_gemini\n")
    ours.chmod(0o755)
    theirs = install(tmp_path / "theirs", "0.61.0")
    found = find_gemini(with_path(make_env, ours.parent, theirs.parent))
    assert found is not None
    assert found.version == "0.61.0"
    with pytest.raises(LaunchError, match="without end"):
        find_gemini(with_path(make_env, tmp_path, BYTESPIKE_GEMINI_BIN=str(ours)))


def test_an_old_version_is_named(tmp_path: Path, make_env: MakeEnv) -> None:
    link = install(tmp_path, "0.35.9")
    with pytest.raises(LaunchError, match=r"0\.35\.9 .* too old.*0\.36"):
        find_gemini(with_path(make_env, link.parent))


def test_the_variable_goes_before_path(tmp_path: Path, make_env: MakeEnv) -> None:
    on_path, chosen = install(tmp_path / "a", "0.61.0"), install(tmp_path / "b", "0.50.0")
    env = with_path(make_env, on_path.parent, BYTESPIKE_GEMINI_BIN=str(chosen))
    found = find_gemini(env)
    assert found is not None
    assert found.version == "0.50.0"


def test_a_wrong_variable_is_an_error(tmp_path: Path, make_env: MakeEnv) -> None:
    with pytest.raises(ClientNotFoundError, match="does not exist"):
        find_gemini(make_env(BYTESPIKE_GEMINI_BIN=str(tmp_path / "nowhere")))
    plain = tmp_path / "plain"
    plain.write_text("words")
    with pytest.raises(NotExecutableError, match="cannot be executed"):
        find_gemini(make_env(BYTESPIKE_GEMINI_BIN=str(plain)))


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.61.0", (0, 61, 0)), ("0.61.0-nightly.20260909", (0, 61, 0)), ("1.x", (1,)), ("", ())],
)
def test_version_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert version_tuple(version) == numbers
