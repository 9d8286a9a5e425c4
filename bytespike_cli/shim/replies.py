"""Answers that the shim gives itself, in Google's shapes."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from bytespike_cli.redact import scrub
from bytespike_cli.wire.json_bytes import json_bytes

_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    424: "UNAVAILABLE",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""google.rpc.Code names by HTTP status (contract.md 4.2)."""

INTERACTIONS = "/interactions"
NO_INTERACTIONS = (
    "ByteSpike has nothing like Google's Interactions API. For text and pictures use "
    "generate_content; for videos generate_videos of google-genai 2 (`pip install "
    "'google-genai<3'`) or @google/genai 2, or `bytespike video`."
)
"""Its form is public (google-genai 3 ships it), but the videos that Google makes there are those of
Gemini Omni, which the gateway does not have (https://ai.google.dev/gemini-api/docs/video)."""

JSON_TYPE = "application/json; charset=UTF-8"


def envelope(http_status: int, sentence: str) -> bytes:
    """Return Google's error envelope, with an integer code, around a sentence of ours."""
    error = {
        "code": http_status,
        "message": f"[bytespike] {sentence}",
        "status": _STATUS_NAMES.get(http_status, "UNKNOWN"),
    }
    return scrubbed(json_bytes({"error": error}))


def scrubbed(body: bytes) -> bytes:
    """Return an error's body without secrets: a gateway's words may quote what it was sent."""
    return scrub(body.decode(errors="replace")).encode()


def refusal(http_status: int, sentence: str) -> web.Response:
    """Return an error answer."""
    return web.Response(
        status=http_status,
        body=envelope(http_status, sentence),
        headers={"content-type": JSON_TYPE},
    )


def as_bad_request(answer: web.Response) -> web.Response:
    """Return an error of ours as the 400 that no client repeats, its words and headers kept."""
    assert isinstance(answer.body, bytes)
    content = json.loads(answer.body)
    content["error"] |= {"code": 400, "status": _STATUS_NAMES[400]}
    body = json_bytes(content)
    kept = {name: text for name, text in answer.headers.items() if name != "Content-Length"}
    return web.Response(status=400, body=body, headers=kept)


def absent(what: str) -> web.Response:
    """Return the answer to a request for what the gateway does not have."""
    if INTERACTIONS in what:
        return refusal(404, NO_INTERACTIONS)
    return refusal(
        404,
        f"ByteSpike has no '{what}'; the Gemini methods it serves are generateContent and "
        "streamGenerateContent, and with bytespike's shim predictLongRunning (videos) and predict.",
    )


def document(content: Any, **headers: str) -> web.Response:
    """Return a JSON answer; header names have their dashes as underscores."""
    return web.Response(
        body=json_bytes(content),
        headers={
            "content-type": JSON_TYPE,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
