"""Values by schema."""

from typing import Any

import pytest

from bytespike_cli.sandbox.schema import smallest


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "STRING"}, "sandbox"),
        ({"type": "string", "enum": ["b", "a"]}, "b"),
        ({"type": "INTEGER"}, 1),
        ({"type": "number", "minimum": 5}, 5),
        ({"type": "BOOLEAN"}, True),
        ({"type": "null"}, None),
        ({"type": ["null", "string"]}, "sandbox"),
        ({"const": 4}, 4),
        ({"type": 6, "properties": {"a": {"type": 3}}}, {"a": 1}),
        ({"type": "integer", "default": 9}, 9),
        ({"type": "string", "format": "date"}, "2026-01-01"),
        ({"type": "string", "minLength": 9}, "sandbox.."),
        ({"type": "string", "maxLength": 4}, "sand"),
        ({"type": "ARRAY", "items": {"type": "INTEGER"}, "minItems": 2}, [1, 1]),
        ({"items": {"type": "string"}}, ["sandbox"]),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, 1),
        (
            {"type": "OBJECT", "properties": {"a": {"type": "STRING"}, "b": {"type": "INTEGER"}}},
            {"a": "sandbox", "b": 1},
        ),
        ({"properties": {"a": {}, "b": {"type": "integer"}}, "required": ["b"]}, {"b": 1}),
        (
            {"properties": {"in": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"enum": ["q"]}}},
            {"in": "q"},
        ),
        (
            {"type": "object", "properties": {"o": {"type": "object", "properties": {"i": {}}}}},
            {"o": {"i": "sandbox"}},
        ),
    ],
)
def test_smallest(schema: dict[str, Any], value: Any) -> None:
    assert smallest(schema) == value


def test_the_text_stands_for_any_string() -> None:
    assert smallest({"type": "string"}, "hello") == "hello"


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema = {"type": "object", "properties": {"again": {"$ref": "#"}}}
    value = smallest(schema)
    depth = 0
    while value is not None:
        value, depth = value["again"], depth + 1
    assert 1 < depth < 40
