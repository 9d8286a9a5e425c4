"""Servers that are no gateway, for the tests of the way to it: pages, proxies, TLS, silence."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bytespike_cli.sandbox import tls

CERTIFICATES = Path(tls.__file__).parent / "certificates"
"""The sandbox's own."""
SIGNER = "bytespike sandbox, authority"
DATE = "Tue, 24 Nov 2026 20:00:00 GMT"


def answer(status: str, body: str = "", **headers: str) -> bytes:
    """Return a whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@contextmanager
def serving(reply: bytes, *, certificate: str = "") -> Iterator[int]:
    """Answer every request with the same bytes, over TLS if there is a certificate; the port."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")

    def talk(plug: socket.socket) -> None:
        with suppress(OSError), plug:
            secured = context.wrap_socket(plug, server_side=True) if context else plug
            with secured:
                if secured.recv(65536):
                    secured.sendall(reply)

    with listening(talk) as port:
        yield port


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hand each connection to `talk`, in a thread of its own; the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                plug, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(plug,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def silent() -> Iterator[int]:
    """Let connections in the kernel's queue time out: nobody accepts, and the queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        for _ in range(4):
            plug = socket.socket()
            plug.setblocking(False)
            with suppress(BlockingIOError):
                plug.connect(address)
            waiting.append(plug)
        try:
            yield address[1]
        finally:
            for plug in waiting:
                plug.close()


def closed_port() -> int:
    """Return a port at which nothing listens."""
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))
        port: int = plug.getsockname()[1]
        return port
