"""Answers: deterministic, made from the prompt, in Google's shape (contract.md 3.1).

A word is a token. `say hi` is greeted, `count to N` counts, `repeat: X` repeats; JSON is answered
by schema; everything else is an echo that names the model.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

from bytespike_cli.sandbox.prompt import IMAGE_TOKENS, Prompt
from bytespike_cli.sandbox.schema import smallest
from bytespike_cli.sandbox.tools import choose_calls, tell_results

SHOWN_SYSTEM = 300
"""A longer system instruction (a client's own) is followed in silence."""
MAX_COUNT = 100_000
MAX_ECHO = 1000
"""Characters of the prompt that an answer repeats."""
THOUGHT = "The sandbox thinks of an answer."
SIGNATURE = "c2FuZGJveA=="

_GREETING = re.compile(r"(?:please )?say (?:hi|hello)\b.{0,40}", re.IGNORECASE)
_COUNT = re.compile(r"count to (\d{1,6})\b", re.IGNORECASE)
_REPEAT = re.compile(r"(?:repeat|reply with exactly):?\s+(.+)", re.IGNORECASE | re.DOTALL)
_RECALL = re.compile(r"what did i say (?:before|first)", re.IGNORECASE)
_WORDS = re.compile(r"\s*\S+(?:\s+$)?|\s+")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model says: words or function calls, why it stopped, and what was counted."""

    model: str
    words: tuple[str, ...]
    calls: tuple[dict[str, Any], ...] = ()
    finish: str = "STOP"
    tokens_in: int = 0
    grounding: dict[str, Any] | None = None
    thoughts: str = "absent"
    id: str = field(default="")
    pictures: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    """Parts with inlineData, after the words."""

    @property
    def thought_tokens(self) -> int:
        return len(THOUGHT.split()) if self.thoughts == "part" else 0

    @property
    def tokens_out(self) -> int:
        pictures = len(self.pictures) * IMAGE_TOKENS
        return len(self.words) + len(self.calls) + self.thought_tokens + pictures

    def usage(self) -> dict[str, int]:
        """Return `usageMetadata`."""
        candidates = self.tokens_out - self.thought_tokens
        usage = {"promptTokenCount": self.tokens_in, "candidatesTokenCount": candidates}
        if self.thought_tokens:
            usage["thoughtsTokenCount"] = self.thought_tokens
        return usage | {"totalTokenCount": sum(usage.values())}


def reply_to(prompt: Prompt, model: str, *, reply_id: str = "", thoughts: str = "absent") -> Reply:
    """Answer a prompt. `thoughts` is the value of that dialect."""
    calls = tuple(choose_calls(prompt))
    text = "" if calls else _answer(prompt, model)
    finish = "STOP"
    stops = [at for at in (text.find(stop) for stop in prompt.stops) if at >= 0]
    if stops:
        text = text[: min(stops)]
    words = tuple(_WORDS.findall(text))
    if prompt.max_tokens is not None and len(words) > prompt.max_tokens:
        words, finish = words[: prompt.max_tokens], "MAX_TOKENS"
    grounding = _grounding(prompt.question, text) if prompt.google_search and text else None
    return Reply(model, words, calls, finish, prompt.tokens, grounding, thoughts, reply_id)


def _answer(prompt: Prompt, model: str) -> str:
    if prompt.mime == "application/json":
        schema = prompt.schema
        plain = {"model": model, "prompt": prompt.question}
        document = smallest(schema, prompt.question or "sandbox") if schema else plain
        return json.dumps(document, ensure_ascii=False)
    if prompt.mime == "text/x.enum":
        return str(smallest(prompt.schema or {}))
    return _honour(prompt.system, _speak(prompt, model))


def _speak(prompt: Prompt, model: str) -> str:
    question = prompt.question
    if prompt.last.responses:
        return tell_results(prompt)
    if repeat := _REPEAT.match(question):
        return repeat[1]
    if count := _COUNT.search(question):
        return " ".join(map(str, range(1, min(int(count[1]), MAX_COUNT) + 1)))
    if _RECALL.search(question):
        earlier = [turn.text for turn in prompt.turns[:-1] if turn.role == "user" and turn.text]
        return f'You said: "{earlier[0]}".' if earlier else "You said nothing before."
    if _GREETING.fullmatch(question):
        return f"Hi! This is {model} in the ByteSpike sandbox."
    heard = question if len(question) <= MAX_ECHO else question[:MAX_ECHO] + "…"
    sentences = [f'{model} heard: "{heard}".' if question else f"{model} heard no words."]
    sentences += [f"It sees {b.mime} of {b.size} bytes." for b in prompt.last.blobs]
    sentences += [f"It was pointed to {uri}." for uri in prompt.last.files]
    if prompt.google_search:
        sentences.append("It found one page about that.")
    turns = sum(turn.role == "user" for turn in prompt.turns)
    if turns > 1:
        sentences.append(f"This is turn {turns}.")
    return " ".join(sentences)


def _honour(system: str, text: str) -> str:
    if "upper case" in system.lower():
        text = text.upper()
    if system and len(system) <= SHOWN_SYSTEM:
        text += f' (As told: "{system}")'
    return text


def _grounding(question: str, text: str) -> dict[str, Any]:
    """Google's `groundingMetadata`, with one source: gemini-cli cites it in its web search."""
    end = len(text.encode())
    return {
        "webSearchQueries": [question],
        "groundingChunks": [
            {"web": {"uri": "https://example.com/sandbox", "title": "The sandbox's only page"}}
        ],
        "groundingSupports": [
            {
                "segment": {"startIndex": 0, "endIndex": end, "text": text},
                "groundingChunkIndices": [0],
            }
        ],
    }


def whole(reply: Reply) -> dict[str, Any]:
    """Return the body of `:generateContent`."""
    parts = _thoughts(reply)
    if reply.words:
        parts.append({"text": "".join(reply.words)})
    parts += [*reply.pictures, *({"functionCall": call} for call in reply.calls)]
    parts += _signature(reply)
    return _document(reply, parts or [{"text": ""}], last=True)


def chunk_count(reply: Reply, finish: str = "last-event") -> int:
    """Return how many partial responses `chunks` yields."""
    extra = [reply.thoughts != "absent", bool(reply.calls), finish == "own-event"]
    return max(1, len(reply.words) + len(reply.pictures) + sum(extra))


def chunks(reply: Reply, finish: str = "last-event") -> Iterator[dict[str, Any]]:
    """Yield the partial responses of a stream, a word each.

    `finish` is the value of the dialect `finish-reason`.
    """
    count = chunk_count(reply, finish)
    empty = [[{"text": ""}]] if finish == "own-event" or not (reply.words or reply.calls) else []
    pieces = chain(
        ([part] for part in _thoughts(reply)),
        ([{"text": word}] for word in reply.words),
        ([part] for part in reply.pictures),
        [[{"functionCall": call} for call in reply.calls]] if reply.calls else [],
        ([part] for part in _signature(reply)),
        empty,
    )
    for number, parts in enumerate(islice(pieces, count), start=1):
        yield _document(reply, parts, last=number == count and finish != "missing")


def _document(reply: Reply, parts: list[dict[str, Any]], *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    document: dict[str, Any] = {"candidates": [candidate]}
    if last:
        candidate["finishReason"] = reply.finish
        document["usageMetadata"] = reply.usage()
        if reply.grounding:
            candidate["groundingMetadata"] = reply.grounding
    return document | {"modelVersion": reply.model, "responseId": reply.id}


def _thoughts(reply: Reply) -> list[dict[str, Any]]:
    return [{"text": THOUGHT, "thought": True}] if reply.thoughts == "part" else []


def _signature(reply: Reply) -> list[dict[str, Any]]:
    if reply.thoughts != "signature":
        return []
    return [{"text": "", "thoughtSignature": SIGNATURE}]


def blocked(reply: Reply) -> dict[str, Any]:
    """Return the body for a prompt that Google's safety refuses: no candidate at all."""
    return {
        "promptFeedback": {"blockReason": "SAFETY"},
        "usageMetadata": {
            "promptTokenCount": reply.tokens_in,
            "totalTokenCount": reply.tokens_in,
        },
        "modelVersion": reply.model,
    }
