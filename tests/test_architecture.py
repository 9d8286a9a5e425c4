"""The arrows of design section 3, and who may import which library, read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "bytespike_cli"
EVERYWHERE = {"context", "errors", "status", "constants", "redact", "__init__"}

MAY_IMPORT: dict[str, set[str]] = {
    "__main__": {"cli"},
    "cli": {
        "doctor",
        "launch",
        "shim",
        "sandbox",
        "gateway",
        "direct",
        "journal",
        "config",
        "wire",
        "explain",
    },
    "doctor": {"launch", "shim", "gateway", "direct", "config", "wire", "explain"},
    "explain": {"wire"},
    "direct": {"gateway", "journal", "config", "wire"},
    "launch": {"shim", "config", "wire"},
    "shim": {"journal", "config", "wire"},
    "sandbox": {"wire"},
    "gateway": {"config", "wire"},
    "journal": {"config", "wire"},
    "config": {"wire"},
    "wire": set(),
    "redact": set(),
    "status": set(),
    "constants": set(),
    "errors": set(),
    "context": set(),
    "__init__": set(),
}
"""Each part with the parts that it may import, beside those that everything may use."""

MAY_IMPORT_LIBRARY: dict[str, set[str]] = {
    "httpx": {"gateway"},
    "aiohttp": {"shim", "sandbox"},
    "click": {"cli"},
    "rich": {"cli", "direct"},
    "tomli_w": {"config"},
    "platformdirs": {"context"},
    "keyring": {"config"},
}

ENVIRONMENT_ATTRIBUTES = {
    ("os", "environ"),
    ("os", "getenv"),
    ("sys", "stdin"),
    ("sys", "stdout"),
    ("sys", "stderr"),
    ("sys", "exit"),
    ("time", "time"),
}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield module
            if module == "bytespike_cli":
                yield from (f"bytespike_cli.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "bytespike_cli":
            target = rest.split(".")[0]
            if target in ("", "__version__"):
                continue
            if part == "wire":
                assert target in {"wire", "constants"}, f"wire imports {name}"
            else:
                allowed = MAY_IMPORT[part] | EVERYWHERE | {part}
                assert target in allowed, f"{part} may not import {name}"
        elif top in MAY_IMPORT_LIBRARY:
            assert part in MAY_IMPORT_LIBRARY[top], f"{part} may not import {top}"


@pytest.mark.parametrize(
    "path",
    [p for p in sources() if p.name not in {"context.py", "__main__.py"}],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_only_context_touches_the_world(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            used = (node.value.id, node.attr)
            assert used not in ENVIRONMENT_ATTRIBUTES, f"{path.name}:{node.lineno}: {used}"


def test_print_is_for_render_alone() -> None:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno}"


def test_nobody_imports_cli_but_main() -> None:
    for path in sources():
        if part_of(path) in {"cli", "__main__"}:
            continue
        assert not any(n.startswith("bytespike_cli.cli") for n in imports(path)), path
