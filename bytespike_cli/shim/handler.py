"""One request through the shim: guarded, and given to what answers it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from bytespike_cli.constants import HEADER_GOOG_API_KEY, MODELS_PATH
from bytespike_cli.shim import guard
from bytespike_cli.shim.headers import downstream_headers, upstream_headers
from bytespike_cli.shim.keys import Keys
from bytespike_cli.shim.methods import Methods
from bytespike_cli.shim.record import LEFT, applied, begin, current
from bytespike_cli.shim.replies import absent, document, refusal
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.unary import relay_unary
from bytespike_cli.shim.upstream import Refused, Unreachable, UpstreamRequest
from bytespike_cli.wire.auth import may_name_credential, without_credentials_query
from bytespike_cli.wire.catalogue import google_model, google_models_page
from bytespike_cli.wire.handles import file_in, operation_in
from bytespike_cli.wire.paths import ApiPath, Kind, parse
from bytespike_cli.wire.surfaces import Use, use_of

if TYPE_CHECKING:
    from bytespike_cli.shim.files import Files
    from bytespike_cli.shim.videos import Videos

BAD_PATH = "This path is not one that a Gemini client uses; nothing was sent to the gateway."
MANAGEMENT = (
    "The shim does not pass on requests that manage keys or accounts: a program that was given a "
    "session token has no business there. Use https://console.bytespike.ai."
)
TOO_LARGE = "The request is larger than {limit} MiB; send large files in smaller pieces."
TOO_SLOW = (
    "The request's body did not arrive within {limit:.0f} s; nothing was sent to the gateway."
)
WRONG_METHOD = "'{what}' is asked for with {wanted}, not with {method}."
BROKEN_BODY = "The request's body is broken; nothing was sent to the gateway."

_READS = frozenset({"GET", "HEAD"})


class Handler:
    """Answers every request of the shim's clients."""

    def __init__(self, settings: ShimSettings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys
        self._methods = Methods(settings, keys)

    @cached_property
    def _videos(self) -> Videos:
        from bytespike_cli.shim.videos import Videos  # when one is asked for: most shims need none

        return Videos(self._settings, self._keys)

    @cached_property
    def _files(self) -> Files:
        from bytespike_cli.shim.files import Files

        return Files(self._keys)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request. Every failure becomes Google's envelope, never a traceback."""
        record = begin(self._settings.now(), request.headers)
        record.key = self._settings.key_name
        record.http_status = LEFT
        try:
            answer = await self._answer(request)
            record.http_status = answer.status
            return answer
        finally:
            record.end()
            if self._settings.note is not None:
                self._settings.note(record)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        raw_path, _, query = request.raw_path.partition("?")
        refused = guard.refuse(
            request.headers,
            request.query.items() if may_name_credential(query) else (),
            token=self._settings.token,
            other_tokens=self._settings.other_tokens,
            hosts=self._settings.hosts,
        )
        if refused is not None:
            return refusal(refused.http_status, refused.sentence)
        path = parse(raw_path)
        if path is None:
            return refusal(400, BAD_PATH)
        record = current()
        record.method, record.asked = path.method or path.kind.value, path.model
        if path.kind is Kind.OTHER:
            record.method = f"{request.method} {path.upstream}"
        if path.repaired:
            record.apply("paths")
        if HEADER_GOOG_API_KEY not in request.headers:
            record.apply("auth")
        try:
            return await self._dispatch(request, path, without_credentials_query(query))
        except Refused as answer:
            return self._keys.own.refusals.of_gateway(answer)
        except Unreachable as silence:
            return self._keys.own.refusals.of_silence(silence)
        except Exception as defect:  # noqa: BLE001 - a client must get an answer it can read
            return self._defect(request, defect)

    async def _dispatch(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        match path.kind:
            case Kind.MODELS_LIST | Kind.MODELS_GET if _is_openais(request):
                current().rules.discard("paths")
                asked = replace(path, upstream=request.raw_path.partition("?")[0])
                return await self._other(request, asked, query)
            case Kind.MODELS_LIST if request.method in _READS:
                return await self._models_list(request)
            case Kind.MODELS_GET if request.method in _READS:
                return await self._models_get(path)
            case Kind.ABSENT if request.method == "GET" and (
                answer := await self._result(request, path.upstream)
            ):
                return answer
            case Kind.METHOD if request.method == "POST":
                return await self._method(request, path, query)
            case Kind.OTHER:
                return await self._other(request, path, query)
            case Kind.MODELS_LIST | Kind.MODELS_GET | Kind.METHOD:
                return _wrong_method(request, path)
            case _:
                applied("absent")
                what = path.method or path.upstream
                return absent(what)

    async def _result(self, request: web.BaseRequest, raw_path: str) -> web.StreamResponse | None:
        """Answer a question for an operation or a file of ours; None for any other path."""
        operation = operation_in(raw_path)
        if operation is not None:
            return await self._videos.show(raw_path, operation)
        file = file_in(raw_path)
        if file is None:
            return None
        text, is_download = file
        if is_download or request.query.get("alt") == "media":
            return await self._files.download(request, text)
        return self._files.describe(text)

    async def _method(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        body = await self._body(request)
        if not isinstance(body, bytes):
            return body
        if path.method == "predictLongRunning":
            return await self._videos.start(path.model, body)
        return await self._methods.answer(request, path, query, body)

    async def _other(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        """Pass a request on that is for another surface of the gateway."""
        match use_of(request.method, path.upstream):
            case Use.MANAGE:
                return refusal(403, MANAGEMENT)
            case Use.NOTHING:
                return absent(path.upstream)
        body = await self._body(request)
        if not isinstance(body, bytes):
            return body
        upstream = UpstreamRequest(
            request.method, path.upstream, query, upstream_headers(request), body or None
        )
        async with self._keys.own.upstream.send(upstream) as response:
            current().credits_left(response.headers, before=False)
            return await relay_unary(request, response, downstream_headers(response.headers))

    async def _models_list(self, request: web.BaseRequest) -> web.Response:
        applied("models-list")
        models = await self._keys.reached()
        size = request.query.get("pageSize", "")
        return document(
            google_models_page(
                models,
                entries=self._keys.entries(),
                page_size=int(size) if size.isdecimal() else 0,
                page_token=request.query.get("pageToken", ""),
            )
        )

    async def _models_get(self, path: ApiPath) -> web.Response:
        applied("models-list")
        choice, key = await self._keys.choose(path.model)
        if choice.served is None:
            return refusal(404, choice.sentence)
        return document(google_model(choice.served, key.catalogue.entries.get(choice.served)))

    async def _body(self, request: web.BaseRequest) -> bytes | web.Response:
        """Return the request's body, or the refusal of one that is too large, slow or broken."""
        limits, length = self._settings.limits, request.content_length
        if length is not None and length > limits.request_body_bytes:
            return self._too_large()
        if request.headers.get("expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0
        if request.content.is_eof() and length is not None:
            return request.content.read_nowait()  # it came with the headers: nothing to wait for
        try:
            async with asyncio.timeout(limits.request_body_timeout_s):
                body = await _read(request, limits.request_body_bytes)
        except TimeoutError:
            slow = refusal(408, TOO_SLOW.format(limit=limits.request_body_timeout_s))
            slow.force_close()
            return slow
        except web.RequestPayloadError:
            return refusal(400, BROKEN_BODY)
        return self._too_large() if body is None else body

    def _defect(self, request: web.BaseRequest, defect: Exception) -> web.Response:
        if isinstance(defect, ConnectionError):
            raise defect  # the client left: there is nobody to answer
        if request.transport is not None and request.writer.output_size > 0:
            request.transport.abort()
        return refusal(500, f"A defect of bytespike's shim ({type(defect).__name__}); report it.")

    def _too_large(self) -> web.Response:
        limit = self._settings.limits.request_body_bytes // (1024 * 1024)
        return refusal(413, TOO_LARGE.format(limit=limit))


def _wrong_method(request: web.BaseRequest, path: ApiPath) -> web.Response:
    """Return the answer to a request for what is there, but asked for in another way."""
    wanted = "POST" if path.kind is Kind.METHOD else "GET"
    answer = refusal(
        405, WRONG_METHOD.format(what=path.method or "models", wanted=wanted, method=request.method)
    )
    answer.headers["allow"] = wanted
    return answer


def _is_openais(request: web.BaseRequest) -> bool:
    """Return whether the gateway's own `GET /v1/models` is meant (contract.md 3.4).

    Google's SDKs 3.x ask there too, for Google's list (clients.md 3): they show their key as Google
    has it, and clients of OpenAI's and Anthropic's protocols do not.
    """
    return (
        request.method == "GET"
        and request.raw_path.startswith(MODELS_PATH)
        and HEADER_GOOG_API_KEY not in request.headers
        and "key" not in request.query
    )


async def _read(request: web.BaseRequest, limit_bytes: int) -> bytes | None:
    """Return the request's body, or None as soon as it is larger than the limit."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > limit_bytes:
            return None
        pieces.append(piece)
    return b"".join(pieces)
