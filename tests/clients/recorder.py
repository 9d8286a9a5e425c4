"""A proxy on loopback in the place of the network: it shows what would have left this machine.

CONNECT to one of `PRETENDED` is answered by the proxy itself, with a certificate that it makes;
every other host is noted and refused. Programs whose node knows no proxies are led to a second
port, which speaks TLS at once (`recorder.mjs`).
"""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GOOGLE = "generativelanguage.googleapis.com"
PRETENDED = (GOOGLE, "aiplatform.googleapis.com", "cloudcode-pa.googleapis.com")
OPENSSL = shutil.which("openssl")
_CERTIFICATE_VARIABLES = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_LEADS_NODE = Path(__file__).parent / "recorder.mjs"

REFUSAL = json.dumps(
    {
        "error": {
            "code": 400,
            "message": "API key not valid. Please pass a valid API key.",
            "status": "INVALID_ARGUMENT",
        }
    }
).encode()
"""What Google answers to a key that is not one of its own (contract.md C15)."""


@dataclass(frozen=True)
class Seen:
    """A request that reached the network."""

    host: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def key(self) -> str:
        return self.headers.get("x-goog-api-key", "")

    def shows(self, secret: str) -> bool:
        """Return whether a secret travels in it, in whatever form."""
        return any(secret in text for text in (self.path, self.body, *self.headers.values()))


@dataclass
class Recorder:
    """`variables` send a program through the proxy and make it trust its certificate."""

    variables: dict[str, str]
    node_variables: dict[str, str]
    """The same for node's own fetch."""
    connects: list[str] = field(default_factory=list)
    """Every host that was asked for, in order."""
    requests: list[Seen] = field(default_factory=list)


@contextmanager
def recording(folder: Path) -> Iterator[Recorder]:
    """Run a recording proxy; its certificate is made in `folder`. Needs the openssl command."""
    certificate, secret = _make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    proxy, direct = _Server(context), _Server(context, tls=True)
    address = f"http://127.0.0.1:{proxy.server_port}"
    trusted = dict.fromkeys(_CERTIFICATE_VARIABLES, str(certificate))
    recorder = Recorder(
        {"HTTPS_PROXY": address, **trusted},
        {
            "NODE_OPTIONS": f"--import={_LEADS_NODE.as_uri()}",
            "RECORDER_PORT": str(direct.server_port),
            **trusted,
        },
    )
    threads = []
    for server in (proxy, direct):
        server.recorder = recorder
        threads.append(threading.Thread(target=server.serve_forever, args=(0.05,)))
        threads[-1].start()
    try:
        yield recorder
    finally:
        for server in (proxy, direct):
            server.shutdown()
        for thread in threads:
            thread.join()
        proxy.server_close()
        direct.server_close()


def _make_certificate(folder: Path) -> tuple[Path, Path]:
    assert OPENSSL is not None
    certificate, secret = folder / "network.pem", folder / "network.key"
    names = ",".join(f"DNS:{host}" for host in PRETENDED)
    made = subprocess.run(
        [
            *(OPENSSL, "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=recorder"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", f"subjectAltName={names}"),
            *("-keyout", str(secret), "-out", str(certificate)),
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return certificate, secret


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    recorder: Recorder

    def __init__(self, context: ssl.SSLContext, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.context = context
        if tls:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.rpartition(":")[0]
        self.server.recorder.connects.append(self.host)
        if self.host not in PRETENDED:
            self.send_error(502, "the network is not there")
            return
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        except OSError:
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = self.host or headers.get("host", "")
        seen = Seen(host, self.path, headers, body.decode(errors="replace"))
        self.server.recorder.requests.append(seen)
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(REFUSAL)))
        self.end_headers()
        self.wfile.write(REFUSAL)

    do_GET = do_POST  # noqa: N815 - the name is http.server's

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            pass
        finally:
            self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's
        return None
