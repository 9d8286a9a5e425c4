"""The smallest JSON value that follows a schema, Gemini's own kind or JSON Schema."""

from collections.abc import Mapping
from typing import Any

_NUMBERED = ("", "string", "number", "integer", "boolean", "array", "object")
"""Types by their numbers in Google's enum `Type`: protobuf's JSON takes either, and
google-generativeai writes numbers (https://protobuf.dev/programming-guides/json/)."""
MAX_DEPTH = 32
"""A schema that refers to itself ends here."""

_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "kim@example.com",
    "uri": "https://example.com/",
}


def smallest(schema: Mapping[str, Any], text: str = "sandbox") -> Any:
    """Return a value that follows `schema`; `text` stands wherever any string will do.

    Knows type (any case, or a list), enum, const, default, properties, required, items, anyOf,
    oneOf, allOf, $ref, minimum, minItems, minLength and format. Optional properties are left out
    when others are required.
    """
    return _value(schema, text, schema, 0)


def _value(schema: Any, text: str, root: Mapping[str, Any], depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return None
    if "$ref" in schema:
        return _value(_target(str(schema["$ref"]), root), text, root, depth + 1)
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if schema.get(name):
            return _value(schema[name][0], text, root, depth + 1)
    return _of_type(_type(schema), schema, text, root, depth)


def _of_type(
    kind: str, schema: Mapping[str, Any], text: str, root: Mapping[str, Any], depth: int
) -> Any:
    match kind:
        case "object":
            properties = schema.get("properties") or {}
            names = schema.get("required") or list(properties)
            return {n: _value(properties.get(n, {}), text, root, depth + 1) for n in names}
        case "array":
            count = int(schema.get("minItems") or schema.get("min_items") or 1)
            return [_value(schema.get("items", {}), text, root, depth + 1) for _ in range(count)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "null":
            return None
    word = _FORMATS.get(str(schema.get("format")), text)
    return word.ljust(int(schema.get("minLength") or 0), ".")[: schema.get("maxLength")]


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((k for k in kind if k != "null"), "null")
    if kind is None:
        return "object" if "properties" in schema else "array" if "items" in schema else "string"
    if isinstance(kind, int) and 0 < kind < len(_NUMBERED):
        return _NUMBERED[kind]
    return str(kind).lower()


def _target(reference: str, root: Mapping[str, Any]) -> Any:
    found: Any = root
    for step in reference.removeprefix("#").split("/"):
        if step:
            found = found.get(step, {}) if isinstance(found, Mapping) else {}
    return found
