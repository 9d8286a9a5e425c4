"""Requests for a method of a model: the id chosen, the stream repaired, tokens counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from bytespike_cli.constants import HEADER_SERVED_KEY, HEADER_SERVED_MODEL
from bytespike_cli.shim.choice import Choice
from bytespike_cli.shim.embeddings import in_the_other_form
from bytespike_cli.shim.given_up import GivenUp
from bytespike_cli.shim.headers import downstream_headers, json_headers
from bytespike_cli.shim.keys import Keys, KeyUse
from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.refusals import FAILED_DEPENDENCY
from bytespike_cli.shim.replies import absent, as_bad_request, document, refusal
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.step_up import StepUp
from bytespike_cli.shim.stream import relay
from bytespike_cli.shim.unary import relay_unary
from bytespike_cli.shim.upstream import Refused, Unreachable, UpstreamRequest
from bytespike_cli.wire.embeddings import OTHER
from bytespike_cli.wire.envelope import Cause
from bytespike_cli.wire.json_bytes import json_bytes
from bytespike_cli.wire.models import rewrite_body
from bytespike_cli.wire.paths import ApiPath
from bytespike_cli.wire.stream_switch import STREAM, UNARY, switched, wants_sse, with_sse
from bytespike_cli.wire.tool_list import listed

_MODEL_IN_BODY = frozenset({"countTokens", "batchEmbedContents", "embedContent"})
_GENERATES = frozenset({UNARY, STREAM})
_ABOUT_THE_MODEL = frozenset({Cause.UNKNOWN_MODEL, Cause.MODEL_NOT_IN_GROUP})
_COUNT = "countTokens"
_PREDICT = "predict"
"""generate_images of Google's SDKs."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request for a method of a model, and what serves it; `query` is without credentials."""

    request: web.BaseRequest
    path: ApiPath
    query: str
    body: bytes = field(repr=False)
    choice: Choice
    key: KeyUse


