import json
from pathlib import Path

import pytest

from bytespike_cli.doctor.checks.install import CHECKS
from bytespike_cli.doctor.finding import Finding, Verdict
from tests.doctor.conftest import MakeCase, by_id, run_all


def found_by(make_case: MakeCase, client: str = "", **variables: str) -> dict[str, Finding]:
    results = run_all(CHECKS, make_case(client=client, **variables))
    return by_id(finding for result in results.values() for finding in result.findings)


def program(folder: Path, name: str, version: str) -> Path:
    """Write a program that prints a version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def gemini_cli(folder: Path, version: str) -> Path:
    """Install what looks like Google's package; node is never run for its version."""
    package = folder / "lib"
    package.mkdir(parents=True)
    (package / "package.json").write_text(
        json.dumps({"name": "@google/gemini-cli", "version": version})
    )
    return program(package, "gemini", version)


def test_what_runs_is_said(make_case: MakeCase) -> None:
    assert found_by(make_case, PATH="/nowhere")["install.bytespike"].verdict is Verdict.OK


def test_without_node_and_gemini_cli_bytespike_still_works(make_case: MakeCase) -> None:
    found = found_by(make_case, PATH="/nowhere")
    assert found["install.node"].verdict is Verdict.INFO
    assert found["install.no-gemini"].verdict is Verdict.INFO
    found = found_by(make_case, client="gemini-cli", PATH="/nowhere")
    assert found["install.node"].verdict is Verdict.ERROR
    assert found["install.no-gemini"].verdict is Verdict.ERROR


@pytest.mark.parametrize(
    ("version", "id_", "verdict"),
    [
        ("0.61.0", "install.gemini", Verdict.OK),
        ("0.36.0", "install.gemini", Verdict.OK),
        ("0.99.0", "install.gemini-new", Verdict.INFO),
        ("0.5.5", "install.gemini", Verdict.ERROR),
    ],
)
def test_versions_of_gemini_cli(
    make_case: MakeCase, tmp_path: Path, version: str, id_: str, verdict: Verdict
) -> None:
    path = gemini_cli(tmp_path / "g", version)
    found = found_by(make_case, PATH="/nowhere", BYTESPIKE_GEMINI_BIN=str(path))
    assert found[id_].verdict is verdict


def test_a_wrapper_is_asked_for_its_version(make_case: MakeCase, tmp_path: Path) -> None:
    program(tmp_path / "bin", "gemini", "0.61.0")
    assert found_by(make_case, PATH=str(tmp_path / "bin"))["install.gemini"].verdict is Verdict.OK


def test_a_gemini_that_is_something_else(make_case: MakeCase, tmp_path: Path) -> None:
    program(tmp_path / "bin", "gemini", "a twin sign")
    found = found_by(make_case, PATH=str(tmp_path / "bin"))["install.other-gemini"]
    assert found.verdict is Verdict.WARNING
    assert str(tmp_path / "bin" / "gemini") in found.evidence


def test_several_versions_on_path(make_case: MakeCase, tmp_path: Path) -> None:
    one = gemini_cli(tmp_path / "one", "0.61.0").parent
    two = gemini_cli(tmp_path / "two", "0.44.0").parent
    found = found_by(make_case, PATH=f"{one}:{two}")["install.several-gemini"]
    assert found.verdict is Verdict.WARNING
    assert found.evidence.startswith(str(one))
    again = found_by(make_case, PATH=f"{one}:{one}")["install.several-gemini"]
    assert again.verdict is Verdict.OK


def test_an_old_node(make_case: MakeCase, tmp_path: Path) -> None:
    program(tmp_path / "bin", "node", "v18.3.1")
    found = found_by(make_case, PATH=str(tmp_path / "bin"))["install.node-old"]
    assert found.verdict is Verdict.WARNING
    assert "18.3.1" in found.sentence


def test_the_package_that_does_not_exist(make_case: MakeCase) -> None:
    case = make_case(PATH="/nowhere")
    (case.env.cwd / "package.json").write_text(
        json.dumps({"dependencies": {"@google/generative-ai-cli": "^1"}})
    )
    (found,) = run_all(CHECKS, case)["install.package"].findings
    assert found.id == "install.wrong-package"
    (case.env.cwd / "package.json").write_text("[1]")
    (found,) = run_all(CHECKS, case)["install.package"].findings
    assert found.verdict is Verdict.OK
