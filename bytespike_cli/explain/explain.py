"""From a pasted text to the causes of the error in it: the answer's, by wire/, and the symptoms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bytespike_cli.explain.answers import Answer, answer_in
from bytespike_cli.explain.explanation import Alternative, Explanation
from bytespike_cli.explain.lines import SHOWN_CHARACTERS, line_at
from bytespike_cli.explain.ours import OURS, cause_said
from bytespike_cli.explain.symptoms import BY_NAME, Symptom, sentence_of, symptoms_of
from bytespike_cli.wire.causes import CAUSES, Cause
from bytespike_cli.wire.classify import CODES, Failure, classify_parsed
from bytespike_cli.wire.parsed_error import ParsedError

MAX_CHARACTERS = 1_000_000
"""Of a longer text the end is read: an error stands last."""
MAX_EXPLANATIONS = 3

_KEY_CHECK = "bytespike doctor key"
_MAY_BE: Mapping[Cause, tuple[tuple[str, ...], str]] = {
    Cause.BAD_KEY: (("auth-form",), _KEY_CHECK),
    Cause.MODEL_NOT_IN_GROUP: ((Cause.IP_NOT_ALLOWED, Cause.PAUSED_ORG), _KEY_CHECK),
    Cause.PERMISSION: (
        (Cause.MODEL_NOT_IN_GROUP, Cause.IP_NOT_ALLOWED, Cause.PAUSED_ORG),
        _KEY_CHECK,
    ),
    Cause.NO_BALANCE: ((Cause.KEY_QUOTA,), _KEY_CHECK),
    Cause.UPSTREAM_QUOTA: ((Cause.SPEND_CAP, Cause.CONCURRENCY), _KEY_CHECK),
    Cause.RATE_LIMITED: ((Cause.SPEND_CAP, Cause.CONCURRENCY), _KEY_CHECK),
}
"""What else looks the same where an answer has no code that says which."""

_SAYS_WHICH: Mapping[Cause, re.Pattern[str]] = {
    Cause.MODEL_NOT_IN_GROUP: re.compile(r"(?i)\bgroup\b"),
    Cause.NO_BALANCE: re.compile(r"(?i)\bbalance\b"),
}
"""Words that leave no doubt; without them there may still be none (they can be Chinese)."""

_AUTH_FORM = (
    "The gateway does not take a key in the form in which this client sends it: a header, or ?key=."
)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]{0,500}\x07")
_BAD_KEY = ("api key not valid", "invalid x-api-key", "api_key_invalid")
_CODE = re.compile(r"(?i)\b(?:" + "|".join((*CODES, *_BAD_KEY)) + r")\b")
_DOTTED = re.compile(r"\bgemini-\d+\.\d+[\w\-]*")
_NO_MODEL = re.compile(r"There is no model '([^']+)'")
_SECRET = re.compile(
    r"(?i)(?:api[_-]?key|access[_-]?token|secret)[\"']?\s*[=:]\s*[\"']?([^\s\"',;}&]{6,})"
)


def explain(text: str, now: float = 0.0) -> list[Explanation]:
    """Return the causes of the errors in a text, the most telling first; none: nothing is known.

    Any text: a message, JSON, a terminal's log, a transcript of curl, a report of gemini-cli.
    `now` is in Unix seconds, for times of reset.
    """
    text = readable(text)
    found = list(symptoms_of(text))
    explanations = [_of_symptom(row, line) for row, line in found if row.outranks]
    answer = answer_in(text)
    if answer is not None and not explanations:
        explanations += _of_answer(answer, text, now)
    if not explanations:
        explanations = (
            _of_ours(text) or [_of_symptom(row, line) for row, line in found] or _of_code(text)
        )
    return [e for i, e in enumerate(explanations) if not (i and e.alternatives)][:MAX_EXPLANATIONS]


def secrets_in(text: str) -> Iterator[str]:
    """Yield what a text shows as the value of a key, so that it can be kept out of the output."""
    for found in _SECRET.finditer(text):
        yield found[1]


def readable(text: str) -> str:
    """Return a text without colours; of a report of gemini-cli, the error alone."""
    text = _ANSI.sub("", text[-MAX_CHARACTERS:]).replace("\r\n", "\n")
    error = _report_error(text)
    if error is None:
        return text
    return "\n".join(str(error[name]) for name in ("message", "stack") if name in error)


def _report_error(text: str) -> dict[str, Any] | None:
    """Return the error of a `gemini-client-error-*.json`, whose rest is the user's conversation."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("error"), dict):
        return None
    return document["error"] if "context" in document or "stack" in document["error"] else None


