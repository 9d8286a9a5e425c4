"""Change one value of a hand-written TOML file and nothing else: comments and order stay."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
_VALUE = re.compile(rf"(\s*)({_STRING}|[^\s#\"'\[{{]+)(\s*(?:#.*)?)$")


def line_of(text: str, name: str) -> int | None:
    """Return the line number (from 1) on which a setting (`model`, `aliases.pro`) is set."""
    table, key = _split(name)
    lines = _lines(text)
    found = _find(lines, table, key)
    if found is not None:
        return found + 1
    return _header_line(lines, key) if table is None else None


def set_value(text: str, name: str, value: str) -> str | None:
    """Return `text` with a setting changed or added, or None when that cannot be done safely.

    The result is parsed and compared: nothing but this value differs in meaning.
    """
    lines = _lines(text)
    table, key = _split(name)
    newline = "\r\n" if "\r\n" in text else "\n"
    at = _find(lines, table, key)
    if at is not None:
        left, _, right = lines[at].partition("=")
        body = right.rstrip("\r\n")
        old = _VALUE.match(body)
        if old is None:
            return None
        lines[at] = f"{left}={old[1]}{_quote(value)}{old[3]}{right[len(body) :]}"
    else:
        _insert(lines, table, f"{_key(key)} = {_quote(value)}{newline}", newline)
    return _checked(text, "".join(lines), table, key, value)


def unset_value(text: str, name: str) -> str | None:
    """Return `text` without a setting, or None when that cannot be done safely."""
    lines = _lines(text)
    table, key = _split(name)
    at = _find(lines, table, key)
    if at is None:
        return None
    del lines[at]
    return _checked(text, "".join(lines), table, key, None)


def changed(document: dict[str, Any], name: str, value: str | None) -> dict[str, Any]:
    """Return a copy of a parsed file with a setting changed (None: removed)."""
    table, key = _split(name)
    result = dict(document)
    place = result
    if table is not None:
        place = result[table] = dict(result.get(table, {}))
    if value is None:
        place.pop(key, None)
    else:
        place[key] = value
    return result


def _checked(before: str, after: str, table: str | None, key: str, value: str | None) -> str | None:
    name = key if table is None else f"{table}.{key}"
    try:
        same = tomllib.loads(after) == changed(tomllib.loads(before), name, value)
    except tomllib.TOMLDecodeError:
        return None
    return after if same else None


def _split(name: str) -> tuple[str | None, str]:
    table, dot, key = name.partition(".")
    return (table, key) if dot else (None, name)


def _lines(text: str) -> list[str]:
    """Split at line feeds only, as TOML does; the ends are kept."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _find(lines: list[str], table: str | None, key: str) -> int | None:
    """Return the index of the line `key = …` in a table (None: above all tables)."""
    wanted = re.compile(rf"\s*(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')\s*=")
    current: str | None = None
    for index, line in enumerate(lines):
        header = _HEADER.match(line)
        if header:
            current = header[1].strip("\"'")
        elif current == table and wanted.match(line):
            return index
    return None


def _header_line(lines: list[str], table: str) -> int | None:
    """Return the number of the line `[table]` or `[table.…]`."""
    for index, line in enumerate(lines):
        header = _HEADER.match(line)
        if header and header[1].partition(".")[0].strip("\"'") == table:
            return index + 1
    return None


def _insert(lines: list[str], table: str | None, line: str, newline: str) -> None:
    """Add a line at the end of a table's own lines, before the blank ones that follow it."""
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += newline
    start = 0
    if table is not None:
        header = _header_line(lines, table)
        if header is None:
            lines.extend([newline] if lines else [])
            lines.extend([f"[{_key(table)}]{newline}", line])
            return
        start = header
    end = start
    for index in range(start, len(lines)):
        if _HEADER.match(lines[index]):
            break
        if lines[index].strip() and not lines[index].lstrip().startswith("#"):
            end = index + 1
    else:
        end = end or len(lines)
    lines.insert(end, line)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quote(name)


def _quote(value: str) -> str:
    """Return a TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", escaped) + '"'
