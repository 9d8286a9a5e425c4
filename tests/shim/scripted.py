"""A gateway that answers whatever a test says, byte for byte, for what the sandbox never does."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Script = Callable[[str, bytes], Sequence[bytes]]
"""From `POST /path?query` and body to the writes of the answer; an empty last one closes."""


@dataclass
class Scripted:
    origin: str
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    headers: list[bytes] = field(default_factory=list)


def http(
    body: bytes, status: int = 200, content_type: str = "application/json", *headers: str
) -> list[bytes]:
    """Return one write that is a whole answer."""
    lines = [f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    top = f"HTTP/1.1 {status} Status\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n"
    return [top.encode() + body]


def streamed(*writes: bytes, content_type: str = "text/event-stream") -> list[bytes]:
    """Return the writes of an answer that ends with its connection."""
    top = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n"
    return [top.encode(), *writes, b""]


@contextmanager
def scripted(script: Script) -> Iterator[Scripted]:
    """Serve a script on loopback, each connection in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    gateway = Scripted(f"http://127.0.0.1:{listener.getsockname()[1]}")

    def accept() -> None:
        with suppress(OSError):
            while True:
                plug, _ = listener.accept()
                threading.Thread(target=serve, args=(plug,), daemon=True).start()

    def serve(plug: socket.socket) -> None:
        with plug, suppress(OSError):
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            received = plug.makefile("rb")
            while line := received.readline():
                lines = [line]
                while (line := received.readline()) not in (b"\r\n", b""):
                    lines.append(line)
                head = b"".join(lines)
                sizes = [h[15:] for h in lines if h.lower().startswith(b"content-length:")]
                body = received.read(int(sizes[0])) if sizes else b""
                target = head.split(b" HTTP/", 1)[0].decode()
                gateway.headers.append(head)
                gateway.asked.append((target, body))
                for piece in script(target, body):
                    if not piece:
                        plug.shutdown(socket.SHUT_WR)
                        return
                    plug.sendall(piece)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield gateway
    finally:
        listener.close()
