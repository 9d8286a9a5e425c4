"""When the shim cannot run: an answer that says so, for a client without one asks for minutes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable

from bytespike_cli.redact import scrub

READ_WITHIN_S = 1.0


def answer_all(
    listener: socket.socket, client_end: Callable[[], Awaitable[object]], defect: Exception
) -> None:
    """Answer every request with what went wrong, until the client has ended."""
    words = f"bytespike's shim could not run: {type(defect).__name__}: {defect}"
    body = json.dumps({"error": {"code": 424, "message": scrub(words), "status": "UNAVAILABLE"}})
    content = body.encode()
    answer = (
        b"HTTP/1.1 424 Failed Dependency\r\ncontent-type: application/json\r\n"
        b"connection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(content), content)
    )

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                while await reader.read(65536):
                    pass
        except TimeoutError:
            pass
        writer.write(answer)
        await writer.drain()
        writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(reply, sock=listener):
            await client_end()

    asyncio.run(serve())
