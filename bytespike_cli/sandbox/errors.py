"""Failures of the gateway as a table, and the envelopes in which they travel.

Every row of contract.md 4.3 is here; `envelope` writes a row in any shape of 4.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bytespike_cli.wire.json_bytes import json_bytes

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to be refused. `shape`: the only envelope in which the contract saw it."""

    status: int
    google: str
    type: str
    code: str
    message: str
    source: str = "4.3"
    shape: str = ""
    reason: str = ""
    """`details[].reason` of Google's envelope."""


class Refused(Exception):
    """Raised by a handler to answer with a failure; `message` replaces the row's own.

    `param` is the field of the request that is wrong, for the envelope that names it.
    """

    def __init__(self, failure: Failure, message: str = "", *, param: str | None = None) -> None:
        super().__init__(message or failure.message)
        self.failure = failure
        self.message = message or failure.message
        self.param = param


_INVALID = "INVALID_ARGUMENT"
_REQUEST = "invalid_request_error"
_UNKNOWN = "UNKNOWN"
"""Google's status for 402, 413, 422, 451 is not known; sub2api is said to write this (4.2)."""

FAILURES: Mapping[str, Failure] = {
    "invalid-param": Failure(400, _INVALID, _REQUEST, "invalid_param", "Invalid request."),
    "model-not-found": Failure(
        400, _INVALID, "not_found_error", "model_not_found", "model not found", "4.3, C14"
    ),
    "unsupported-model": Failure(
        400, _INVALID, _REQUEST, "unsupported_model", "model is not supported", "4.3, C14"
    ),
    "model-not-allowed": Failure(
        400, _INVALID, _REQUEST, "model_not_allowed", "model not in the key's group", "4.3, C13"
    ),
    "context-length": Failure(
        400, _INVALID, _REQUEST, "context_length_exceeded", "prompt and maximum output are too long"
    ),
    "channel-key": Failure(
        400, _INVALID, _REQUEST, "invalid_api_key",
        "API Key not found. Please pass a valid API key.",
        "4.3, sub2api #1709", "google", "API_KEY_INVALID",
    ),
    "bad-key": Failure(
        401, "UNAUTHENTICATED", "authentication_error", "invalid_api_key",
        "API key not valid. Please pass a valid API key.",
    ),
    "expired": Failure(
        401, "UNAUTHENTICATED", "authentication_error", "invalid_api_key", "API key expired."
    ),
    "revoked": Failure(
        401, "UNAUTHENTICATED", "authentication_error", "invalid_api_key", "API key revoked."
    ),
    "no-accounts": Failure(
        401, "UNAUTHENTICATED", "authentication_error", "", "All available accounts exhausted",
        "3.18, sub2api #2237",
    ),
    "empty-wallet": Failure(
        402, _UNKNOWN, "insufficient_balance", "insufficient_balance", "Insufficient balance."
    ),
    "quota": Failure(
        402, _UNKNOWN, "quota_exceeded", "quota_exceeded", "The key's quota is used up."
    ),
    "ip": Failure(
        403, "PERMISSION_DENIED", "permission_error", "permission_denied",
        "This IP address may not use the key.",
    ),
    "model-not-in-group": Failure(
        403, "PERMISSION_DENIED", "permission_error", "model_not_in_group", "model not in group"
    ),
    "paused-org": Failure(
        403, "PERMISSION_DENIED", "permission_error", "permission_error",
        "The organisation of this key is paused.", "4.3, 3.6",
    ),
    "expired-403": Failure(
        403, "PERMISSION_DENIED", "permission_error", "API_KEY_EXPIRED", "API key expired",
        "C17, sub2api #471", "bare",
    ),
    "empty-wallet-403": Failure(
        403, "PERMISSION_DENIED", "permission_error", "INSUFFICIENT_BALANCE",
        "Insufficient account balance", "C17, sub2api #890", "bare",
    ),
    "not-found": Failure(404, "NOT_FOUND", "not_found_error", "not_found", "no such route"),
    "task-not-found": Failure(
        404, "NOT_FOUND", "not_found_error", "task_not_found", "no such task"
    ),
    "unknown-model": Failure(
        404, "NOT_FOUND", "not_found_error", "model_not_found", "model not found"
    ),
    "retired-model": Failure(
        404, "NOT_FOUND", "not_found_error", "model_not_found",
        "this model was retired; use gemini-3-5-flash", "4.3, legacy-compat-names",
    ),
    "duplicate": Failure(
        409, "ABORTED", _REQUEST, "duplicate_out_task_id", "out_task_id is in use", "4.3, C16"
    ),
    "duplicate-400": Failure(
        400, _INVALID, _REQUEST, "duplicate_out_task_id", "out_task_id is in use", "4.3, C16"
    ),
    "too-large": Failure(
        413, _UNKNOWN, "request_too_large", "request_too_large", "The request is too large."
    ),
    "unprocessable": Failure(422, _UNKNOWN, _REQUEST, "", "The request is refused.", "C34"),
    "spend-cap": Failure(
        429, "RESOURCE_EXHAUSTED", "rate_limit_error", "", "rate_limit_5h exceeded", "4.2, 4.3"
    ),
    "spend-cap-sub2api": Failure(
        429, "RESOURCE_EXHAUSTED", "rate_limit_exceeded", "", "5h spending limit reached",
        "4.2, sub2api #1022", "anthropic",
    ),
    "concurrency": Failure(
        429, "RESOURCE_EXHAUSTED", "rate_limit_error", "concurrency_limit",
        "Too many requests are in flight.",
    ),
    "quota-429": Failure(
        429, "RESOURCE_EXHAUSTED", "rate_limit_error", "API_KEY_QUOTA_EXHAUSTED",
        "API key 额度已用完", "C17, sub2api #471, #4615", "bare",
    ),
    "upstream-quota": Failure(
        429, "RESOURCE_EXHAUSTED", "rate_limit_error", "RESOURCE_EXHAUSTED",
        "Resource has been exhausted (e.g. check quota).", "4.3, sub2api #308", "google",
    ),
    "blocked": Failure(451, _UNKNOWN, _REQUEST, "", "The prompt was blocked.", "4.3, C34"),
    "internal": Failure(500, "INTERNAL", "api_error", "", "internal error"),
    "bad-gateway": Failure(502, "UNAVAILABLE", "api_error", "", "upstream failed"),
    "bad-gateway-html": Failure(
        502, "UNAVAILABLE", "api_error", "", "Bad Gateway", "4.2", "html"
    ),
    "unavailable": Failure(503, "UNAVAILABLE", "overloaded_error", "", "no capacity"),
    "timeout": Failure(504, "DEADLINE_EXCEEDED", "api_error", "", "upstream timed out"),
    "cdn-524": Failure(524, "UNAVAILABLE", "api_error", "", "A timeout occurred", "4.2", "html"),
    "overloaded": Failure(529, "UNAVAILABLE", "overloaded_error", "", "overloaded"),
    "management-401": Failure(
        401, "UNAUTHENTICATED", "authentication_error", "authentication_error",
        "Authorization header is required", "2.2",
    ),
    "management-403": Failure(
        403, "PERMISSION_DENIED", "permission_error", "permission_error",
        "API keys may not use the management API", "2.2",
    ),
}  # fmt: skip


