import string
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.config.toml_edit import changed, line_of, set_value, unset_value

HAND_WRITTEN = """\
# my settings
model = "old"   # a good one
  group='g'

# names of mine
[aliases]   # short
pro = "gemini-3-1-pro"
"my best" = "x"

[later]
model = "not this one"
list = [
  "model = 1",
]
"""


@pytest.mark.parametrize(
    ("name", "value", "old", "new"),
    [
        ("model", "new", 'model = "old"   # a good one', 'model = "new"   # a good one'),
        ("model", 'a"b\\c', 'model = "old" ', 'model = "a\\"b\\\\c" '),
        ("group", "h", "  group='g'", '  group="h"'),
        ("key", "work", "  group='g'\n", "  group='g'\nkey = \"work\"\n"),
        ("aliases.pro", "p", 'pro = "gemini-3-1-pro"', 'pro = "p"'),
        ("aliases.my best", "y", '"my best" = "x"', '"my best" = "y"'),
        ("aliases.fast", "f", '"my best" = "x"\n', '"my best" = "x"\nfast = "f"\n'),
        ("other.name", "v", '  "model = 1",\n]\n', '  "model = 1",\n]\n\n[other]\nname = "v"\n'),
    ],
)
def test_only_the_line_changes(name: str, value: str, old: str, new: str) -> None:
    assert HAND_WRITTEN.count(old) == 1
    assert set_value(HAND_WRITTEN, name, value) == HAND_WRITTEN.replace(old, new)


@pytest.mark.parametrize(
    ("before", "name", "after"),
    [
        ("", "model", 'model = "v"\n'),
        ("# only a comment\n", "model", '# only a comment\nmodel = "v"\n'),
        ('key = "k"', "model", 'key = "k"\nmodel = "v"\n'),
        ('key = "k"\r\n', "model", 'key = "k"\r\nmodel = "v"\r\n'),
        ('model = "a"\r\n', "model", 'model = "v"\r\n'),
        ("[t]\na = 1\n", "model", 'model = "v"\n[t]\na = 1\n'),
        ("", "aliases.pro", '[aliases]\npro = "v"\n'),
        ("[aliases]\n", "aliases.pro", '[aliases]\npro = "v"\n'),
        ("model = 3 # wrong\n", "model", 'model = "v" # wrong\n'),
    ],
)
def test_set_in_small_files(before: str, name: str, after: str) -> None:
    assert set_value(before, name, "v") == after


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('model = """\nold\n"""\n', "model"),
        ('aliases = { pro = "a" }\n', "aliases.pro"),
        ('aliases.pro = "a"\n', "aliases.pro"),
        ("model = [1,\n2]\n", "model"),
        ('note = """\nmodel = "x"\n"""\n', "model"),
    ],
)
def test_what_cannot_be_done_safely_is_not_done(text: str, name: str) -> None:
    assert set_value(text, name, "v") is None


def test_unset_takes_the_line_out() -> None:
    assert unset_value(HAND_WRITTEN, "model") == HAND_WRITTEN.replace(
        'model = "old"   # a good one\n', ""
    )
    assert unset_value(HAND_WRITTEN, "aliases.pro") == HAND_WRITTEN.replace(
        'pro = "gemini-3-1-pro"\n', ""
    )
    assert unset_value(HAND_WRITTEN, "key") is None
    assert unset_value('model = """\na\n"""\n', "model") is None


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("model", 2),
        ("group", 3),
        ("aliases", 6),
        ("aliases.pro", 7),
        ("later.model", 11),
        ("x", None),
    ],
)
def test_line_of(name: str, line: int | None) -> None:
    assert line_of(HAND_WRITTEN, name) == line


def test_line_of_a_table_below() -> None:
    assert line_of("a = 1\n[keys.work]\n", "keys") == 2


def test_changed_leaves_its_argument() -> None:
    document = {"a": 1, "t": {"b": "c"}}
    assert changed(document, "t.b", "d") == {"a": 1, "t": {"b": "d"}}
    assert changed(document, "t.b", None) == {"a": 1, "t": {}}
    assert document == {"a": 1, "t": {"b": "c"}}


NAMES = st.sampled_from(["model", "key", "aliases.pro", "aliases.a b", "t.x"])
LINES = st.lists(
    st.sampled_from(
        [
            "", "# note", 'model = "a" # b', "key = 'k'", "[aliases]", 'pro = "p"', "[t]", "x = [",
            "]", '"""', 'n = """', "aliases = {}", "aliases.pro = 1", "[[other]]", "x = 2026-01-01",
        ]
    ),
    max_size=8,
)  # fmt: skip


SPECIAL = {"x = [", '"""', 'n = """', "aliases = {}", "aliases.pro = 1", "[[other]]"}
"""Lines whose values go over several lines, or that spell a table in another way."""


@given(LINES, NAMES, st.text(string.printable, max_size=12))
def test_an_edit_means_what_was_asked_or_is_refused(
    lines: list[str], name: str, value: str
) -> None:
    text = "\n".join(lines)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    after = set_value(text, name, value)
    if not SPECIAL.intersection(lines):
        assert after is not None, "only what is written in an odd way may be refused"
    if after is not None:
        assert tomllib.loads(after) == changed(before, name, value)
        assert [c for c in lines if c.startswith("#")] == [
            c for c in after.splitlines() if c.startswith("#")
        ]
