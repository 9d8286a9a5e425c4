"""An estimate of tokens, for countTokens where the gateway has none. The caller says it is one.

Google's figures (ai.google.dev/gemini-api/docs/tokens): about 4 characters a token, 258 tokens an
image or a page of PDF, 263 a second of video, 32 a second of audio. Seconds and pages are guessed
from the size of the data.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_CHARACTERS_PER_TOKEN = 4
_IMAGE_TOKENS = 258
_TOKENS_PER_BYTE = {
    "video": 263 / 250_000,
    "audio": 32 / 16_000,
    "application/pdf": _IMAGE_TOKENS / 50_000,
    "text": 1 / _CHARACTERS_PER_TOKEN,
}
"""Guesses: video of 2 Mbit/s, audio of 128 kbit/s, 50 kB for a page."""

_DENSE = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]"
)
"""Scripts of which a character is about a token: Han, kana, hangul."""


def estimate_tokens(body: Mapping[str, Any]) -> int:
    """Return about how many tokens the request `body` is (generateContent's or countTokens').

    Never raises: what it does not know counts as the text of its JSON.
    """
    request = body.get("generateContentRequest")
    if isinstance(request, Mapping):
        body = request
    total = sum(
        _content(body.get(name)) for name in ("contents", "systemInstruction", "system_instruction")
    )
    return math.ceil(total + _json(body.get("tools")))


def _content(content: Any) -> float:
    if isinstance(content, str):
        return _text(content)
    if isinstance(content, list):
        return sum(_content(item) for item in content)
    if isinstance(content, Mapping):
        parts = content.get("parts")
        return sum(_part(part) for part in parts) if isinstance(parts, list) else _part(content)
    return 0.0


def _part(part: Any) -> float:
    if not isinstance(part, Mapping):
        return _content(part) if isinstance(part, str) else 0.0
    if isinstance(part.get("text"), str):
        return _text(part["text"])
    blob = part.get("inlineData") or part.get("inline_data")
    if isinstance(blob, Mapping):
        return _blob(blob)
    if "fileData" in part or "file_data" in part:
        return _IMAGE_TOKENS
    return _json(part)


def _blob(blob: Mapping[str, Any]) -> float:
    mime = blob.get("mimeType") or blob.get("mime_type") or ""
    data = blob.get("data")
    size = len(data) * 3 // 4 if isinstance(data, str) else 0
    for kind, per_byte in _TOKENS_PER_BYTE.items():
        if str(mime).startswith(kind):
            return size * per_byte
    return _IMAGE_TOKENS


def _json(value: Any) -> float:
    return _text(json.dumps(value, ensure_ascii=False, default=str)) if value else 0.0


def _text(text: str) -> float:
    dense = len(_DENSE.findall(text))
    return dense + (len(text) - dense) / _CHARACTERS_PER_TOKEN
