"""Reads and checks the body of a generate call (contract.md 3.1), as strictly as Google does.

Every field of Google's REST contract passes, as the page promises; a field that Google does not
have is refused at the top level, in Google's words.
"""

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bytespike_cli.sandbox.errors import FAILURES, Refused

ROLES = ("user", "model", "function")
MODES = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
IMAGE_TOKENS = 258
"""What Google counts for an image."""

_REQUEST_FIELDS = (
    "contents", "model", "tools", "toolConfig", "safetySettings", "systemInstruction",
    "generationConfig", "cachedContent", "labels", "store", "serviceTier",
)  # fmt: skip
"""Of a GenerateContentRequest (https://ai.google.dev/api/generate-content); labels are Vertex's."""
_DATA_FIELDS = (
    "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode",
    "codeExecutionResult",
)  # fmt: skip
_CONTEXT_PREFIXES = ("<session_context>", "\n--- ", "\nContent from ", "--- ", "Content from ")
"""Parts that gemini-cli puts beside the words of its user: its context, and the frame of a file."""


@dataclass(frozen=True, slots=True)
class Blob:
    """An inline file: its MIME type and its size in bytes, decoded."""

    mime: str
    size: int


@dataclass(frozen=True)
class Turn:
    """One entry of `contents`, checked."""

    role: str
    parts: tuple[Mapping[str, Any], ...]

    @cached_property
    def text(self) -> str:
        """The words of the user (or the model), without what a client adds to them."""
        texts = (get(part, "text") for part in self.parts if not get(part, "thought"))
        return "\n".join(t for t in texts if t and not t.startswith(_CONTEXT_PREFIXES)).strip()

    @cached_property
    def blobs(self) -> tuple[Blob, ...]:
        data = (get(part, "inlineData") for part in self.parts)
        return tuple(Blob(get(d, "mimeType"), _decoded_size(d)) for d in data if d)

    @cached_property
    def files(self) -> tuple[str, ...]:
        data = (get(part, "fileData") for part in self.parts)
        return tuple(get(d, "fileUri") for d in data if d)

    @cached_property
    def responses(self) -> tuple[Mapping[str, Any], ...]:
        found = (get(part, "functionResponse") for part in self.parts)
        return tuple(response for response in found if response)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function that the client offers, and the JSON schema of its arguments."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Prompt:
    """A generate call that is right in form."""

    turns: tuple[Turn, ...]
    system: str = ""
    functions: tuple[Declaration, ...] = ()
    google_search: bool = False
    mode: str = "AUTO"
    max_tokens: int | None = None
    stops: tuple[str, ...] = ()
    mime: str = ""
    schema: Mapping[str, Any] | None = None

    @cached_property
    def last(self) -> Turn:
        return self.turns[-1]

    @cached_property
    def question(self) -> str:
        """The last words of the user, however many tool calls ago."""
        users = (turn for turn in reversed(self.turns) if turn.role == "user")
        return next((turn.text for turn in users if turn.text), "")

    @cached_property
    def tokens(self) -> int:
        """Tokens of the whole prompt: four characters each, and a fixed number for a file."""
        texts = [self.system] + [get(p, "text") or "" for t in self.turns for p in t.parts]
        blobs = sum(len(turn.blobs) + len(turn.files) for turn in self.turns)
        return max(1, math.ceil(sum(map(len, texts)) / 4)) + blobs * IMAGE_TOKENS


def get(document: Mapping[str, Any], name: str) -> Any:
    """Return a field by its camelCase name; Google takes the snake_case spelling as well."""
    return document[name] if name in document else document.get(_snake(name))


def read_prompt(body: Any) -> Prompt:
    """Check a parsed body. Raises Refused (400 INVALID_ARGUMENT) with the field that is wrong."""
    _expect(body, dict, "The body")
    for name in body:
        if name not in _REQUEST_FIELDS and name not in map(_snake, _REQUEST_FIELDS):
            raise _invalid(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.'
            )
    contents = _expect(get(body, "contents"), list, "contents")
    if not contents:
        raise _invalid("contents is not specified")
    config = _given(body, "generationConfig", dict, {}, "generation_config")
    functions, google_search = _read_tools(body)
    mode, allowed = _read_tool_config(body)
    _given(body, "safetySettings", list, [], "safety_settings")
    turns = tuple(_read_turn(turn, f"contents[{i}]") for i, turn in enumerate(contents))
    _check_order(turns)
    return Prompt(
        turns=turns,
        system=_read_system(body),
        functions=tuple(f for f in functions if not allowed or f.name in allowed),
        google_search=google_search,
        mode=mode,
        **_read_generation(config),
    )


def _read_turn(turn: Any, where: str) -> Turn:
    _expect(turn, dict, where)
    role = _given(turn, "role", str, "", f"{where}.role") or "user"
    if role not in ROLES:
        raise _invalid("Please use a valid role: user, model.")
    parts = _expect(get(turn, "parts"), list, f"{where}.parts")
    if not parts:
        raise _invalid(f"{where}.parts must not be empty")
    for i, part in enumerate(parts):
        _check_part(part, f"{where}.parts[{i}]")
    return Turn(role, tuple(parts))


