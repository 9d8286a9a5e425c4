"""Makes the committed files that a command makes (`make generate`); test_generated checks them."""

from pathlib import Path

from bytespike_cli.cli.shells import SHELLS, script
from bytespike_cli.constants import OUR_VARIABLES

ROOT = Path(__file__).parent.parent
COMPLETIONS = {"bash": "bytespike.bash", "zsh": "_bytespike", "fish": "bytespike.fish"}


README = ROOT / "README.md"
VARIABLES_BEGIN = "<!-- variables: made by `make generate` -->\n"
VARIABLES_END = "<!-- end -->\n"


def generated() -> dict[Path, str]:
    """Return every generated file with what it should hold."""
    files = {ROOT / "completions" / COMPLETIONS[name]: script(name) for name in SHELLS}
    files[README] = with_variables(README.read_text(encoding="utf-8"))
    return files


def with_variables(readme: str) -> str:
    """Return the README with its table of variables made anew."""
    head, _, rest = readme.partition(VARIABLES_BEGIN)
    _, _, tail = rest.partition(VARIABLES_END)
    rows = "".join(f"| `{name}` | {meaning} |\n" for name, meaning in OUR_VARIABLES.items())
    table = f"\n| Variable | Meaning |\n|---|---|\n{rows}\n"
    return f"{head}{VARIABLES_BEGIN}{table}{VARIABLES_END}{tail}"


if __name__ == "__main__":
    for path, content in generated().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
