"""Error bodies: any of the shapes that the gateway and what stands before it answer with."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bytespike_cli.wire.sse import parse_block

MESSAGE_LIMIT = 500
_MAX_NESTING = 3
_MAX_BODY_BYTES = 1024 * 1024
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_CANDIDATE_KEYS = frozenset({"candidates", "usageMetadata", "promptFeedback"})


@dataclass(frozen=True, slots=True)
class ParsedError:
    """What an error body says, whatever its shape (contract.md 4.2). Empty where it says nothing.

    `shape` is google, openai, anthropic, bare, detail, html, empty, json or text. `code` is the
    code string; `type` the `error.type`; `status` Google's status name; `reason` the first
    `details[].reason`; `message` the gateway's own words, in one line of at most 500 characters;
    `http_code` an integer code in the body; `details` Google's details as they came; `param` the
    parameter that OpenAI's shape names.
    """

    shape: str
    code: str = ""
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    http_code: int | None = None
    details: tuple[Mapping[str, Any], ...] = ()
    param: str = ""

    @property
    def seen(self) -> str:
        """The most telling code: the code string, else reason, status, type."""
        return self.code or self.reason or self.status or self.type


def parse_error(body: bytes | str, content_type: str = "") -> ParsedError:
    """Read an error body of any shape. Never raises."""
    if isinstance(body, str):
        body = body.encode(errors="replace")
    text = body[:_MAX_BODY_BYTES].decode("utf-8-sig", errors="replace").strip()
    if not text:
        return ParsedError("empty")
    if "html" in content_type.lower() or text.startswith("<"):
        title = _TITLE.search(text)
        return ParsedError("html", message=_words(title.group(1)) if title else "")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _from_event_stream(text) or ParsedError("text", message=_words(text))
    return find_error(document) or ParsedError("json", message=_words(_message_of(document)))


def find_error(document: Any) -> ParsedError | None:
    """Return the error that a JSON document is, or None when it is not one.

    Used on error bodies, on the chunks of streams and on answers with status 200, so that an
    ordinary chunk never counts as one.
    """
    if isinstance(document, list):
        return next((error for item in document if (error := find_error(item))), None)
    if not isinstance(document, dict):
        return None
    error = document.get("error")
    if isinstance(error, dict) and error:
        return _from_error_object(error, anthropic=document.get("type") == "error")
    if isinstance(error, str) and error:
        words = document.get("message") or error
        return ParsedError("bare", code=_code(document.get("code")), message=_words(words))
    if not _CANDIDATE_KEYS.isdisjoint(document):
        return None
    return _from_bare(document)


def _from_error_object(error: dict[str, Any], *, anthropic: bool) -> ParsedError:
    code = error.get("code")
    status = _code(error.get("status"))
    details = _details(error.get("details"))
    if anthropic:
        shape = "anthropic"
    else:
        shape = "google" if isinstance(code, int) or status.isupper() else "openai"
    parsed = ParsedError(
        shape,
        code=_code(code),
        type=_code(error.get("type")),
        status=status,
        reason=next((_code(item["reason"]) for item in details if item.get("reason")), ""),
        message=_words(error.get("message")),
        http_code=_http_code(code),
        details=details,
        param=_code(error.get("param")),
    )
    return _innermost(parsed, error.get("message"))


def _innermost(outer: ParsedError, message: Any, depth: int = _MAX_NESTING) -> ParsedError:
    """Follow an error whose message is itself an error in JSON, as relays produce."""
    if not isinstance(message, str) or not message.lstrip().startswith(("{", "[")) or not depth:
        return outer
    try:
        inner = find_error(json.loads(message))
    except (ValueError, RecursionError):
        return outer
    if inner is None:
        return outer
    return ParsedError(
        outer.shape,
        code=outer.code or inner.code,
        type=outer.type or inner.type,
        status=inner.status or outer.status,
        reason=inner.reason or outer.reason,
        message=inner.message or outer.message,
        http_code=outer.http_code or inner.http_code,
        details=outer.details or inner.details,
        param=outer.param or inner.param,
    )


def _from_bare(document: dict[str, Any]) -> ParsedError | None:
    message, code, detail = (document.get(name) for name in ("message", "code", "detail"))
    if isinstance(message, str) and code not in (None, 0, "0", 200, ""):
        return ParsedError(
            "bare",
            code=_code(code),
            type=_code(document.get("type")),
            reason=_code(document.get("reason")),
            message=_words(message),
            http_code=_http_code(code),
        )
    if document.get("type") == "error":
        return ParsedError("anthropic", message=_words(message))
    if detail and isinstance(detail, (str, list, dict)):
        return ParsedError("detail", message=_words(_message_of(detail)))
    return None


def _from_event_stream(text: str) -> ParsedError | None:
    if not text.startswith(("data:", "event:")):
        return None
    event = parse_block(text.partition("\n\n")[0].encode())
    try:
        return find_error(json.loads(event.data)) if event else None
    except (ValueError, RecursionError):
        return None


def _message_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        found = next((value[name] for name in ("message", "msg", "detail") if name in value), None)
        return _message_of(found) if found is not None else ""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_message_of, value[:3])))
    return ""


def _details(value: Any) -> tuple[Mapping[str, Any], ...]:
    return (
        tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    )


def _code(value: Any) -> str:
    return value.strip() if isinstance(value, str) and not value.strip().isdecimal() else ""


def _http_code(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value[:6])
    return value if type(value) is int and 100 <= value < 600 else None


def _words(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    line = " ".join("".join(c if c.isprintable() else " " for c in value[:4096]).split())
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"
