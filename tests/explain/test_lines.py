from bytespike_cli.explain.lines import SHOWN_CHARACTERS, line_at


def test_the_line_at_a_place() -> None:
    text = "one\n  two   words \nthree"
    assert line_at(text, text.index("words")) == "two words"
    assert line_at(text, 0) == "one"
    assert line_at(text, len(text) - 1) == "three"


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "x" * 500 + "HERE" + "y" * 500
    shown = line_at(text, 500)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "HERE" in shown
    assert len(shown) == SHOWN_CHARACTERS + 2
