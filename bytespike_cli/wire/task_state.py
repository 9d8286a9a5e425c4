"""A task as the gateway describes it: every documented shape, read into one (contract.md 3.11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from bytespike_cli.wire.parsed_error import MESSAGE_LIMIT


class TaskState(StrEnum):
    """Where a task stands. UNKNOWN is a word that no page has: it is not the end (3.11)."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """True where nothing more will happen."""
        return self in _FINAL


_FINAL = frozenset({TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED, TaskState.EXPIRED})

_WORDS: Mapping[str, TaskState] = {
    "pending": TaskState.PENDING,
    "queued": TaskState.PENDING,
    "submitted": TaskState.PENDING,
    "accepted": TaskState.PENDING,
    "created": TaskState.PENDING,
    "running": TaskState.RUNNING,
    "processing": TaskState.RUNNING,
    "in_progress": TaskState.RUNNING,
    "completed": TaskState.COMPLETED,
    "complete": TaskState.COMPLETED,
    "succeeded": TaskState.COMPLETED,
    "success": TaskState.COMPLETED,
    "failed": TaskState.FAILED,
    "failure": TaskState.FAILED,
    "error": TaskState.FAILED,
    "cancelled": TaskState.CANCELLED,
    "canceled": TaskState.CANCELLED,
    "expired": TaskState.EXPIRED,
    "timed_out": TaskState.EXPIRED,
}
"""`pending` and `queued` are one (C8); the rest are synonyms that other gateways use (3.11)."""

_WRAPPERS = ("task", "data", "result")
_ID_NAMES = ("task_id", "out_task_id")
_KINDS = ("video", "image", "audio")
_URL_SCHEMES = ("https://", "http://", "data:")


@dataclass(frozen=True, slots=True)
class Media:
    """One result. `kind` is video, image or audio, or "" where the gateway does not say.

    Exactly one of `url` (it expires after 24 hours) and `base64` is set.
    """

    kind: str
    url: str = ""
    base64: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task. Amounts in USD as the gateway gives them (C22); None where it says nothing.

    `status` is the gateway's own word; `code` and `message` say why it failed. The message may
    quote what was sent: scrub it on its way out.
    """

    state: TaskState
    status: str = ""
    task_id: str = ""
    out_task_id: str = ""
    media: tuple[Media, ...] = ()
    cost_usd: Decimal | None = None
    estimate_usd: Decimal | None = None
    estimate_s: float | None = None
    code: str = ""
    message: str = ""


def read_task(document: Any) -> Task | None:
    """Return the task that a JSON document describes, or None when it describes none.

    A failed task carries an `error` and is a task all the same: ask here before asking whether a
    document is an error. A task may be wrapped as `{"task": {…}}` or `{"data": {…}}` (3.13).
    """
    body = _unwrapped(document)
    if body is None:
        return None
    status = _text(body.get("status")) or _text(body.get("state"))
    media = tuple(dict.fromkeys(_media(body)))
    code, message = _failure(body)
    return Task(
        state=_state(status, media),
        status=status,
        task_id=_text(body.get("task_id")) or _text(body.get("id")),
        out_task_id=_text(body.get("out_task_id")),
        media=media,
        cost_usd=_amount(body, "credits_used", "credits"),
        estimate_usd=_amount(body, "estimated_credits"),
        estimate_s=_seconds(body.get("estimated_seconds")),
        code=code,
        message=message,
    )


def _unwrapped(document: Any) -> Mapping[str, Any] | None:
    if not isinstance(document, Mapping):
        return None
    if any(_text(document.get(name)) for name in _ID_NAMES) or _is_status(document.get("status")):
        return document
    for name in _WRAPPERS:
        inner = _unwrapped(document.get(name))
        if inner is not None:
            return inner
    return None


def _is_status(value: Any) -> bool:
    return _word(_text(value)) in _WORDS


def _state(status: str, media: tuple[Media, ...]) -> TaskState:
    if status:
        return _WORDS.get(_word(status), TaskState.UNKNOWN)
    return TaskState.COMPLETED if media else TaskState.PENDING


def _word(status: str) -> str:
    return status.lower().replace("-", "_").replace(" ", "_")


def _media(body: Mapping[str, Any]) -> Iterator[Media]:
    """Every result of every shape: tasks-query, the model pages, /v1/videos, /v1/images (C9)."""
    for name in ("output", "outputs"):
        yield from _listed(body.get(name), "")
    result = body.get("result")
    if isinstance(result, Mapping):
        for kind in _KINDS:
            yield from _listed(result.get(f"{kind}_url"), kind)
            yield from _listed(result.get(f"{kind}s"), kind)
        yield from _listed(result.get("url"), "")
    else:
        yield from _listed(result, "")
    yield from _listed(body.get("result_url"), "")
    for kind in _KINDS:
        yield from _listed(body.get(f"{kind}_url"), kind)
    yield from _listed(body.get("data"), "")


def _listed(value: Any, kind: str) -> Iterator[Media]:
    if isinstance(value, list):
        for item in value:
            yield from _listed(item, kind)
    elif isinstance(value, str):
        if value.strip().lower().startswith(_URL_SCHEMES):
            yield Media(kind, url=value.strip())
    elif isinstance(value, Mapping):
        kind = _kind(value.get("type")) or kind
        for name in ("url", *(f"{known}_url" for known in _KINDS)):
            yield from _listed(value.get(name), kind or name.removesuffix("url").rstrip("_"))
        encoded = _text(value.get("b64_json"))
        if encoded:
            yield Media(kind or "image", base64=encoded)


def _kind(value: Any) -> str:
    """Return `video` for `video` and for `video/mp4`."""
    head = _text(value).lower().partition("/")[0]
    return head if head in _KINDS else ""


def _failure(body: Mapping[str, Any]) -> tuple[str, str]:
    """Return code and words of a failure: an error object, a string, or a bare message (3.11)."""
    error = body.get("error")
    if isinstance(error, Mapping):
        code = _text(error.get("code")) or _text(error.get("type"))
        return code, _words(error.get("message"))
    words = error if isinstance(error, str) and error else body.get("message")
    return _text(body.get("error_code")), _words(words)


def _words(value: Any) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in _text(value)).split())
    return line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"


def _amount(body: Mapping[str, Any], *names: str) -> Decimal | None:
    for name in names:
        value = body.get(name)
        if isinstance(value, bool) or value is None:
            continue
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            continue
        if amount.is_finite() and amount >= 0:
            return amount
    return None


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < 1e7 else None


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
