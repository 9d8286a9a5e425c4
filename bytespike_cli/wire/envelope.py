"""Errors as Google clients are given them: one envelope, integer codes, our sentence with the fix.

The names of parsing and classification are here as well: an error goes through all three.
"""

import json
import math
import re
from dataclasses import replace
from typing import Any

from bytespike_cli.wire.causes import CAUSES, Cause, Retry, fix_of
from bytespike_cli.wire.classify import Failure, classify, classify_parsed
from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.parsed_error import ParsedError, find_error, parse_error

__all__ = [
    "CAUSES",
    "Cause",
    "Failure",
    "ParsedError",
    "Retry",
    "as_array_element",
    "classify",
    "classify_parsed",
    "find_error",
    "fix_of",
    "google_envelope",
    "midstream_error",
    "parse_error",
    "without_not_found",
]

_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
_SHORT_WAIT_S = 2.0
_STREAM_STOPS = 403
"""On this gemini-cli ends a turn once; on 429 and 500 it sends it again (clients.md 7.7)."""
_READ_BY_CLIENTS = (
    (re.compile(r"\bPlease retry in\b", re.IGNORECASE), "Retry in"),
    (re.compile(r"\blimit:\s*0\b"), "limit 0"),
    (re.compile(r"\bcapacity exceeded\b", re.IGNORECASE), "capacity was exceeded"),
    (re.compile(r"\bexhausted your capacity\b", re.IGNORECASE), "exhausted the capacity"),
    (re.compile("MODEL_CAPACITY_EXHAUSTED"), "model capacity exhausted"),
)
"""Words that gemini-cli 0.61.0 (classifyGoogleError) puts above the status: said otherwise."""


def google_envelope(failure: Failure, *, hint: str = "") -> bytes:
    """Return a failure as the JSON of Google's error envelope, of one line.

    The message is the gateway's own words, then ours after `[bytespike]`, then `hint`.
    """
    error: dict[str, Any] = {
        "code": failure.google_code,
        "message": _message(failure, hint),
        "status": failure.google_status,
    }
    details = _details(failure)
    if details:
        error["details"] = details
    return json_bytes({"error": error})


def midstream_error(failure: Failure | ParsedError) -> bytes:
    """Return the JSON text that ends a client's stream with an error, once.

    To be sent bare, without `data:`, as a network write of its own: the form in which gemini-cli
    and the SDKs raise it instead of ignoring it or sending the turn again (clients.md 7.7).
    """
    if isinstance(failure, ParsedError):
        failure = classify_parsed(failure)
    message = _message(failure, "")
    error = {"code": _STREAM_STOPS, "message": message, "status": "PERMISSION_DENIED"}
    return json_bytes({"error": error})


def as_array_element(error: bytes) -> bytes:
    """Return an error as an element of a stream that is a JSON array.

    google-generativeai passes over `error`, as it does over every name that it does not know, and
    its users would read of an answer without candidates. A text where those belong stops it, and
    is what it shows.
    """
    document = json.loads(error)
    return json_bytes({**document, "candidates": document["error"]["message"]})


def without_not_found(failure: Failure) -> Failure:
    """Return the failure with 400 in the place of 404.

    For ids that the client chose by itself: gemini-cli repeats those on a 404 without end
    (clients.md 2.4).
    """
    if failure.google_code != 404:
        return failure
    return replace(failure, google_code=400, google_status="INVALID_ARGUMENT")


def _message(failure: Failure, hint: str) -> str:
    words = failure.message
    for pattern, otherwise in _READ_BY_CLIENTS:
        words = pattern.sub(otherwise, words)
    fix = f"{failure.fix[:1].upper()}{failure.fix[1:]}." if failure.fix else ""
    return " ".join(f"{words} [bytespike] {failure.sentence} {fix} {hint}".split())


def _details(failure: Failure) -> list[dict[str, Any]]:
    """Google's own details, but on a 429: there, only how long to wait."""
    if failure.google_code == 429:
        wait_s = failure.wait_s
        if wait_s is None and failure.cause is Cause.CONCURRENCY:
            wait_s = _SHORT_WAIT_S
        return [] if wait_s is None else [_retry_info(wait_s)]
    return [] if failure.google_code == 503 else [dict(detail) for detail in failure.details]


def _retry_info(wait_s: float) -> dict[str, Any]:
    return {"@type": _RETRY_INFO, "retryDelay": f"{max(1, math.ceil(wait_s))}s"}
