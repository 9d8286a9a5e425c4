"""JSON with comments, as gemini-cli's settings are: parsed, and edited with the comments kept.

gemini-cli strips `//` and `/* */` comments and then parses strictly (no trailing commas), see
`loadSettings` in its packages/cli/src/config/settings.ts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

_SKIP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")

Path = Sequence[str]


class JsoncError(ValueError):
    """The text is not JSON with comments; `line` is where, counted from 1."""

    def __init__(self, words: str, line: int) -> None:
        super().__init__(words)
        self.line = line


@dataclass(slots=True)
class _Member:
    key: str
    start: int
    value: _Node


@dataclass(slots=True)
class _Node:
    start: int
    end: int
    content: Any
    members: list[_Member] = field(default_factory=list)

    def member(self, key: str) -> _Member | None:
        # The last one wins, as in JSON.parse.
        return next((m for m in reversed(self.members) if m.key == key), None)


def parse(text: str) -> Any:
    """Return the value of a text. Raises JsoncError."""
    return _parse(text).content


def set_value(text: str, path: Path, value: Any) -> str:
    """Return `text` with the value at `path` set; objects on the way are made when missing.

    What stands around it, comments included, stays. Raises JsoncError, also for a text whose value
    on the way is no object.
    """
    node = _parse(text)
    for depth, key in enumerate(path):
        if node.content is None and depth:
            for missing in reversed(path[depth:]):
                value = {missing: value}
            break
        if not isinstance(node.content, dict):
            raise JsoncError(
                f"'{'.'.join(path[:depth])}' is not an object", _line(text, node.start)
            )
        member = node.member(key)
        if member is None:
            for missing in reversed(path[depth + 1 :]):
                value = {missing: value}
            return _insert(text, node, key, value)
        node = member.value
    return text[: node.start] + _dump(value, _indent_at(text, node.start)) + text[node.end :]


def delete(text: str, path: Path) -> str:
    """Return `text` without the member at `path`, if it is there. Raises JsoncError."""
    node = _parse(text)
    for key in path[:-1]:
        member = node.member(key)
        if member is None:
            return text
        node = member.value
    member = node.member(path[-1])
    if member is None:
        return text
    index = node.members.index(member)
    if index + 1 < len(node.members):
        return text[: member.start] + text[node.members[index + 1].start :]
    start = node.members[index - 1].value.end if index else node.start + 1
    return text[:start] + text[member.value.end :]


def _insert(text: str, node: _Node, key: str, value: Any) -> str:
    outer = _indent_at(text, node.start)
    inner = outer + "  "
    piece = f"{json.dumps(key)}: {_dump(value, inner)}"
    if node.members:
        last = node.members[-1]
        inner = _indent_at(text, last.start)
        end = last.value.end
        return f"{text[:end]},\n{inner}{piece}{text[end:]}"
    head, tail = text[: node.end - 1].rstrip(), text[node.end - 1 :]
    return f"{head}\n{inner}{piece}\n{outer}{tail}"


def _dump(value: Any, indent: str) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n" + indent)


def _indent_at(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 :]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _parse(text: str) -> _Node:
    start = _skip(text, 1 if text.startswith("\ufeff") else 0)
    node = _value(text, start)
    if _skip(text, node.end) != len(text):
        raise JsoncError("more text after the end", _line(text, node.end))
    return node


def _value(text: str, at: int) -> _Node:
    if text.startswith("{", at):
        return _object(text, at)
    if text.startswith("[", at):
        return _array(text, at)
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    if found is None:
        raise JsoncError("a value is missing or not JSON", _line(text, at))
    try:
        return _Node(at, found.end(), json.loads(found[0], strict=False))
    except ValueError as error:
        raise JsoncError(str(error), _line(text, at)) from None


def _object(text: str, at: int) -> _Node:
    node = _Node(at, at, {})
    position = _skip(text, at + 1)
    while not text.startswith("}", position):
        if node.members:
            position = _skip(text, _expect(text, position, ","))
        key = _STRING.match(text, position)
        if key is None:
            raise JsoncError("a name in double quotes is missing", _line(text, position))
        colon = _expect(text, _skip(text, key.end()), ":")
        member = _Member(json.loads(key[0]), position, _value(text, _skip(text, colon)))
        node.members.append(member)
        node.content[member.key] = member.value.content
        position = _skip(text, member.value.end)
    node.end = position + 1
    return node


def _array(text: str, at: int) -> _Node:
    node = _Node(at, at, [])
    position = _skip(text, at + 1)
    while not text.startswith("]", position):
        if node.content:
            position = _skip(text, _expect(text, position, ","))
        item = _value(text, position)
        node.content.append(item.content)
        position = _skip(text, item.end)
    node.end = position + 1
    return node


def _skip(text: str, at: int) -> int:
    found = _SKIP.match(text, at)
    return found.end() if found else at


def _expect(text: str, at: int, sign: str) -> int:
    if not text.startswith(sign, at):
        raise JsoncError(f"'{sign}' is missing", _line(text, at))
    return at + 1


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
