"""Pictures as Google's clients ask for them, and as they are told: generateContent and `:predict`.

Of a conversation counts what its last turn says, and the last picture in it: that is how Google's
own guide edits one (https://ai.google.dev/gemini-api/docs/image-generation).
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from bytespike_cli.wire.images import ImageRequest, data_uri, decode

MAX_PICTURES = 4
"""Of one `:predict`; C32 has two by one page and four by another."""


class NotPossible(ValueError):
    """Raised for a request that no image endpoint can fulfil; the text says why."""


def read_content_request(body: Any) -> ImageRequest:
    """Return what a body of generateContent asks of an image model. Raises NotPossible."""
    contents = body.get("contents") if isinstance(body, Mapping) else None
    turns = [turn for turn in _list(contents) if isinstance(turn, Mapping)]
    if not turns:
        raise NotPossible("The body needs `contents`.")
    parts = [_parts(turn) for turn in turns]
    texts = [part["text"] for part in parts[-1] if isinstance(part.get("text"), str)]
    prompt = "\n".join(text for text in texts if text.strip())
    if not prompt:
        raise NotPossible("An image model needs words that say what to draw.")
    pictures = [uri for turn in parts for part in turn if (uri := _picture(part))]
    given = [part for part in parts[-1] if _picture(part)]
    if len(given) > 1:
        raise NotPossible("ByteSpike's image models take one picture to start from, not several.")
    config = _mapping(body, "generationConfig")
    shape = _mapping(config, "imageConfig")
    seed = config.get("seed")
    return ImageRequest(
        prompt,
        aspect_ratio=str(shape.get("aspectRatio") or ""),
        image=pictures[-1] if pictures else "",
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
    )


def read_predict_request(body: Any) -> ImageRequest:
    """Return what a body of `:predict` asks for. Raises NotPossible."""
    instances = _list(body.get("instances")) if isinstance(body, Mapping) else []
    if len(instances) != 1 or not isinstance(instances[0], Mapping):
        raise NotPossible("The body needs `instances`, with one in it.")
    prompt = instances[0].get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise NotPossible("An image model needs a prompt.")
    parameters = _mapping(body, "parameters")
    count = parameters.get("sampleCount", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MAX_PICTURES:
        raise NotPossible(f"`sampleCount` is to be from 1 to {MAX_PICTURES}.")
    seed = parameters.get("seed")
    return ImageRequest(
        prompt,
        n=count,
        aspect_ratio=str(parameters.get("aspectRatio") or ""),
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
    )


def content_answer(pictures: Sequence[tuple[str, bytes]], words: str, model: str) -> dict[str, Any]:
    """Return pictures (MIME type and bytes) as an answer of generateContent."""
    parts: list[dict[str, Any]] = [{"text": words}] if words else []
    parts += [
        {"inlineData": {"mimeType": mime, "data": _base64(content)}} for mime, content in pictures
    ]
    return {
        "candidates": [
            {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        ],
        "modelVersion": model,
    }


def predict_answer(pictures: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """Return pictures (MIME type and bytes) as an answer of `:predict`."""
    return {
        "predictions": [
            {"mimeType": mime, "bytesBase64Encoded": _base64(content)} for mime, content in pictures
        ]
    }


def _picture(part: Mapping[str, Any]) -> str:
    """Return the picture of a part as a `data:` URI, or ""."""
    inline = part.get("inlineData") or part.get("inline_data")
    if not isinstance(inline, Mapping) or not isinstance(inline.get("data"), str):
        return ""
    mime = str(inline.get("mimeType") or inline.get("mime_type") or "")
    content = decode(inline["data"])
    if not mime.startswith("image/") or content is None:
        raise NotPossible("ByteSpike's image models take pictures, and no other files.")
    return data_uri(mime, content)


def _parts(turn: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [part for part in _list(turn.get("parts")) if isinstance(part, Mapping)]


def _list(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [value]  # Google takes one where there may be several
    return value if isinstance(value, list) else []


def _mapping(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
