"""Images: requests on every surface, and what comes back (contract.md 3.17)."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bytespike_cli.constants import IMAGES_EDIT_PATH, IMAGES_GENERATE_PATH
from bytespike_cli.wire.answer import parts_of, text_of
from bytespike_cli.wire.catalogue import entries
from bytespike_cli.wire.classify import Failure
from bytespike_cli.wire.media_slug import Kind, kind_of
from bytespike_cli.wire.multipart import multipart
from bytespike_cli.wire.slug import bare
from bytespike_cli.wire.task_state import Media
from bytespike_cli.wire.tasks import Call, is_absent

_DATA = "data:"


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What a user asks for. `image` is a URL or a `data:` URI to edit; `extra` goes along.

    Nothing is checked here: the pages disagree about numbers and sizes (C32).
    """

    prompt: str
    n: int = 1
    size: str = ""
    aspect_ratio: str = ""
    image: str = field(default="", repr=False)
    seed: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of /v1/images/generations and of a task, without `model`."""
        params: dict[str, Any] = {
            "prompt": self.prompt,
            "n": self.n,
            "size": self.size,
            "aspect_ratio": self.aspect_ratio,
            "seed": self.seed,
            "source_image": self.image,
        }
        given = {name: value for name, value in params.items() if value not in ("", None)}
        return {**given, **self.extra}


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """The images of an answer, and the words that came along (a revised prompt, an excuse)."""

    media: tuple[Media, ...]
    words: str = ""


def ways(model: str, request: ImageRequest, boundary: str) -> list[Call]:
    """Return the requests to /v1/images that ask for the same; the next where one `is_other_edit`.

    Without an image there is one. With one: `source_image` of a generation, the same at the
    endpoint for edits, which is listed without details, and OpenAI's form. `boundary` is a text
    that no form holds.
    """
    calls = [_call(IMAGES_GENERATE_PATH, model, request)]
    if request.image:
        calls.append(_call(IMAGES_EDIT_PATH, model, request))
        content = decode(request.image) if request.image.startswith(_DATA) else None
        if content is not None:
            kind, form = multipart(_form_fields(model, request), content, boundary)
            calls.append(Call("POST", IMAGES_EDIT_PATH, form=form, content_type=kind))
    return calls


def _call(path: str, model: str, request: ImageRequest) -> Call:
    return Call("POST", path, body={**request.params, "model": model})


def _form_fields(model: str, request: ImageRequest) -> dict[str, str]:
    fields = {**request.params, "model": model}
    fields.pop("source_image", None)
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }


def is_other_edit(failure: Failure) -> bool:
    """Return whether a refused edit is to be tried in the next way; a refusal bills nothing."""
    words = f"{failure.param} {failure.message}".lower()
    return is_absent(failure) or (
        failure.http_status in (400, 415, 422) and (not failure.param or "image" in words)
    )


def read_answer(document: Any) -> ImageAnswer | None:
    """Return the images of an answer of /v1/images, or None when it is none."""
    data = document.get("data") if isinstance(document, Mapping) else None
    if not isinstance(data, list):
        return None
    items = [item for item in data if isinstance(item, Mapping)]
    media = tuple(found for item in items if (found := _openai_media(item)))
    words = next((w for item in items if isinstance(w := item.get("revised_prompt"), str)), "")
    return ImageAnswer(media, words)


def gemini_body(request: ImageRequest) -> dict[str, Any]:
    """Return the body of generateContent that asks for one image.

    Google's own fields (ai.google.dev/gemini-api/docs/image-generation). `image` has to be a
    `data:` URI; a URL becomes `fileData`.
    """
    parts: list[dict[str, Any]] = [{"text": request.prompt}]
    if request.image:
        parts.append(_part(request.image))
    config: dict[str, Any] = {"responseModalities": ["TEXT", "IMAGE"]}
    shape = {"aspectRatio": request.aspect_ratio, "imageSize": request.size}
    if any(shape.values()):
        config["imageConfig"] = {name: value for name, value in shape.items() if value}
    if request.seed is not None:
        config["seed"] = request.seed
    return {
        "contents": [{"role": "user", "parts": parts}],
        "generationConfig": {**config, **request.extra},
    }


def read_gemini(document: Any) -> ImageAnswer:
    """Return the images inside an answer of generateContent; thoughts are left out."""
    media = tuple(
        Media("image", base64=data)
        for part in parts_of(document)
        if part.get("thought") is not True
        for data in _inline(part)
    )
    return ImageAnswer(media, text_of(document).strip())


def is_inline(slug: str, catalogue: Any) -> bool:
    """Return whether the catalogue says that a model gives images inside Gemini's own answers.

    That is an entry whose `protocols_aggregate` (contract.md 3.5) has `gemini`, of a model that
    makes images; or one of a Gemini id. Its `output_modalities`, where it has some, may not speak
    against it.
    """
    if kind_of(slug) is not Kind.IMAGE:
        return False
    for entry in entries(catalogue) or ():
        if isinstance(entry, Mapping) and slug in _ids(entry):
            outputs = entry.get("output_modalities")
            if isinstance(outputs, list) and "image" not in outputs:
                return False
            return "gemini" in _protocols(entry) or slug.startswith("gemini-")
    return False


def decode(text: str) -> bytes | None:
    """Return the bytes of base64 or of a `data:` URI, or None for what is neither."""
    if text.startswith(_DATA):
        head, comma, text = text.partition(",")
        if not comma or not head.endswith(";base64"):
            return None
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def data_uri(mime: str, content: bytes) -> str:
    """Return bytes as a `data:` URI."""
    return f"{_DATA}{mime};base64,{base64.b64encode(content).decode('ascii')}"


def _openai_media(item: Mapping[str, Any]) -> Media | None:
    url, encoded = item.get("url"), item.get("b64_json")
    if isinstance(url, str) and url:
        return Media("image", url=url)
    return Media("image", base64=encoded) if isinstance(encoded, str) and encoded else None


def _inline(part: Mapping[str, Any]) -> Iterator[str]:
    blob = part.get("inlineData") or part.get("inline_data")
    if isinstance(blob, Mapping) and isinstance(blob.get("data"), str):
        mime = str(blob.get("mimeType") or blob.get("mime_type") or "")
        if mime.startswith("image/"):
            yield blob["data"]


def _part(image: str) -> dict[str, Any]:
    if image.startswith(_DATA):
        head, _, data = image.partition(",")
        mime = head.removeprefix(_DATA).partition(";")[0]
        return {"inlineData": {"mimeType": mime, "data": data}}
    return {"fileData": {"fileUri": image}}


def _ids(entry: Mapping[str, Any]) -> list[str]:
    names = (entry.get(name) for name in ("id", "model", "slug", "name"))
    return [bare(name) for name in names if isinstance(name, str)]


def _protocols(entry: Mapping[str, Any]) -> list[str]:
    value = entry.get("protocols_aggregate")
    listed = (
        value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    )
    return [str(item).strip().partition(":")[0] for item in listed]
