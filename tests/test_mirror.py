"""Source and tests mirror each other: each module has its test file, and no test is left over."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "bytespike_cli"
TESTS = ROOT / "tests"

WITHOUT_SOURCE = {
    "test_architecture.py": "the arrows between the parts",
    "test_mirror.py": "this file",
    "test_startup.py": "what starting the program imports",
    "test_canary.py": "no secret leaves, over all commands",
    "test_generated.py": "committed files that are made by a command",
    "test_docs.py": "the README's tables against the code",
    "test_attacks.py": "the whole shim against hostile bytes",
    "test_corpus.py": "the doctor, over all scenarios",
    "test_team.py": "several copies of the shim behind nginx",
    "test_preload.py": "scripts of node, which are no module",
}
"""Tests of what is in no single module, with what each is about."""

DATA = {Path("launch/clients"): Path("launch/test_registry.py")}
"""Folders of small declarative files, each a row in the table of one test."""


def test_every_module_has_its_tests() -> None:
    missing = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py"
        and path.parent.relative_to(PACKAGE) not in DATA
        and not (TESTS / path.relative_to(PACKAGE))
        .with_name(f"test_{path.stem.strip('_')}.py")
        .exists()
    ]
    assert missing == []
    assert all((TESTS / test).exists() for test in DATA.values())


def test_every_test_has_its_module() -> None:
    left_over = []
    for path in TESTS.rglob("test_*.py"):
        relative = path.relative_to(TESTS)
        if relative.parts[0] == "clients" or path.name in WITHOUT_SOURCE:
            continue
        name = relative.name.removeprefix("test_")
        source = PACKAGE / relative.with_name(name)
        dunder = PACKAGE / relative.with_name(f"__{name.removesuffix('.py')}__.py")
        if not source.exists() and not dunder.exists():
            left_over.append(str(relative))
    assert left_over == []
