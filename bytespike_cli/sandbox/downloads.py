"""The asset host: result files at signed addresses, whole or in ranges (contract.md 1, 3.11)."""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from bytespike_cli.sandbox.assets import TYPES, Asset
from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.errors import HTML_TYPE
from bytespike_cli.sandbox.faults import Fault
from bytespike_cli.sandbox.media import free_box

PIECE_BYTES = 64 * 1024
SLOW_PIECE_BYTES = 256
MIB = 1024 * 1024
XML_TYPE = "application/xml"
PAGE = b"<html><head><title>Sign in</title></head><body>Sign in to this network</body></html>"

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of a file, and zeros after them that need no memory."""

    head: bytes
    zeros: int = 0

    def __len__(self) -> int:
        return len(self.head) + self.zeros

    def pieces(self, start: int, end: int, size: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `end`."""
        while start < end:
            until = min(start + size, end)
            piece = self.head[start:until]
            yield piece + bytes(until - start - len(piece))
            start = until


async def download(call: Call, path: str) -> web.StreamResponse:
    """GET or HEAD of a result URL. It takes no key: whoever has the address has the file."""
    query = call.request.query
    asset = call.state.assets.find(path)
    if asset is None:
        return _xml(404, "NoSuchKey")
    if not call.state.assets.is_signed(path, query):
        return _xml(403, "SignatureDoesNotMatch")
    fault = call.strike("body")
    if call.state.assets.is_past(query) or (fault and fault.name == "asset-expired"):
        gone = call.state.dialects["asset-expired"] == "404"
        return _xml(404, "NoSuchKey") if gone else _xml(403, "AccessDenied")
    call.answer_fault()
    return await _send(call, asset, fault)


async def _send(call: Call, asset: Asset, fault: Fault | None) -> web.StreamResponse:
    name = fault.name if fault else ""
    body = _body(call, asset, fault)
    etag = f'"{hashlib.sha256(body.head).hexdigest()[:16]}"'
    headers = {"content-type": TYPES[asset.kind], "etag": etag, "accept-ranges": "bytes"}
    match name:
        case "asset-untyped":
            headers["content-type"] = "application/octet-stream"
        case "asset-page" | "error-in-200":
            headers["content-type"] = HTML_TYPE
    try:
        start, end = _range(call, len(body), etag)
    except ValueError:
        return web.Response(status=416, headers={"content-range": f"bytes */{len(body)}"})
    status = 200
    if call.state.dialects["asset-ranges"] == "ignored":
        del headers["accept-ranges"]
    elif (start, end) != (0, len(body)) or "range" in call.request.headers:
        whole = "if-range" in call.request.headers and (start, end) == (0, len(body))
        if not whole:
            status = 206
            headers["content-range"] = f"bytes {start}-{end - 1}/{len(body)}"
    response = web.StreamResponse(status=status, headers=headers)
    if name != "asset-no-length":
        more = fault.argument if fault and name == "asset-long" else 0
        response.content_length = end - start + more
    call.record.status = status
    await response.prepare(call.request)
    if call.request.method == "GET":
        await _write(call, response, body, range(start, end), fault)
    return response


async def _write(
    call: Call, response: web.StreamResponse, body: Body, sent: range, fault: Fault | None
) -> None:
    slow = call.strike("stream")
    size = SLOW_PIECE_BYTES if slow else PIECE_BYTES
    cut = fault is not None and fault.name in ("asset-cut", "asset-long")
    end = sent.stop
    if fault is not None and fault.name == "asset-cut":
        end = min(end, sent.start + fault.argument)
    for piece in body.pieces(sent.start, end, size):
        await response.write(piece)
        call.record.bytes_sent += len(piece)
        call.state.journal.touch()
        if slow:
            await asyncio.sleep(slow.argument / 1000)
    # Settled before the client can see the end: it may look at the journal at once.
    call.state.journal.close(call.record)
    if cut and call.request.transport is not None:
        call.request.transport.close()
    else:
        await response.write_eof()


def _body(call: Call, asset: Asset, fault: Fault | None) -> Body:
    content = asset.content()
    large = call.strike("task")
    zeros = 0
    if large is not None:
        zeros = large.argument * MIB
        content += (zeros + 8).to_bytes(4) + b"free"  # a box whose content is the zeros
    match fault.name if fault else "":
        case "asset-short":
            return Body(content[: fault.argument if fault else 0])
        case "asset-garbled" | "garbled":
            return Body(b"\xff" * len(content), zeros)
        case "asset-page" | "error-in-200":
            return Body(PAGE)
        case "asset-changed":
            return Body(content + free_box(b"changed"), zeros)
        case "empty-body":
            return Body(b"")
    return Body(content, zeros)


def _range(call: Call, length: int, etag: str) -> tuple[int, int]:
    """Return start and end of what is asked for. Raises ValueError if it is not in the file."""
    asked = call.request.headers.get("range", "")
    found = _RANGE.fullmatch(asked)
    ignored = call.state.dialects["asset-ranges"] == "ignored"
    if found is None or ignored or call.request.headers.get("if-range", etag) != etag:
        return 0, length
    first, last = found.groups()
    if first:
        start, end = int(first), min(int(last) + 1 if last else length, length)
    elif last:
        start, end = max(0, length - int(last)), length
    else:
        return 0, length
    if start >= end:
        raise ValueError(asked)
    return start, end


def _xml(status: int, code: str) -> web.Response:
    """Return the refusal of an object store."""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return web.Response(status=status, body=text.encode(), headers={"content-type": XML_TYPE})
