"""Result files through the shim: fetched where the gateway's task says, and nowhere else."""

from __future__ import annotations

import asyncio

import aiohttp
from aiohttp import web

from bytespike_cli.shim.keys import Keys, KeyUse
from bytespike_cli.shim.record import applied, current
from bytespike_cli.shim.replies import document, refusal
from bytespike_cli.shim.upstream import Refused, Sleep, Unreachable
from bytespike_cli.shim.videos import videos_of
from bytespike_cli.wire.handles import read_handle
from bytespike_cli.wire.media_type import HEAD_BYTES, fits
from bytespike_cli.wire.task_state import TaskState

ATTEMPTS = 4
"""How often a file is asked for that does not come, and how often one that was cut is gone on
with; between the two the client is sent nothing twice."""
PAUSE_S = 0.2
"""Before the second attempt, doubled; it doubles with every other."""
NO_FILE = "There is no such file: its name was not made by bytespike."
NOT_READY = "The video is not ready: its task is '{status}'."
NO_RESULT = "The task has no such result."
EXPIRED = (
    "The gateway has the file no more: addresses expire after 24 hours, and {status} came back."
)
NO_VIDEO = "The gateway's file host answered with something that is no video."
UNREACHABLE = "The gateway's file host answered {status}."

_PASSED = ("content-type", "content-range", "accept-ranges", "etag", "last-modified")
_GONE = (403, 404, 410)


class Files:
    """Answers `files/{id}` and `files/{id}:download`."""

    def __init__(self, keys: Keys, sleep: Sleep = asyncio.sleep) -> None:
        self._keys = keys
        self._sleep = sleep

    def describe(self, text: str) -> web.Response:
        """Return Google's File of an id; nothing is asked."""
        if read_handle(text) is None:
            return refusal(404, NO_FILE)
        return document(
            {
                "name": f"files/{text}",
                "mimeType": "video/mp4",
                "state": "ACTIVE",
                "source": "GENERATED",
                "uri": f"https://generativelanguage.googleapis.com/v1beta/files/{text}",
                "downloadUri": f"https://generativelanguage.googleapis.com/v1beta/files/{text}"
                ":download?alt=media",
            }
        )

    async def download(self, request: web.BaseRequest, text: str) -> web.StreamResponse:
        """Send a file, or the part of it that is asked for. Raises Refused and Unreachable."""
        applied("videos")
        handle = read_handle(text)
        if handle is None:
            return refusal(404, NO_FILE)
        key = await self._keys.named(handle.key)
        current().key = key.settings.key_name
        try:
            task = await key.tasks.query(handle)
        except Refused as refused:
            return key.refusals.of_gateway(refused)
        if task.state is not TaskState.COMPLETED:
            return refusal(400, NOT_READY.format(status=task.status))
        results = videos_of(task)
        if handle.index >= len(results):
            return refusal(404, NO_RESULT)
        transfer = Transfer(request, key, results[handle.index].url, self._sleep)
        return await transfer.run()


class Transfer:
    """One file on its way to one client, in constant memory."""

    def __init__(self, request: web.BaseRequest, key: KeyUse, url: str, sleep: Sleep) -> None:
        self._request = request
        self._key = key
        self._url = url
        self._sleep = sleep
        self._headers = {"accept-encoding": "identity"}
        for name in ("range", "if-range"):
            if name in request.headers:
                self._headers[name] = request.headers[name]
        self._answer: web.StreamResponse | None = None
        self._at = 0
        """Where in the file the next byte is, once the transfer has begun."""
        self._end = 0
        self._etag = ""

    async def run(self) -> web.StreamResponse:
        """Send the file. What is cut is gone on with; a client is never told that it is whole."""
        attempt = 0
        while True:
            attempt += 1
            try:
                done = await self._once()
            except Unreachable as silence:
                if attempt < ATTEMPTS:
                    done = None
                elif self._answer is None:
                    raise silence from None
                else:
                    return self._give_up()
            if done is not None:
                return done
            if attempt >= ATTEMPTS:
                return self._give_up()
            applied("retry")
            await self._sleep(PAUSE_S * 2**attempt)

    async def _once(self) -> web.StreamResponse | None:
        """Make one attempt; None: try again."""
        async with self._key.upstream.fetch(self._url, self._headers) as response:
            if self._answer is not None:
                return await self._go_on(self._answer, response)
            if response.status in _GONE:
                return refusal(404, EXPIRED.format(status=response.status))
            if response.status == 416:
                return web.Response(status=416, headers=_passed(response))
            if response.status not in (200, 206):
                raise Unreachable(UNREACHABLE.format(status=response.status))
            return await self._begin(response)

    async def _begin(self, response: aiohttp.ClientResponse) -> web.StreamResponse | None:
        head = b""
        starts_at = _start(response)
        while len(head) < HEAD_BYTES and (piece := await _piece(response)):
            head += piece
        if starts_at == 0 and not fits("video", head):
            return refusal(502, NO_VIDEO)
        answer = web.StreamResponse(status=response.status, headers=_passed(response))
        answer.content_length = response.content_length
        self._at = starts_at
        self._etag = response.headers.get("etag", "")
        if response.content_length is not None:
            self._end = starts_at + response.content_length
        await answer.prepare(self._request)
        self._answer = answer
        return await self._relay(answer, response, head)

    async def _go_on(
        self, answer: web.StreamResponse, response: aiohttp.ClientResponse
    ) -> web.StreamResponse | None:
        """Go on with a file that was cut: only where it is surely the same file."""
        if response.status == 206 and _start(response) == self._at:
            return await self._relay(answer, response, b"")
        if response.status in (200, 206, 416, *_GONE):
            return self._give_up()
        raise Unreachable(UNREACHABLE.format(status=response.status))

    async def _relay(
        self, answer: web.StreamResponse, response: aiohttp.ClientResponse, piece: bytes
    ) -> web.StreamResponse | None:
        try:
            piece = piece or await _piece(response)
            while piece:
                await answer.write(piece)
                self._at += len(piece)
                piece = await _piece(response)
        except Unreachable:
            if not self._end or not self._etag:
                return self._give_up()
            last = self._end - 1
            self._headers |= {"range": f"bytes={self._at}-{last}", "if-range": self._etag}
            return None
        await answer.write_eof()
        return answer

    def _give_up(self) -> web.StreamResponse:
        """Break the connection: the status is out, and nothing else says that this is not all."""
        assert self._answer is not None
        if self._request.transport is not None:
            self._request.transport.abort()
        return self._answer


def _passed(response: aiohttp.ClientResponse) -> dict[str, str]:
    return {name: response.headers[name] for name in _PASSED if name in response.headers}


def _start(response: aiohttp.ClientResponse) -> int:
    """Return where in the file an answer begins."""
    start = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(start) if response.status == 206 and start.isdecimal() else 0


async def _piece(response: aiohttp.ClientResponse) -> bytes:
    """Return what has arrived, b"" at the end. Raises Unreachable when it was cut."""
    try:
        return await response.content.readany()
    except (aiohttp.ClientError, TimeoutError):
        raise Unreachable("The gateway's file was cut before its end.", connected=True) from None
