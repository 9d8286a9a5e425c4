"""Finds the gateway's answer in a text: the error, its status, the path and the headers it had."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bytespike_cli.explain.lines import line_at
from bytespike_cli.wire.parsed_error import ParsedError, find_error

MAX_OBJECTS = 200
"""Places at which an object is looked for, the last ones: an error stands at the end of a log."""
MAX_OBJECT_CHARACTERS = 20_000

_OBJECT = re.compile(r"\{\s*[\"'](?=[^{}]{0,200}(?:error|message|code|type|detail))")
_STATUSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"HTTP/\d(?:\.\d)? ([45]\d\d)\b",
        r"\b([45]\d\d) (?:[A-Z][A-Z_]{4,}|None)\b",
        r"\[([45]\d\d) [A-Za-z ]*\]",
        r"exceptions\.\w+: ([45]\d\d)\b",
        r"(?i)\bstatus(?:[ _]?code)?['\"]?\s{0,3}[:=]?\s{0,3}([45]\d\d)\b",
        r"(?i)\b(?:error )?code['\"]?\s*[:=]\s*([45]\d\d)\b",
        r"\bHTTP ([45]\d\d)\b",
        r"\b(?:ClientError|ServerError|HTTPError|HTTPStatusError): (?:Client error ')?([45]\d\d)\b",
    )
)
_GOOGLE_NAMES: Mapping[str, int] = {
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
    "INVALID_ARGUMENT": 400,
}
_NAME = re.compile(r"\b(" + "|".join(_GOOGLE_NAMES) + r")\b")
_CLASS_OF: Mapping[str, int] = {"ModelNotFoundError": 404, "RetryableQuotaError": 429}
"""Errors that gemini-cli makes of an answer, of which it shows the words alone."""
_CLASS = re.compile(r"\b(" + "|".join(_CLASS_OF) + r"): ([^\n]+)")
_PATH = re.compile(r"(/v1(?:beta|alpha)?/[\w.\-:/%]*\w)")
_WORDS = re.compile(r"(?m)^.*?(?:Error|Exception|exceptions\.\w+|error)(?:\]|\b): ?(.+)$")
_HEADER = re.compile(
    r"(?i)\b(x-ratelimit-(?:limit|remaining|reset)|x-quota-remaining-credits|retry-after"
    r"|content-type)['\"]?: ?['\"]?([^\r\n'\",]+)"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An error answer, as far as a text shows it; `path` is empty where it does not say."""

    status: int | None
    error: ParsedError
    headers: Mapping[str, str]
    path: str
    place: int
    """Where in the text it stands."""


def answer_in(text: str) -> Answer | None:
    """Return the last error answer in a text: what came before, a client has usually retried."""
    status = _status(text)
    path, headers = _path(text), _headers(text)
    last: tuple[int, ParsedError] | None = None
    for place, document in objects(text):
        error = find_error(document)
        if error is not None and (_says_something(error) or status is not None):
            last = (place, error)
    if last is not None:
        place, error = last
        return Answer(error.http_code or status, error, headers, path, place)
    return _from_words(text, status, path, headers)


def objects(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the JSON objects (or Python's dicts) that might be errors, each with its place."""
    decoder = json.JSONDecoder()
    after = 0
    for start in [found.start() for found in _OBJECT.finditer(text)][-MAX_OBJECTS:]:
        if start < after:
            continue
        try:
            document, after = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            piece = _balanced(text, start)
            document = _literal(piece)
            if document is None:
                continue
            after = start + len(piece)
        yield start, document


def _balanced(text: str, start: int) -> str:
    """Return the object that begins at `start`; "" when it does not end within the limit."""
    depth, quote = 0, ""
    end = min(len(text), start + MAX_OBJECT_CHARACTERS)
    place = start
    while place < end:
        character = text[place]
        if quote:
            if character == "\\":
                place += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return text[start : place + 1]
        elif character == "\n":
            return ""
        place += 1
    return ""


def _literal(piece: str) -> Any:
    try:
        return ast.literal_eval(piece) if piece else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _says_something(error: ParsedError) -> bool:
    return error.shape != "bare" or bool(error.http_code or error.code.isupper())


def _status(text: str) -> int | None:
    """Return the last status in a text, by the most telling pattern that matches."""
    for pattern in _STATUSES:
        found = pattern.findall(text)
        if found:
            return int(found[-1])
    return None


def _path(text: str) -> str:
    found: list[str] = [path for path in _PATH.findall(text) if "/models" in path]
    return found[-1] if found else ""


def _headers(text: str) -> dict[str, str]:
    return {name.lower(): value.strip() for name, value in _HEADER.findall(text)}


def _from_words(
    text: str, status: int | None, path: str, headers: Mapping[str, str]
) -> Answer | None:
    """Return an answer of which the client shows nothing but the words and perhaps a status."""
    classed = _CLASS.search(text)
    if classed is not None:
        status = _CLASS_OF[classed[1]]
        error = ParsedError("google", message=classed[2].strip(), status=_name_of(status))
        return Answer(status, error, headers, path, classed.start())
    name = _NAME.search(text)
    if status is None and name is None:
        return None
    if status is None and name is not None:
        status = _GOOGLE_NAMES[name[1]]
    place = name.start() if name else max(text.find(str(status)), 0)
    words = _WORDS.findall(text) or [line_at(text, place)]
    google_name = name[1] if name else _name_of(status or 0)
    about_model = bool(path) or "model" in words[-1].lower()
    error = ParsedError(
        "google",
        message=words[-1][-500:],
        status="" if google_name == "NOT_FOUND" and not about_model else google_name,
    )
    return Answer(status, error, headers, path, place)


def _name_of(status: int) -> str:
    return next((name for name, code in _GOOGLE_NAMES.items() if code == status), "")
