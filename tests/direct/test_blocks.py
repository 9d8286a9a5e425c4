import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.direct.blocks import split_finished


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("", ""),
        ("one", ""),
        ("one\n\n", ""),
        ("one\n\nt", "one\n\n"),
        ("one\n\ntwo\n\nthree", "one\n\ntwo\n\n"),
        ("```py\na\n\nb\n", ""),
        ("```py\na\n\nb\n```\n\nc", "```py\na\n\nb\n```\n\n"),
        ("````\n```\n\nx\n````\n\ny", "````\n```\n\nx\n````\n\n"),
        ("~~~\n```\n\nx", ""),
        ("``` js\n```not closed\n\nx", ""),
        ("- a\n\n  still a\n\nb", "- a\n\n  still a\n\n"),
        ("- a\n\n  still a", ""),
        ("one\n\n```py\na\n\nb", "one\n\n"),
    ],
)
def test_split(text: str, finished: str) -> None:
    blocks, rest = split_finished(text)
    assert ("".join(blocks), rest) == (finished, text[len(finished) :])


def test_each_block_for_itself() -> None:
    assert split_finished("one\n\n- a\n- b\n\n\ntwo\n\nthree") == (
        ["one\n\n", "- a\n- b\n\n\n", "two\n\n"],
        "three",
    )


markdown = st.text(alphabet="ab`~-# \n", max_size=60)


@given(markdown, st.integers(0, 60))
def test_a_finished_block_stays_finished(text: str, seen: int) -> None:
    before, rest = split_finished(text[:seen])
    assert "".join(before) + rest == text[:seen]
    later, _ = split_finished(text)
    assert later[: len(before)] == before


@given(markdown)
def test_pieces_give_the_same_blocks(text: str) -> None:
    finished: list[str] = []
    tail = ""
    for character in text:
        done, tail = split_finished(tail + character)
        finished += done
    assert (finished, tail) == split_finished(text)