def _of_symptom(symptom: Symptom, line: str) -> Explanation:
    return Explanation(
        symptom.name,
        symptom.sentence,
        symptom.fix,
        line,
        tuple(Alternative(str(name), sentence_of(name)) for name in symptom.may_be),
        symptom.check,
    )


def _of_answer(answer: Answer, text: str, now: float) -> list[Explanation]:
    failure = classify_parsed(
        _theirs(answer.error), answer.status, headers=answer.headers, path=answer.path, now=now
    )
    ours = _of_ours(text)
    if ours and ours[0].name != failure.cause:
        return ours
    if failure.cause is Cause.UNKNOWN:
        return []
    sentence, fix = failure.sentence, failure.fix
    if failure.cause in (Cause.UNKNOWN_MODEL, Cause.NOT_FOUND):
        named = _DOTTED.search(answer.path + " " + failure.message) or _NO_MODEL.search(text)
        if named is not None and named.re is _DOTTED:
            return [_dotted(named[0], _seen(answer, failure, text))]
    names, check = _alternatives(answer, failure)
    return [
        Explanation(
            str(failure.cause),
            sentence,
            fix,
            _seen(answer, failure, text),
            tuple(Alternative(str(name), _sentence(name)) for name in names),
            check if names else "",
        )
    ]


def _theirs(error: ParsedError) -> ParsedError:
    """Return an error with the gateway's own words alone: the shim's line is behind them."""
    head, ours, _ = error.message.partition(OURS)
    return replace(error, message=head.strip()) if ours and head else error


def _of_ours(text: str) -> list[Explanation]:
    """Return what the shim has named: it saw the whole answer, and its status may be of its own."""
    said = cause_said(text)
    if said is None:
        return []
    name, place = said
    if name in BY_NAME:
        return [_of_symptom(BY_NAME[name], line_at(text, place))]
    sentence = CAUSES[Cause(name)].sentence.format(model="this model")
    return [Explanation(name, sentence, CAUSES[Cause(name)].fix, line_at(text, place))]


def _of_code(text: str) -> list[Explanation]:
    """Return what the last code in a text stands for, where a client shows little else."""
    codes = list(_CODE.finditer(text))
    if not codes:
        return []
    name = codes[-1][0].lower()
    cause = Cause.BAD_KEY if name in _BAD_KEY else CODES[name]
    sentence = CAUSES[cause].sentence.format(model="this model")
    evidence = line_at(text, codes[-1].start())
    return [Explanation(str(cause), sentence, CAUSES[cause].fix, evidence)]


def _dotted(model: str, evidence: str) -> Explanation:
    dashed = model.replace(".", "-")
    return Explanation(
        str(Cause.UNKNOWN_MODEL),
        f"The gateway does not know '{model}': it spells its text models with dashes.",
        f"ask for {dashed} if the key has it (bytespike models resolve {model}), or run it through "
        "the shim, which translates: bytespike gemini, or bytespike exec -- PROGRAM",
        evidence,
    )


def _alternatives(answer: Answer, failure: Failure) -> tuple[tuple[str, ...], str]:
    """Return what else it could be: nothing where a code, words or bytespike have said it."""
    said = _SAYS_WHICH.get(failure.cause)
    if answer.error.code or OURS in answer.error.message:
        return (), ""
    if said is not None and said.search(failure.message):
        return (), ""
    return _MAY_BE.get(failure.cause, ((), ""))


def _sentence(name: str) -> str:
    return _AUTH_FORM if name == "auth-form" else sentence_of(name)


def _seen(answer: Answer, failure: Failure, text: str) -> str:
    words = failure.message or line_at(text, answer.place)
    head = " ".join(filter(None, (f"HTTP {failure.http_status}", failure.code)))
    return f"{head}: {words[:SHOWN_CHARACTERS]}" if words else head
