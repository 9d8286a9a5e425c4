"""From an answer (status, body, headers, path) to a failure with its cause (contract.md 4.3)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bytespike_cli.wire.causes import CAUSES, Cause, Retry
from bytespike_cli.wire.parsed_error import ParsedError, parse_error
from bytespike_cli.wire.paths import Kind, parse
from bytespike_cli.wire.quota import Quota, duration, from_headers

CODES: Mapping[str, Cause] = {
    "context_length_exceeded": Cause.CONTEXT_TOO_LONG,
    "duplicate_out_task_id": Cause.DUPLICATE_TASK,
    "invalid_param": Cause.INVALID_REQUEST,
    "invalid_api_key": Cause.BAD_KEY,
    "api_key_expired": Cause.EXPIRED_KEY,
    "expired_api_key": Cause.EXPIRED_KEY,
    "key_expired": Cause.EXPIRED_KEY,
    "insufficient_balance": Cause.NO_BALANCE,
    "quota_exceeded": Cause.KEY_QUOTA,
    "api_key_quota_exhausted": Cause.KEY_QUOTA,
    "model_not_allowed": Cause.MODEL_NOT_IN_GROUP,
    "model_not_in_group": Cause.MODEL_NOT_IN_GROUP,
    "model_not_found": Cause.UNKNOWN_MODEL,
    "unsupported_model": Cause.UNKNOWN_MODEL,
    "task_not_found": Cause.TASK_NOT_FOUND,
    "request_too_large": Cause.TOO_LARGE,
    "concurrency_limit": Cause.CONCURRENCY,
    "overloaded_error": Cause.OVERLOADED,
}
"""Codes that mean one thing at any status; contract.md C13 to C17 send them with several."""

_BY_TYPE_AT: Mapping[tuple[int, str], Cause] = {
    (400, "not_found_error"): Cause.UNKNOWN_MODEL,
    (400, "api_key_invalid"): Cause.BAD_KEY_OR_CHANNEL,
    (400, "authentication_error"): Cause.BAD_KEY,
    (401, "api_key_invalid"): Cause.BAD_KEY,
    (403, "api_key_invalid"): Cause.BAD_KEY,
    (429, "rate_limit_error"): Cause.SPEND_CAP,
    (429, "rate_limit_exceeded"): Cause.SPEND_CAP,
    (500, "overloaded_error"): Cause.OVERLOADED,
}

_BY_STATUS: Mapping[int, Cause] = {
    400: Cause.INVALID_REQUEST,
    401: Cause.BAD_KEY,
    402: Cause.NO_BALANCE,
    403: Cause.PERMISSION,
    404: Cause.NOT_FOUND,
    405: Cause.NOT_FOUND,
    407: Cause.NOT_GATEWAY,
    409: Cause.DUPLICATE_TASK,
    413: Cause.TOO_LARGE,
    422: Cause.INVALID_REQUEST,
    429: Cause.RATE_LIMITED,
    451: Cause.CONTENT_BLOCKED,
    500: Cause.GATEWAY_ERROR,
    501: Cause.NOT_FOUND,
}

_STATUS_OF_TYPE: Mapping[str, int] = {
    "invalid_request_error": 400,
    "invalid_argument": 400,
    "failed_precondition": 400,
    "authentication_error": 401,
    "unauthenticated": 401,
    "invalid_api_key": 401,
    "insufficient_balance": 402,
    "quota_exceeded": 402,
    "permission_error": 403,
    "permission_denied": 403,
    "not_found_error": 404,
    "not_found": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "resource_exhausted": 429,
    "concurrency_limit": 429,
    "api_error": 500,
    "server_error": 500,
    "internal": 500,
    "overloaded_error": 503,
    "upstream_error": 502,
    "unavailable": 503,
    "deadline_exceeded": 504,
}
"""The HTTP status that an error in a stream, which has none, would have come with."""

FAR_AWAY_S = 60.0
"""A wait longer than this ends the turn at once, instead of keeping a client waiting."""

_GOOGLE_STATUS: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    413: "INVALID_ARGUMENT",
    422: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""The statuses that Google clients understand, with Google's names for them (contract.md 4.2)."""