def envelope(
    failure: Failure, shape: str, message: str = "", *, param: str | None = None
) -> tuple[bytes, str]:
    """Return body and content type of a failure in a shape of contract.md 4.2.

    `shape` is a value of the dialect `error-shape`; a row that was seen in one shape only keeps it.
    """
    message = message or failure.message
    shape = failure.shape or shape
    if shape == "html":
        title = f"{failure.status} {message}"
        page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
        return page.encode(), HTML_TYPE
    if shape == "empty":
        return b"", "text/plain"
    document = _DOCUMENTS[shape](failure, message)
    if param is not None and shape == "openai":
        document["error"]["param"] = param
    return json_bytes(document), JSON_TYPE


def _google(failure: Failure, message: str) -> dict[str, Any]:
    error: dict[str, Any] = {
        "code": failure.status,
        "message": message,
        "status": failure.google,
    }
    if failure.reason:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": failure.reason,
                "domain": "googleapis.com",
            }
        ]
    return {"error": error}


def _openai(failure: Failure, message: str) -> dict[str, Any]:
    error: dict[str, Any] = {"message": message, "type": failure.type}
    if failure.code:
        error |= {"param": None, "code": failure.code}
    return {"error": error}


def _anthropic(failure: Failure, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": failure.type, "message": message}}


def _bare(failure: Failure, message: str) -> dict[str, Any]:
    return {"code": failure.code or failure.google, "message": message}


_DOCUMENTS: Mapping[str, Callable[[Failure, str], Any]] = {
    "google": _google,
    "google-array": lambda failure, message: [_google(failure, message)],
    "openai": _openai,
    "anthropic": _anthropic,
    "bare": _bare,
    "detail": lambda _failure, message: {"detail": message},
}
