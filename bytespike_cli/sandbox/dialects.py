"""Dialects: every point on which ByteSpike's pages contradict themselves, as a switch.

The first value of a row is the default. `C…` numbers are rows of contract.md section 7.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bytespike_cli.errors import UsageError


@dataclass(frozen=True, slots=True)
class Dialect:
    """One switch: what it changes, where the contract leaves it open, and its values."""

    what: str
    source: str
    values: Mapping[str, str]

    @property
    def default(self) -> str:
        return next(iter(self.values))


DIALECTS: Mapping[str, Dialect] = {
    "auth": Dialect(
        "which forms of the key /v1beta takes",
        "C3, C4, 2.2",
        {
            "all": "x-goog-api-key, then Bearer, then x-api-key, then ?key=",
            "header-only": "x-goog-api-key alone",
            "bearer-only": "a Bearer token alone",
            "x-api-key-only": "x-api-key alone",
            "query-only": "?key= alone",
        },
    ),
    "bad-key": Dialect(
        "answer of /v1beta to a key that is not valid",
        "C15",
        {"401": "401 UNAUTHENTICATED", "400": "400 INVALID_ARGUMENT, reason API_KEY_INVALID"},
    ),
    "model-not-in-group": Dialect(
        "a model that the key's group does not reach",
        "C13",
        {"403": "403 PERMISSION_DENIED", "400": "400 model_not_allowed"},
    ),
    "unknown-model": Dialect(
        "a model that does not exist; a dotted id is one",
        "C14",
        {
            "404": "404 NOT_FOUND",
            "400-not-found": "400 model_not_found",
            "400-unsupported": "400 unsupported_model",
        },
    ),
    "error-shape": Dialect(
        "envelope of errors on /v1beta",
        "4.1, 4.2",
        {
            "google": '{"error":{"code":403,"message":…,"status":…}}',
            "google-array": "the same, in a JSON array on stream calls",
            "openai": '{"error":{"message":…,"type":…,"param":null,"code":…}}',
            "anthropic": '{"type":"error","error":{"type":…,"message":…}}',
            "bare": '{"code":…,"message":…}',
            "detail": '{"detail":…}',
            "html": "a page of an intermediary",
            "empty": "no body at all",
        },
    ),
    "done": Dialect(
        "the marker at the end of a stream",
        "C11",
        {
            "always": "data: [DONE]",
            "never": "none, as Google does",
            "no-space": "data:[DONE]",
            "bare": "[DONE]",
            "unterminated": "data: [DONE] without the blank line",
        },
    ),
    "framing": Dialect(
        "how the events of a stream are written",
        "3.2",
        {
            "lf": "data: {json}, LF LF; one write an event",
            "crlf": "the same with CR LF CR LF",
            "comments": "a comment line before every event (sub2api #7277)",
            "no-space": "data:{json}",
            "event-lines": "event: and id: lines before the data",
            "multi-line": "JSON spread over several data: lines",
            "no-last-blank": "no blank line after the last event",
            "split-utf8": "every event in two writes, cut inside a character if it has a long one",
            "many-writes": "every event in writes of seven bytes",
            "many-events": "up to five events in one write",
            "array": "a JSON array although alt=sse was asked",
        },
    ),
    "without-alt-sse": Dialect(
        "a stream call that does not say alt=sse",
        "3.2 [google]",
        {"array": "a JSON array, as Google does", "sse": "SSE all the same"},
    ),
    "finish-reason": Dialect(
        "finishReason at the end of a stream",
        "3.2",
        {
            "last-event": "in the event with the last words",
            "own-event": "in an event of its own, with an empty text",
            "missing": "nowhere",
        },
    ),
    "thoughts": Dialect(
        "thought parts in answers",
        "3.1",
        {
            "absent": "none",
            "part": "a part with thought: true first",
            "signature": "a last part with empty text and a thoughtSignature (sub2api #7147)",
        },
    ),
    "quota-headers": Dialect(
        "X-RateLimit-* and X-Quota-Remaining-Credits",
        "5, C22",
        {
            "usual": "USD with two decimals; zeros when the key is not known",
            "missing": "none",
            "zero": "0.00 although the call succeeds",
            "huge": "integers in millionths of a dollar",
            "org": "X-Org-Quota-Remaining-Credits for every key",
            "unlimited": "the word unlimited",
            "minus-one": "-1",
            "inf": "inf",
            "blank": "present, without a value",
        },
    ),
    "models": Dialect(
        "entries of GET /v1/models",
        "3.4",
        {"full": "every documented field", "minimal": "id alone"},
    ),
    "available-models": Dialect(
        "body of GET /api/v1/me/available-models",
        "3.5",
        {
            "envelope": '{"code":0,"message":"success","data":[…]}',
            "data": '{"data":[…]}',
            "models": '{"models":[…]}',
            "items": '{"items":[…]}',
            "array": "[…]",
        },
    ),
    "available-entries": Dialect(
        "its entries",
        "3.5",
        {
            "id": "objects with id and protocols_aggregate as an array",
            "model": "objects with model and protocols_aggregate as CSV",
            "slug": "objects with slug",
            "name": "objects with name",
            "string": "the slug as a string",
        },
    ),
    "management": Dialect(
        "whether /api/v1/* takes an API key",
        "2.2",
        {"open": "yes", "401": "no: 401 authentication_error", "403": "no: 403 permission_error"},
    ),
    "catalogue": Dialect(
        "what gemini-default reaches",
        "6.2, 6.3",
        {"text": "the four text models", "media": "nano-banana and Veo slugs too"},
    ),
    "models-list": Dialect(
        "GET /v1beta/models and /v1beta/models/{slug}",
        "3.3",
        {"absent": "404", "served": "Google's shape"},
    ),
    "count-tokens": Dialect(":countTokens", "3.3", {"absent": "404", "served": "Google's shape"}),
    "tasks": Dialect(
        "the surface /v1/tasks", "C6", {"served": "there", "absent": "404 on every path of it"}
    ),
    "videos": Dialect(
        "the surface /v1/videos",
        "C6, 3.15",
        {"absent": "404 on every path of it", "served": "there"},
    ),
    "task-params": Dialect(
        "where a submit has the parameters of its model",
        "C7",
        {
            "nested": "in params; anything beside it that is not documented there is a 400",
            "flat": "at the top level; params is a 400",
            "either": "in either place, but not in both",
        },
    ),
    "submit-status": Dialect(
        "status of a fresh submit",
        "3.10",
        {"200": "200", "201": "201", "202": "202"},
    ),
    "first-state": Dialect(
        "the state of a task that has not begun",
        "C8",
        {"pending": "pending", "queued": "queued"},
    ),
    "task-states": Dialect(
        "the words for the other states",
        "3.11",
        {
            "documented": "running, completed, failed, cancelled",
            "succeeded": "in_progress, succeeded, error, canceled",
            "success": "processing, success, failed, canceled",
        },
    ),
    "task-result": Dialect(
        "how a completed task tells its result and its price",
        "C9",
        {
            "output": "output[].url and credits_used",
            "result": "result.video_url (result.images[].url) and credits",
            "url": "result_url, audio_url and credits (data[].url for pictures)",
        },
    ),
    "task-failed": Dialect(
        "how a failed task says why",
        "3.11",
        {"object": 'error: {"code", "message"}', "string": "error: a text", "message": "message"},
    ),
    "task-query": Dialect(
        "methods of /v1/tasks/query",
        "C10",
        {
            "post": "POST with a body",
            "get": "GET with ?task_id= or ?out_task_id=",
            "both": "either",
        },
    ),
    "task-cancel": Dialect(
        "where a cancel names its task",
        "C37",
        {"both": "in the path or the body", "path": "in the path", "body": "in the body"},
    ),
    "duplicate": Dialect(
        "an out_task_id that is known; the same request gets the same task",
        "C16",
        {
            "409": "409 for another request",
            "400": "400 for another request",
            "409-always": "409 for the same request too",
        },
    ),
    "task-stream": Dialect(
        "GET /v1/tasks/stream/{id}",
        "3.13",
        {
            "events": "events named after the states, with the task as data",
            "task": 'data: {"task": …}, comments and a last [DONE]',
            "data": 'data: {"data": …}, without names',
            "absent": "404",
        },
    ),
    "video-limits": Dialect(
        "lengths that Veo takes",
        "C33",
        {
            "either": "what any page says",
            "reference": "1 to 8 seconds (fast: 5)",
            "models": "5 or 10 seconds",
        },
    ),
    "veo-slugs": Dialect(
        "how the catalogue spells Veo",
        "C2",
        {
            "all": "every way",
            "dotted": "veo-3.1",
            "joined": "veo3.1",
            "dashed": "veo-3-1",
        },
    ),
    "image-models": Dialect(
        "how image models are reached, beside tasks",
        "3.17",
        {
            "endpoint": "/v1/images/*; generateContent is a 400",
            "inline": "inlineData of generateContent; /v1/images/* is a 404",
        },
    ),
    "image-answer": Dialect(
        "pictures in answers of /v1/images/*",
        "3.17, C32",
        {
            "asked": "as response_format asks: url or b64_json",
            "url": "url, whatever is asked",
            "b64": "b64_json, whatever is asked",
        },
    ),
    "image-edits": Dialect(
        "POST /v1/images/edits",
        "3.17, 8.8",
        {
            "multipart": "a form with image and prompt, as OpenAI takes it",
            "json": "the body of generations with image or source_image",
            "absent": "404",
        },
    ),
    "asset-host": Dialect(
        "the host of result URLs",
        "1",
        {"same": "the gateway's own", "other": "localhost, which is not the gateway's name"},
    ),
    "asset-life": Dialect(
        "how long a result URL works",
        "3.11, 3.17",
        {"24h": "24 hours", "60s": "a minute", "0s": "not at all"},
    ),
    "asset-expired": Dialect(
        "answer to a result URL that is past",
        "3.11",
        {"403": "403 with a page of XML", "404": "404 with a page of XML"},
    ),
    "asset-ranges": Dialect(
        "Range on result URLs",
        "3.11",
        {"served": "206", "ignored": "200 and everything"},
    ),
    "compression": Dialect(
        "bodies for a client that accepts gzip",
        "8.10",
        {"identity": "as they are", "gzip": "gzip, flushed per event"},
    ),
}


def choose(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every dialect: the given ones, defaults for the rest.

    Raises UsageError for a name or a value that no row has.
    """
    chosen = {name: dialect.default for name, dialect in DIALECTS.items()}
    for name, value in pairs.items():
        if name not in DIALECTS:
            raise UsageError(
                f"There is no dialect '{name}'.", fix="bytespike sandbox serve --list-dialects"
            )
        if value not in DIALECTS[name].values:
            known = ", ".join(DIALECTS[name].values)
            raise UsageError(
                f"Dialect '{name}' has no value '{value}'.", fix=f"give one of: {known}"
            )
        chosen[name] = value
    return chosen


def parse_pairs(texts: Iterable[str]) -> dict[str, str]:
    """Read `name=value` texts of the command line. Raises UsageError for anything else."""
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(
                f"'{text}' is not a dialect: it needs a name and a value.",
                fix="write it as name=value, e.g. --dialect done=never",
            )
        pairs[name] = value
    return pairs