_ERROR_SHAPES = frozenset({"google", "openai", "anthropic", "bare", "detail"})
_WINDOW_NAME = re.compile(r"\brate_limit_(?:5h|1d|7d)\b", re.IGNORECASE)
_CONCURRENCY_WORD = re.compile(r"\bconcurren(?:t|cy)\b|\bin[ -]flight\b", re.IGNORECASE)
_EXPIRED_WORD = re.compile(r"\bexpired\b|过期", re.IGNORECASE)
_IP_WORD = re.compile(r"\bIP\b")
_PAUSED_WORDS = re.compile(r"\borgani[sz]ation\b.*\b(?:paused|suspended)\b", re.IGNORECASE)
_POOL_WORDS = re.compile(
    r"\baccounts?\b.*\b(?:exhausted|unavailable)\b|\bno available account", re.I
)
_MODEL_WORD = re.compile(r"\bmodel\b", re.IGNORECASE)
_ROUTE_WORD = re.compile(r"\b(?:route|page|endpoint|url|cannot (?:get|post))\b", re.IGNORECASE)
_QUOTA_WORD = re.compile(r"\bquota\b|配额|额度", re.IGNORECASE)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d+)?)s")
_RESET_TIME = re.compile(r"resets? at (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?: ?UTC|Z)")


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed request, understood.

    `code` and `message` are the gateway's own (the message in one line of at most 500 characters);
    `sentence` and `fix` are ours; `exit_status` is a number of status.py. `google_code` and
    `google_status` are what a Google client is given. `reset_at` is in Unix seconds. `details` are
    Google's, as they came from upstream. The message may quote what was sent: scrub it on its way
    out.
    """

    cause: Cause
    http_status: int
    code: str
    message: str
    shape: str
    sentence: str
    fix: str
    exit_status: int
    google_status: str
    google_code: int
    retry: Retry
    reset_at: float | None = None
    wait_s: float | None = None
    """Seconds from `now` until it is worth trying again; None when nobody said."""
    details: tuple[Mapping[str, Any], ...] = ()
    param: str = ""
    """The parameter that the refusal names, where it names one apart from its words."""


def classify(
    status: int,
    body: bytes,
    *,
    headers: Mapping[str, str],
    path: str = "",
    now: float = 0.0,
) -> Failure:
    """Return what the error answer means. Never raises.

    `headers` have names in lower case; `path` is the path that the gateway was asked for, "" when
    it is not known; `now` in Unix seconds. A status of 200 is right for an error in a success.
    """
    parsed = parse_error(body, headers.get("content-type", ""))
    return classify_parsed(parsed, status, headers=headers, path=path, now=now)


def classify_parsed(
    parsed: ParsedError,
    status: int | None = None,
    *,
    headers: Mapping[str, str] | None = None,
    path: str = "",
    now: float = 0.0,
) -> Failure:
    """Return what an error that was parsed already means, one in the middle of a stream say.

    Without a `status` of its own (or with a success) it gets the one that its codes stand for.
    """
    if status is None or (status < 300 and parsed.shape in _ERROR_SHAPES):
        status = _status_of(parsed)
    return _failure(parsed, status, headers or {}, path, now)


def _cause(parsed: ParsedError, status: int, quota: Quota, path: str) -> Cause:
    tokens = _tokens(parsed)
    management = path.startswith("/api/")
    if parsed.shape == "html" or status < 400:
        return Cause.NOT_GATEWAY
    if management and status == 403 and "permission_error" in tokens:
        return Cause.PAUSED_ORG
    if management and status in (401, 403):
        return Cause.MANAGEMENT_UNAVAILABLE
    for token in tokens:
        if token in CODES:
            return _settle(CODES[token], parsed, quota)
    for token in tokens:
        if (status, token) in _BY_TYPE_AT:
            return _settle(_BY_TYPE_AT[status, token], parsed, quota)
    if status == 403:
        return _forbidden(parsed, path)
    if status == 404:
        return _not_found(parsed, path)
    if status == 429 and parsed.status == "RESOURCE_EXHAUSTED":
        return _settle(Cause.UPSTREAM_QUOTA, parsed, quota)
    if status not in _BY_STATUS:
        return Cause.OVERLOADED if status >= 500 else Cause.UNKNOWN
    return _settle(_BY_STATUS[status], parsed, quota)


def _settle(cause: Cause, parsed: ParsedError, quota: Quota) -> Cause:
    """Refine a cause by the quota headers, and by the words only where nothing else is left."""
    words = parsed.message
    used_up = quota.key_remaining_usd == 0
    match cause:
        case Cause.SPEND_CAP if quota.remaining_usd:
            return Cause.CONCURRENCY
        case Cause.UPSTREAM_QUOTA | Cause.RATE_LIMITED:
            if quota.remaining_usd == 0 or _WINDOW_NAME.search(words):
                return Cause.SPEND_CAP
            if used_up:
                return Cause.KEY_QUOTA
            if _CONCURRENCY_WORD.search(words):
                return Cause.CONCURRENCY
        case Cause.NO_BALANCE if not parsed.code and (used_up or _QUOTA_WORD.search(words)):
            return Cause.KEY_QUOTA
        case Cause.BAD_KEY if _EXPIRED_WORD.search(words):
            return Cause.EXPIRED_KEY
        case Cause.BAD_KEY if not parsed.code and _POOL_WORDS.search(words):
            # sub2api #2237: a 401 about the gateway's own accounts says nothing about the key.
            return Cause.OVERLOADED
    return cause


def _forbidden(parsed: ParsedError, path: str) -> Cause:
    if _EXPIRED_WORD.search(parsed.message):
        return Cause.EXPIRED_KEY
    if _IP_WORD.search(parsed.message):
        return Cause.IP_NOT_ALLOWED
    if "PERMISSION_DENIED" in (parsed.status, parsed.code):
        # On /v1beta this is all that is said of a foreign group (contract.md 4.2).
        if _PAUSED_WORDS.search(parsed.message):
            return Cause.PAUSED_ORG
        return Cause.MODEL_NOT_IN_GROUP if _is_model_call(path) else Cause.PERMISSION
    if parsed.code == "permission_denied":
        return Cause.IP_NOT_ALLOWED
    if parsed.type == "permission_error" and not path:
        return Cause.PAUSED_ORG
    return Cause.PERMISSION


def _not_found(parsed: ParsedError, path: str) -> Cause:
    """Tell an absent route from an unknown model: by the code (contract.md 4.3), else the words."""
    words = parsed.message
    if parsed.code == "not_found" or (_ROUTE_WORD.search(words) and not _MODEL_WORD.search(words)):
        return Cause.NOT_FOUND
    if path:
        return Cause.UNKNOWN_MODEL if _is_model_call(path) else Cause.NOT_FOUND
    return Cause.UNKNOWN_MODEL if parsed.status == "NOT_FOUND" else Cause.NOT_FOUND


def _is_model_call(path: str) -> bool:
    """True where a refusal can only be about the model; countTokens and the like may be absent."""
    if not path:
        return True
    understood = parse(path)
    return (
        understood is not None
        and understood.kind is Kind.METHOD
        and understood.upstream == path
        and understood.method in ("generateContent", "streamGenerateContent")
    )


def _tokens(parsed: ParsedError) -> list[str]:
    named = (parsed.code, parsed.reason, parsed.type)
    return [name.lower().replace("-", "_") for name in named if name]


def _status_of(parsed: ParsedError) -> int:
    if parsed.http_code is not None and parsed.http_code >= 400:
        return parsed.http_code
    names = [*_tokens(parsed), parsed.status.lower()]
    return next((_STATUS_OF_TYPE[name] for name in names if name in _STATUS_OF_TYPE), 500)


def _failure(
    parsed: ParsedError,
    status: int,
    headers: Mapping[str, str],
    path: str,
    now: float,
) -> Failure:
    quota = from_headers(headers)
    cause = _cause(parsed, status, quota, path)
    info = CAUSES[cause]
    wait_s = _wait_s(cause, parsed, headers, quota, now)
    sentence = info.sentence.format(model=_model_words(path))
    if cause is Cause.SPEND_CAP and wait_s is not None:
        sentence = f"{sentence} It resets in {duration(wait_s)}."
    exit_status, retry = info.exit_status, info.retry
    if cause is Cause.NOT_GATEWAY and status >= 500:
        exit_status, retry = CAUSES[Cause.OVERLOADED].exit_status, Retry.BACKOFF
    google_code = _google_code(status)
    if google_code == 429 and _is_final(cause, wait_s, parsed):
        google_code = 402
    return Failure(
        cause=cause,
        http_status=status,
        code=parsed.seen,
        message=parsed.message,
        shape=parsed.shape,
        sentence=sentence,
        fix=info.fix,
        exit_status=exit_status,
        google_status=_GOOGLE_STATUS[google_code],
        google_code=google_code,
        retry=retry,
        reset_at=None if wait_s is None or not now else now + wait_s,
        wait_s=wait_s,
        details=parsed.details,
        param=parsed.param,
    )


def _is_final(cause: Cause, wait_s: float | None, parsed: ParsedError) -> bool:
    """Return whether a 429 will not go away within a time that is worth waiting for.

    Such a one must not reach gemini-cli as a 429. Plain, it is sent ten times in four minutes; with
    Google's mark of a daily quota it ends a turn at once, but without the words of the gateway or
    ours, and a helper request (web search) is repeated without a pause or an end, as on a 404
    (seen with 0.61.0). On a 402 every request ends after one attempt, and the words are shown.
    """
    if cause in (Cause.KEY_QUOTA, Cause.NO_BALANCE):
        return True
    if wait_s is not None:
        return wait_s > FAR_AWAY_S
    return cause is Cause.SPEND_CAP or _has_daily_quota(parsed.details)


def _has_daily_quota(details: Iterable[Mapping[str, Any]]) -> bool:
    violations = [item for detail in details for item in _list(detail.get("violations"))]
    quota_ids = [str(item.get("quotaId")) for item in violations if isinstance(item, dict)]
    return any("PerDay" in quota_id or "Daily" in quota_id for quota_id in quota_ids)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _google_code(status: int) -> int:
    """Return the status to give a Google client; what it does not know must not make it retry."""
    if status in _GOOGLE_STATUS:
        return status
    if status >= 500 and status != 501:
        return 503
    return 400 if 400 <= status < 600 else 403


def _model_words(path: str) -> str:
    understood = parse(path) if path else None
    return f"the model '{understood.model}'" if understood and understood.model else "this model"


def _wait_s(
    cause: Cause, parsed: ParsedError, headers: Mapping[str, str], quota: Quota, now: float
) -> float | None:
    """Return how many seconds to wait: the longest that any source says (contract.md C38)."""
    waits = [
        float(found.group(1))
        for detail in parsed.details
        if (found := _SECONDS.fullmatch(str(detail.get("retryDelay"))))
    ]
    retry_after = headers.get("retry-after", "").strip()
    if retry_after.isdecimal():
        waits.append(float(retry_after[:9]))
    if cause is Cause.SPEND_CAP and now:
        reset_at = quota.reset_at or _reset_in_words(parsed.message)
        if reset_at is not None:
            waits.append(max(0.0, reset_at - now))
    return max(waits, default=None)


def _reset_in_words(message: str) -> float | None:
    found = _RESET_TIME.search(message)
    if found is None:
        return None
    try:
        return datetime.fromisoformat("T".join(found.groups())).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
