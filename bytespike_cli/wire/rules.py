"""Every repair by its name: what `bytespike shim rules` lists and a log's line names.

A rule is applied where its part of the protocol is; there it notes its name with the request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bytespike_cli.wire import stream_repair


class Part(StrEnum):
    """What of a request or an answer a rule repairs."""

    REQUEST = "request"
    MODEL = "model"
    STREAM = "stream"
    ANSWER = "answer"
    ERROR = "error"
    METHOD = "method"


@dataclass(frozen=True, slots=True)
class Rule:
    """One named repair: `what` it does, in one line."""

    name: str
    part: Part
    what: str


_OTHERS = (
    Rule(
        "paths",
        Part.REQUEST,
        "paths under another version of the API, or a doubled one, are led to the gateway's",
    ),
    Rule(
        "content-type",
        Part.REQUEST,
        "a body that nothing, a form or plain text is said to be is called JSON",
    ),
    Rule("tool-list", Part.REQUEST, "tools that are written as one object become a list of one"),
    Rule("auth", Part.REQUEST, "a key in any form is taken, and one form goes to the gateway"),
    Rule("ids", Part.MODEL, "model ids as Google spells them (dotted, -preview) become slugs"),
    Rule(
        "nearest",
        Part.MODEL,
        "an id that the client chose by itself is served by the nearest model, never a dearer one",
    ),
    Rule(
        "step-up",
        Part.MODEL,
        "a dearer model right after a cheaper one failed gets that failure, and is not billed",
    ),
    Rule(
        "key-routing",
        Part.MODEL,
        "a model that the key does not reach is asked for with another stored key that does",
    ),
    Rule("array", Part.STREAM, "a client that did not ask for SSE gets its stream as a JSON array"),
    Rule("cut", Part.STREAM, "a stream that was cut ends as an error, never as complete"),
    Rule("decoded", Part.ANSWER, "a compressed answer is passed on plain"),
    Rule("hidden-error", Part.ERROR, "an error or a web page in the place of an answer is told"),
    Rule("errors", Part.ERROR, "errors come in Google's envelope, with an integer code and a fix"),
    Rule("ends-turn", Part.ERROR, "what a client would repeat for minutes ends its turn at once"),
    Rule(
        "repeated",
        Part.ERROR,
        "a refusal of the key itself is repeated from memory for five seconds",
    ),
    Rule("retry", Part.ERROR, "a request is sent again where the gateway's contract allows it"),
    Rule(
        "stream-switch",
        Part.METHOD,
        "generateContent with ?stream=true, or stream in its body, becomes a stream",
    ),
    Rule("embeddings", Part.METHOD, "embedContent and batchEmbedContents stand in for each other"),
    Rule("models-list", Part.METHOD, "models.list and models.get in Google's shape"),
    Rule("count-tokens", Part.METHOD, "countTokens is estimated where the gateway has none"),
    Rule(
        "videos",
        Part.METHOD,
        "predictLongRunning becomes a task, its operation and its file are told from the task",
    ),
    Rule(
        "pictures",
        Part.METHOD,
        "pictures of generateContent and predict come from /v1/images where the gateway has them",
    ),
    Rule("absent", Part.METHOD, "what the gateway does not have is refused in Google's words"),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            *(Rule(name, Part.STREAM, what) for name, what in stream_repair.RULES.items()),
            *_OTHERS,
        )
    }
)
"""Every rule, by its name."""
