"""Committed files that a command makes are what it makes today (`make generate`)."""

from tests.generate import COMPLETIONS, ROOT, generated


def test_generated_files_are_up_to_date() -> None:
    for path, content in generated().items():
        assert path.read_text(encoding="utf-8") == content, f"{path}: run `make generate`"


def test_no_generated_file_is_left_over() -> None:
    assert {p.name for p in (ROOT / "completions").iterdir()} == set(COMPLETIONS.values())