class Methods:
    """Answers `POST …/models/{id}:{method}`."""

    def __init__(self, settings: ShimSettings, keys: Keys) -> None:
        self._keys = keys
        self._step_up = StepUp(settings.now)
        self._given_up = GivenUp(settings.now)
        self._shared = settings.shared
        self._repetitions = settings.repetitions
        self._counts_tokens = True
        self._drawn_elsewhere: set[str] = set()
        """Image models that generateContent has refused, and /v1/images has not."""

    async def answer(
        self, request: web.BaseRequest, path: ApiPath, query: str, body: bytes
    ) -> web.StreamResponse:
        """Answer one request; `query` is without credentials."""
        method, query, body = switched(path.method, query, body)
        if method != path.method:
            applied("stream-switch")
            current().method = method
            path = replace(path, method=method)
        choice, key = await self._choose(path.model)
        call = Call(request, path, query, body, choice, key)
        if method in _GENERATES:
            return await self._generate(_with_listed_tools(call))
        if choice.served is None:
            return refusal(choice.http_status, choice.sentence)
        if method == _PREDICT:
            from bytespike_cli.shim import pictures  # most shims draw nothing

            try:
                return await pictures.predict(body, choice, key)
            except Refused as answer:
                return self._refused(answer, call)
        if method == _COUNT and not self._counts_tokens:
            return _estimate(body, choice)
        if method in _MODEL_IN_BODY:
            renamed = _rename_in(body, key, await key.catalogue.models())
            call = replace(call, body=renamed)
        try:
            return await self._relay(call)
        except Refused as answer:
            if not _is_absent(answer):
                return self._refused(answer, call)
        if method == _COUNT:
            self._counts_tokens = False
            return _estimate(body, choice)
        return await self._without(call)

    async def _without(self, call: Call) -> web.Response:
        """Answer a request for a method that the gateway has not."""
        method, content = call.path.method, _json_object(call.body)
        if method in OTHER and content is not None:
            try:
                answer = await in_the_other_form(
                    call.request, call.path, content, call.choice, call.key
                )
            except Refused as refused:
                if not _is_absent(refused):
                    return self._refused(refused, call)
            else:
                if answer is not None:
                    return answer
        applied("absent")
        return absent(method)

    async def _choose(self, asked: str) -> tuple[Choice, KeyUse]:
        choice, key = await self._keys.choose(asked)
        self._note(choice, key)
        return choice, key

    def _note(self, choice: Choice, key: KeyUse) -> None:
        """Note in the record of the request what serves it."""
        record = current()
        record.served, record.key = choice.served or "", choice.key
        if key is not self._keys.own:
            applied("key-routing")
        if choice.served not in (None, choice.asked):
            applied("nearest" if choice.is_stand_in else "ids")

    async def _generate(self, call: Call) -> web.StreamResponse:
        """Answer a request that is billed; a client's step up after a failure gets that failure."""
        choice, path = call.choice, call.path
        repeated = None if self._shared else self._step_up.refusal(choice)
        if repeated is not None:
            applied("step-up")
            return web.Response(
                status=repeated.http_status,
                body=repeated.body,
                headers={"content-type": "application/json"},
            )
        again = self._repetitions and self._given_up.repeats(path.upstream, call.body)
        try:
            if choice.served is not None:
                answer = await self._generated(call, again=again)
                self._step_up.served(choice)
                return answer
            failed = refusal(choice.http_status, choice.sentence)
        except Refused as refused:
            failed = self._refused(refused, call, ends=again)
            other = await self._another(refused, call)
            if other is not None:
                self._note(*other)
                return await self._generate(replace(call, choice=other[0], key=other[1]))
        except Unreachable as silence:
            failed = call.key.refusals.of_silence(silence, ends=again)
        if self._goes_on(failed, call, again=again):
            applied("ends-turn")
            failed = as_bad_request(failed)
        assert isinstance(failed.body, bytes)
        self._given_up.note(path.upstream, call.body, failed.status)
        self._step_up.failed(choice, failed.status, failed.body)
        return failed

    def _goes_on(self, failed: web.Response, call: Call, *, again: bool) -> bool:
        """Return whether the client has been told the same before, and asks on all the same."""
        if failed.status == 404:
            return self._given_up.loops(call.path.upstream, call.body)
        told = again and failed.status == FAILED_DEPENDENCY
        return told and self._given_up.insists(call.path.upstream, call.body)

    async def _generated(self, call: Call, *, again: bool) -> web.StreamResponse:
        """Relay a generation; pictures come from /v1/images where the gateway has them there."""
        choice = call.choice
        if choice.served not in self._drawn_elsewhere:
            try:
                return await self._relay(call, again=again)
            except Refused as refused:
                if not _is_elsewhere(choice, refused):
                    raise
        from bytespike_cli.shim import pictures

        streams, sse = call.path.method == STREAM, wants_sse(call.query)
        answer = await pictures.answer_content(
            call.body, choice, call.key, streams=streams, sse=sse
        )
        if choice.served is not None and answer.status == 200:
            self._drawn_elsewhere.add(choice.served)
        return answer

    async def _another(self, refused: Refused, call: Call) -> tuple[Choice, KeyUse] | None:
        """Return another key for a model that the gateway has just refused to the shim's own.

        The catalogue was out of date, or not known; nothing was billed (contract.md 4.3).
        """
        if call.key is not self._keys.own or refused.failure.cause not in _ABOUT_THE_MODEL:
            return None
        return await self._keys.instead(call.choice.asked)

    async def _relay(self, call: Call, *, again: bool = False) -> web.StreamResponse:
        assert call.choice.served is not None
        streams = call.path.method == STREAM
        upstream = UpstreamRequest(
            "POST",
            call.path.with_model(call.choice.served),
            with_sse(call.query) if streams else call.query,
            json_headers(call.request),
            call.body,
            again=again,
        )
        async with call.key.upstream.send(upstream) as response:
            headers = downstream_headers(response.headers, call.choice)
            current().credits_left(response.headers, before=streams)
            if not streams:
                return await relay_unary(call.request, response, headers, gemini=True)
            sse = wants_sse(call.query)
            return await relay(call.request, response, headers=headers, sse=sse, path=upstream.path)

    def _refused(self, answer: Refused, call: Call, *, ends: bool = False) -> web.Response:
        if answer.failure.cause in _ABOUT_THE_MODEL:
            call.key.catalogue.refresh()
        return call.key.refusals.of_gateway(answer, by_client=call.choice.by_client, ends=ends)


def _is_elsewhere(choice: Choice, refused: Refused) -> bool:
    from bytespike_cli.shim import pictures

    return pictures.is_elsewhere(choice, refused)


def _rename_in(body: bytes, key: KeyUse, models: Sequence[str] | None) -> bytes:
    """Translate the model ids inside a body (clients.md 7.3); other bodies stay as they are."""
    content = _json_object(body)

    def rename(model: str) -> str:
        return key.choice.of(model, models).served or model

    if content is None or not rewrite_body(content, rename):
        return body
    return json_bytes(content)


def _with_listed_tools(call: Call) -> Call:
    body = listed(call.body)
    if body is call.body:
        return call
    applied("tool-list")
    return replace(call, body=body)


def _estimate(body: bytes, choice: Choice) -> web.Response:
    """Answer countTokens, which the gateway does not document (contract.md 3.3)."""
    from bytespike_cli.wire.estimate import estimate_tokens

    applied("count-tokens")
    return document(
        {"totalTokens": estimate_tokens(_json_object(body) or {})},
        x_bytespike_estimate="true",
        **{HEADER_SERVED_MODEL: choice.header, HEADER_SERVED_KEY: choice.key},
    )


def _is_absent(answer: Refused) -> bool:
    return answer.failure.http_status in {404, 405, 501}


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
