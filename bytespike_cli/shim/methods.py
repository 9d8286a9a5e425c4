"""Requests for a method of a model: the id chosen, the stream repaired, tokens counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_MODEL
from bytespike_cli.shim.catalogue import Catalogue
from bytespike_cli.shim.choice import Choice, ModelChoice
from bytespike_cli.shim.headers import downstream_headers, upstream_headers
from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.refusals import Refusals
from bytespike_cli.shim.replies import absent, document, refusal
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.step_up import StepUp
from bytespike_cli.shim.stream import relay
from bytespike_cli.shim.unary import relay_unary
from bytespike_cli.shim.upstream import Refused, Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire.envelope import Cause
from bytespike_cli.wire.estimate import estimate_tokens
from bytespike_cli.wire.models import rewrite_body
from bytespike_cli.wire.paths import ApiPath

_MODEL_IN_BODY = frozenset({"countTokens", "batchEmbedContents", "embedContent"})
_GENERATES = frozenset({"generateContent", "streamGenerateContent"})
_STREAM = "streamGenerateContent"
_COUNT = "countTokens"


class Methods:
    """Answers `POST …/models/{id}:{method}`."""

    def __init__(self, settings: ShimSettings, upstream: Upstream, catalogue: Catalogue) -> None:
        self._upstream = upstream
        self._catalogue = catalogue
        self._refusals = Refusals(settings)
        self._choice = ModelChoice(settings)
        self._step_up = StepUp(settings.now)
        self._counts_tokens = True

    async def choose(self, asked: str) -> Choice:
        """Return what serves a model id, by the catalogue of now."""
        return self._choice.of(asked, await self._catalogue.models())

    async def answer(
        self, request: web.BaseRequest, path: ApiPath, query: str, body: bytes
    ) -> web.StreamResponse:
        """Answer one request; `query` is without credentials."""
        choice = await self.choose(path.model)
        current().served = choice.served or ""
        if choice.served not in (None, choice.asked):
            applied("nearest" if choice.is_stand_in else "ids")
        if path.method in _GENERATES:
            return await self._generate(request, path, query, body, choice)
        if choice.served is None:
            return refusal(choice.http_status, choice.sentence)
        if path.method == _COUNT and not self._counts_tokens:
            return _estimate(body, choice)
        if path.method in _MODEL_IN_BODY:
            body = self._rename_in(body, await self._catalogue.models())
        try:
            return await self._relay(request, path, query, body, choice)
        except Refused as answer:
            if not _is_absent(answer):
                return self._refused(answer, choice)
            if path.method != _COUNT:
                applied("absent")
                return absent(path.method)
            self._counts_tokens = False
            return _estimate(body, choice)

    async def _generate(
        self, request: web.BaseRequest, path: ApiPath, query: str, body: bytes, choice: Choice
    ) -> web.StreamResponse:
        """Answer a request that is billed; a client's step up after a failure gets that failure."""
        repeated = self._step_up.refusal(choice)
        if repeated is not None:
            applied("step-up")
            return web.Response(
                status=repeated.http_status,
                body=repeated.body,
                headers={"content-type": "application/json"},
            )
        try:
            if choice.served is not None:
                answer = await self._relay(request, path, query, body, choice)
                self._step_up.served(choice)
                return answer
            failed = refusal(choice.http_status, choice.sentence)
        except Refused as refused:
            failed = self._refused(refused, choice)
        except Unreachable as silence:
            failed = self._refusals.of_silence(silence)
        assert isinstance(failed.body, bytes)
        self._step_up.failed(choice, failed.status, failed.body)
        return failed

    async def _relay(
        self, request: web.BaseRequest, path: ApiPath, query: str, body: bytes, choice: Choice
    ) -> web.StreamResponse:
        assert choice.served is not None
        streams = path.method == _STREAM
        upstream = UpstreamRequest(
            "POST",
            path.with_model(choice.served),
            _with_sse(query) if streams else query,
            upstream_headers(request),
            body,
        )
        async with self._upstream.send(upstream) as response:
            headers = downstream_headers(response.headers, choice)
            current().credits_left(response.headers, before=streams)
            if not streams:
                return await relay_unary(request, response, headers)
            sse = request.query.get("alt") == "sse"
            return await relay(request, response, headers=headers, sse=sse, path=upstream.path)

    def _refused(self, answer: Refused, choice: Choice) -> web.Response:
        about_model = answer.failure.cause in {Cause.UNKNOWN_MODEL, Cause.MODEL_NOT_IN_GROUP}
        if about_model:
            self._catalogue.refresh()
        return self._refusals.of_gateway(answer, by_client=about_model and choice.by_client)

    def _rename_in(self, body: bytes, models: Sequence[str] | None) -> bytes:
        """Translate the model ids inside a body (clients.md 7.3); other bodies stay as they are."""
        content = _json_object(body)

        def rename(model: str) -> str:
            return self._choice.of(model, models).served or model

        if content is None or not rewrite_body(content, rename):
            return body
        return json.dumps(content, ensure_ascii=False).encode()


def _estimate(body: bytes, choice: Choice) -> web.Response:
    """Answer countTokens, which the gateway does not document (contract.md 3.3)."""
    applied("count-tokens")
    return document(
        {"totalTokens": estimate_tokens(_json_object(body) or {})},
        x_bytespike_estimate="true",
        **{HEADER_SERVED_MODEL: choice.header},
    )


def _is_absent(answer: Refused) -> bool:
    return answer.failure.http_status in {404, 405, 501}


def _with_sse(query: str) -> str:
    """Return a query that asks the gateway for SSE, whatever the client asked for."""
    kept = [pair for pair in query.split("&") if pair and _name_of(pair) not in {"alt", "$alt"}]
    return "&".join([*kept, "alt=sse"])


def _name_of(pair: str) -> str:
    return pair.partition("=")[0].replace("%24", "$")


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