def _check_order(turns: Sequence[Turn]) -> None:
    """Refuse answers of functions that the model did not call in the turn before them."""
    called = False
    for turn in turns:
        if not turn.responses:
            called = any(get(part, "functionCall") is not None for part in turn.parts)
        elif not called:
            raise _invalid(
                "Please ensure that function response turn comes immediately after a function "
                "call turn."
            )


def _check_part(part: Any, where: str) -> None:
    _expect(part, dict, where)
    given = [name for name in _DATA_FIELDS if get(part, name) is not None]
    if len(given) != 1:
        raise _invalid(f"{where}: required oneof field 'data' must have one initialized field")
    (name,) = given
    value = _expect(get(part, name), str if name == "text" else dict, f"{where}.{name}")
    if name == "inlineData":
        _expect(get(value, "mimeType"), str, f"{where}.inline_data.mime_type")
        _expect(get(value, "data"), str, f"{where}.inline_data.data")
        try:
            _decoded_size(value)
        except (binascii.Error, ValueError):
            raise _invalid(f"{where}.inline_data.data: Base64 decoding failed") from None
    if name == "fileData":
        _expect(get(value, "fileUri"), str, f"{where}.file_data.file_uri")
    if name in ("functionCall", "functionResponse"):
        _expect(get(value, "name"), str, f"{where}.{name}.name")
    if name == "functionResponse":
        _expect(get(value, "response"), dict, f"{where}.function_response.response")


def _read_system(body: Mapping[str, Any]) -> str:
    system = get(body, "systemInstruction")
    if system is None:
        return ""
    _expect(system, dict, "system_instruction")
    parts = _expect(get(system, "parts"), list, "system_instruction.parts")
    for i, part in enumerate(parts):
        _check_part(part, f"system_instruction.parts[{i}]")
    return "\n".join(get(part, "text") or "" for part in parts).strip()


def _read_tools(body: Mapping[str, Any]) -> tuple[list[Declaration], bool]:
    functions, google_search = [], False
    tools = _given(body, "tools", list, [], "tools")
    for i, tool in enumerate(tools):
        _expect(tool, dict, f"tools[{i}]")
        google_search = google_search or get(tool, "googleSearch") is not None
        where = f"tools[{i}].function_declarations"
        for entry in _given(tool, "functionDeclarations", list, [], where):
            _expect(entry, dict, where)
            name = _expect(get(entry, "name"), str, f"{where}.name")
            schema = get(entry, "parametersJsonSchema") or get(entry, "parameters") or {}
            functions.append(Declaration(name, _expect(schema, dict, f"{where}.parameters")))
    return functions, google_search


def _read_tool_config(body: Mapping[str, Any]) -> tuple[str, frozenset[str]]:
    tool_config = _given(body, "toolConfig", dict, {}, "tool_config")
    calling = _given(tool_config, "functionCallingConfig", dict, {}, "tool_config")
    mode = get(calling, "mode") or "AUTO"
    if mode not in MODES:
        raise _invalid("Invalid value at 'tool_config.function_calling_config.mode'")
    where = "tool_config.allowed_function_names"
    return mode, frozenset(_given(calling, "allowedFunctionNames", list, [], where))


def _read_generation(config: Mapping[str, Any]) -> dict[str, Any]:
    where = "generation_config."
    for name, kind in (("temperature", float), ("topP", float), ("topK", int)):
        if get(config, name) is not None:
            _expect(get(config, name), kind, where + name)
    temperature = get(config, "temperature")
    if temperature is not None and not 0 <= temperature <= 2:
        raise _invalid(f"{where}temperature: it must be in the range [0, 2]")
    max_tokens = get(config, "maxOutputTokens")
    if max_tokens is not None and _expect(max_tokens, int, where + "max_output_tokens") < 1:
        raise _invalid(f"{where}max_output_tokens: it must be positive")
    stops = _given(config, "stopSequences", list, [], where + "stop_sequences")
    for stop in stops:
        _expect(stop, str, where + "stop_sequences")
    mime = _given(config, "responseMimeType", str, "", where + "response_mime_type")
    schema = get(config, "responseJsonSchema") or get(config, "responseSchema")
    if schema is not None:
        _expect(schema, dict, where + "response_schema")
        if mime in ("", "text/plain"):
            raise _invalid("response_schema needs response_mime_type application/json")
    return {
        "max_tokens": max_tokens,
        "stops": tuple(stop for stop in stops if stop),
        "mime": mime,
        "schema": schema,
    }


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


def _given(document: Mapping[str, Any], name: str, kind: type, default: Any, where: str) -> Any:
    value = get(document, name)
    return default if value is None else _expect(value, kind, where)


def _expect(value: Any, kind: type, where: str) -> Any:
    kinds = (int, float) if kind is float else kind
    if isinstance(value, kinds) and not isinstance(value, bool):
        return value
    if value is None:
        raise _invalid(f"{where} is not specified")
    raise _invalid(f"Invalid value at '{where}': {type(value).__name__}")


def _decoded_size(data: Mapping[str, Any]) -> int:
    text = get(data, "data").replace("-", "+").replace("_", "/")
    return len(base64.b64decode(text, validate=True))


def _invalid(message: str) -> Refused:
    return Refused(FAILURES["invalid-param"], message)
