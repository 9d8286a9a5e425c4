"""JSON with comments: parsed as gemini-cli does, edited with everything else kept."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.launch.jsonc import JsoncError, delete, parse, set_value

COMMENTED = """\
{
  // the theme I like
  "ui": {
    "theme": "Dracula" /* dark */
  },
  "security": { "auth": { "selectedType": "oauth-personal" } } // my login
}
"""

keys = st.text(max_size=6)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(keys, children, max_size=3),
    max_leaves=8,
)


def test_comments_are_skipped() -> None:
    assert parse(COMMENTED) == {
        "ui": {"theme": "Dracula"},
        "security": {"auth": {"selectedType": "oauth-personal"}},
    }


def test_signs_of_comments_inside_strings_are_text() -> None:
    assert parse('{"a": "http://x/*y*/"}') == {"a": "http://x/*y*/"}


@given(values)
def test_json_is_read_as_json(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2)):
        assert parse(text) == json.loads(text)


@given(st.dictionaries(keys, values, max_size=4), st.lists(keys, min_size=1, max_size=3), values)
def test_a_set_value_is_read_back_and_the_rest_stays(
    before: dict[str, Any], path: list[str], value: Any
) -> None:
    expected: dict[str, Any] = json.loads(json.dumps(before))
    holder: Any = expected
    for key in path[:-1]:
        holder = holder.setdefault(key, {})
        if not isinstance(holder, dict):
            return
    holder[path[-1]] = json.loads(json.dumps(value))
    assert parse(set_value(json.dumps(before, indent=2), path, value)) == expected


@given(st.dictionaries(keys, values, min_size=1, max_size=4), st.data())
def test_a_deleted_value_is_gone_and_the_rest_stays(
    before: dict[str, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(before)))
    after = parse(delete(json.dumps(before), [key]))
    assert after == json.loads(json.dumps({k: v for k, v in before.items() if k != key}))


def test_an_edit_keeps_every_comment() -> None:
    edited = set_value(COMMENTED, ("ui", "theme"), "GitHub")
    assert edited == COMMENTED.replace("Dracula", "GitHub")
    edited = set_value(COMMENTED, ("privacy", "usageStatisticsEnabled"), False)
    assert parse(edited)["privacy"] == {"usageStatisticsEnabled": False}
    for comment in ("// the theme I like", "/* dark */", "// my login"):
        assert comment in edited


def test_a_null_on_the_way_counts_as_absent() -> None:
    assert parse(set_value('{"security": null}', ("security", "auth", "x"), 1)) == {
        "security": {"auth": {"x": 1}}
    }


def test_deleting_what_is_not_there_changes_nothing() -> None:
    assert delete(COMMENTED, ("ui", "font")) == COMMENTED
    assert delete(COMMENTED, ("nothing", "here")) == COMMENTED


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("{", 1),
        ('{"a": 1,}', 1),
        ('{\n"a" 1}', 2),
        ("[1 2]", 1),
        ("{}\n{}", 1),
        ("{a: 1}", 1),
    ],
)
def test_broken_text_names_its_line(text: str, line: int) -> None:
    with pytest.raises(JsoncError) as caught:
        parse(text)
    assert caught.value.line == line


def test_a_value_that_is_in_the_way_is_not_overwritten() -> None:
    with pytest.raises(JsoncError, match="'security' is not an object"):
        set_value('{"security": 1}', ("security", "auth"), {})
