"""Images that are answered at once: /v1/images/* and images inside Gemini's answers."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from bytespike_cli.constants import AVAILABLE_MODELS_PATH, MODELS_PATH
from bytespike_cli.errors import BytespikeError
from bytespike_cli.gateway.client import Gateway
from bytespike_cli.gateway.failures import Refused, json_of, mapped, refusals_raised, unexpected
from bytespike_cli.gateway.request import Request
from bytespike_cli.wire import images
from bytespike_cli.wire.images import ImageAnswer, ImageRequest

_WHAT = "an answer with images"


def is_inline(gateway: Gateway, slug: str) -> bool:
    """Return whether the catalogue says that a model answers as Gemini does; free requests."""
    for path in (MODELS_PATH, AVAILABLE_MODELS_PATH):
        try:
            with refusals_raised():
                document = json_of(gateway.send(Request("GET", path, repeatable=True)), path)
        except BytespikeError:
            continue
        if images.is_inline(slug, document):
            return True
    return False


def generate(gateway: Gateway, model: str, request: ImageRequest) -> ImageAnswer:
    """Ask /v1/images for images, once. With an image to edit, in each way until one is taken.

    Raises the error tree. Nothing is sent again after an answer, or without one: it is not
    idempotent (contract.md 4.4).
    """
    with refusals_raised():
        first: Refused | None = None
        for call in images.ways(model, request, token_hex(16)):
            try:
                return _answer(gateway, Request.of(call))
            except Refused as refused:
                first = first or refused
                if not request.image or not images.is_other_edit(refused.failure):
                    raise
        assert first is not None
        raise first


def generate_inline(gateway: Gateway, model: str, request: ImageRequest) -> ImageAnswer:
    """Ask generateContent for one image inside its answer. Raises the error tree."""
    return images.read_gemini(gateway.generate(model, images.gemini_body(request)).document)


def _answer(gateway: Gateway, request: Request) -> ImageAnswer:
    response = gateway.send(request)
    with mapped(gateway.origin):
        response.read()
    response.close()
    document: Any = json_of(response, gateway.origin, what=_WHAT)
    answer = images.read_answer(document)
    if answer is None:
        gateway.refuse_error_inside(document, response)
        raise unexpected(response.headers, response.content, gateway.origin, what=_WHAT)
    return answer
