"""A relay that does nothing but relay, on the HTTP library of the shim: what that alone costs."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import ClientSession, TCPConnector, web
from yarl import URL


async def main(origin: str, port: int) -> None:
    """Relay from `origin` on a port of loopback, until the process is ended."""
    session = ClientSession(connector=TCPConnector(limit=0))

    async def relay(request: web.BaseRequest) -> web.StreamResponse:
        url = URL(origin + request.raw_path, encoded=True)
        headers = {"content-type": "application/json", "x-goog-api-key": "the-real-key"}
        body = await request.read()
        async with session.request(request.method, url, data=body, headers=headers) as answer:
            if answer.content_length is not None:
                return web.Response(
                    status=answer.status,
                    content_type=answer.content_type,
                    body=await answer.read(),
                )
            stream = web.StreamResponse(headers={"content-type": answer.content_type})
            await stream.prepare(request)
            async for piece in answer.content.iter_any():
                await stream.write(piece)
            await stream.write_eof()
            return stream

    server = web.Server(relay)
    await asyncio.get_running_loop().create_server(server, "127.0.0.1", port, backlog=512)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
