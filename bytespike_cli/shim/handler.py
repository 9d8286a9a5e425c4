"""One request through the shim: guarded, and given to what answers it."""

from __future__ import annotations

from aiohttp import web

from bytespike_cli.shim import guard
from bytespike_cli.shim.catalogue import Catalogue
from bytespike_cli.shim.headers import downstream_headers, upstream_headers
from bytespike_cli.shim.methods import Methods
from bytespike_cli.shim.refusals import Refusals
from bytespike_cli.shim.replies import absent, document, refusal
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.unary import relay_unary
from bytespike_cli.shim.upstream import Refused, Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire.auth import without_credentials_query
from bytespike_cli.wire.catalogue import google_model, google_models_page
from bytespike_cli.wire.paths import ApiPath, Kind, parse

BAD_PATH = "This path is not one that a Gemini client uses; nothing was sent to the gateway."
MANAGEMENT = (
    "The shim does not pass on requests that manage keys or accounts: a program that was given a "
    "session token has no business there. Use https://console.bytespike.ai."
)
TOO_LARGE = "The request is larger than {limit} MiB; send large files in smaller pieces."


class Handler:
    """Answers every request of the shim's clients."""

    def __init__(self, settings: ShimSettings, upstream: Upstream, catalogue: Catalogue) -> None:
        self._settings = settings
        self._upstream = upstream
        self._catalogue = catalogue
        self._refusals = Refusals(settings)
        self._methods = Methods(settings, upstream, catalogue)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request. Every failure becomes Google's envelope, never a traceback."""
        raw_path, _, query = request.raw_path.partition("?")
        pairs = list(request.query.items())
        refused = guard.refuse(list(request.headers.items()), pairs, token=self._settings.token)
        if refused is not None:
            return refusal(refused.http_status, refused.sentence)
        path = parse(raw_path)
        if path is None:
            return refusal(400, BAD_PATH)
        try:
            return await self._dispatch(request, path, without_credentials_query(query))
        except Refused as answer:
            return self._refusals.of_gateway(answer)
        except Unreachable as silence:
            return self._refusals.of_silence(silence)
        except Exception as defect:  # noqa: BLE001 - a client must get an answer it can read
            return self._defect(request, defect)

    async def _dispatch(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        match path.kind:
            case Kind.MODELS_LIST if request.method == "GET":
                return await self._models_list(request)
            case Kind.MODELS_GET if request.method == "GET":
                return await self._models_get(path)
            case Kind.METHOD if request.method == "POST":
                return await self._method(request, path, query)
            case Kind.OTHER if _manages(request.method, path.upstream):
                return refusal(403, MANAGEMENT)
            case Kind.OTHER:
                return await self._pass(request, path, query)
            case _:
                what = path.method or path.upstream
                return absent(what)

    async def _method(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        body = await self._body(request)
        if body is None:
            return self._too_large()
        return await self._methods.answer(request, path, query, body)

    async def _pass(
        self, request: web.BaseRequest, path: ApiPath, query: str
    ) -> web.StreamResponse:
        body = await self._body(request)
        if body is None:
            return self._too_large()
        upstream = UpstreamRequest(
            request.method, path.upstream, query, upstream_headers(request), body or None
        )
        async with self._upstream.send(upstream) as response:
            return await relay_unary(request, response, downstream_headers(response.headers))

    async def _models_list(self, request: web.BaseRequest) -> web.Response:
        models = await self._catalogue.models() or ()
        size = request.query.get("pageSize", "")
        return document(
            google_models_page(
                models,
                page_size=int(size) if size.isdecimal() else 0,
                page_token=request.query.get("pageToken", ""),
            )
        )

    async def _models_get(self, path: ApiPath) -> web.Response:
        choice = await self._methods.choose(path.model)
        if choice.served is None:
            return refusal(404, choice.sentence)
        return document(google_model(choice.served))

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        """Return the request's body, or None when it is larger than the limit."""
        limit = self._settings.limits.request_body_bytes
        if request.content_length is not None and request.content_length > limit:
            return None
        if request.headers.get("expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0
        pieces: list[bytes] = []
        size = 0
        async for piece in request.content.iter_any():
            size += len(piece)
            if size > limit:
                return None
            pieces.append(piece)
        return b"".join(pieces)

    def _defect(self, request: web.BaseRequest, defect: Exception) -> web.Response:
        if isinstance(defect, ConnectionError):
            raise defect  # the client left: there is nobody to answer
        if request.transport is not None and request.writer.output_size > 0:
            request.transport.abort()
        return refusal(500, f"A defect of bytespike's shim ({type(defect).__name__}); report it.")

    def _too_large(self) -> web.Response:
        limit = self._settings.limits.request_body_bytes // (1024 * 1024)
        return refusal(413, TOO_LARGE.format(limit=limit))


def _manages(method: str, path: str) -> bool:
    """Return whether a request could read or change keys (contract.md 2.1, 3.9, C20)."""
    if path.startswith("/api/v1/me/"):
        return method != "GET"
    return path.startswith(("/api/", "/v1/keys", "/v1/account", "/admin"))
