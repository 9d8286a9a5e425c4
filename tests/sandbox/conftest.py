"""A client of the sandbox that hides nothing: bytes as they came, headers as they came."""

import http.client
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY, STUDIO_KEY
from bytespike_cli.sandbox.server import SandboxServer

HI = {"contents": [{"parts": [{"text": "say hi"}]}]}


@dataclass(frozen=True)
class Answer:
    """`complete` is false for a body that was cut."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The words of a whole answer."""
        parts = self.json["candidates"][0]["content"]["parts"]
        return "".join(part.get("text", "") for part in parts)

    @property
    def events(self) -> list[Any]:
        """The parsed events of a stream in its usual framing, `[DONE]` left out."""
        payloads = [frame.removeprefix(b"data: ") for frame in self.body.split(b"\n\n") if frame]
        return [json.loads(p) for p in payloads if p != b"[DONE]"]

    @property
    def streamed_text(self) -> str:
        events = [event for event in self.events if "candidates" in event]
        parts = [p for e in events for p in e["candidates"][0]["content"]["parts"]]
        return "".join(part.get("text", "") for part in parts)


Ask = Callable[..., Answer]


@pytest.fixture
def ask() -> Ask:
    """Ask a sandbox: `ask(sandbox, "gemini-3-flash:generateContent")`, or any path with a slash."""
    return _ask


@pytest.fixture
def say(sandbox: SandboxServer) -> Callable[..., Answer]:
    """Ask the default sandbox one prompt, without streaming: `say("hi", system="be kind")`."""

    def say(text: str, **fields: Any) -> Answer:
        body = {"contents": [{"role": "user", "parts": [{"text": text}]}], **fields}
        return _ask(sandbox, "gemini-3-flash:generateContent", body)

    return say


@pytest.fixture
def post() -> Ask:
    """Ask with the key that reaches all: `post(sandbox, "/v1/tasks/submit", {…})`."""

    def post(
        sandbox: SandboxServer, path: str, body: Any = None, key: str = STUDIO_KEY, **headers: str
    ) -> Answer:
        return _ask(sandbox, path, body, key=key, method="POST", headers=headers)

    return post


@pytest.fixture
def fetch() -> Ask:
    """Get a path, or a URL as the sandbox told it: `fetch(sandbox, url, range="bytes=0-9")`."""

    def fetch(
        sandbox: SandboxServer,
        url: str,
        *,
        key: str | None = STUDIO_KEY,
        method: str = "GET",
        **headers: str,
    ) -> Answer:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return _ask(sandbox, path, key=key, method=method, headers=sent)

    return fetch


def _ask(
    sandbox: SandboxServer,
    target: str = "gemini-3-1-pro:generateContent",
    body: Any = HI,
    *,
    key: str | None = GEMINI_KEY,
    method: str = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    path = target if target.startswith("/") else f"/v1beta/models/{target}"
    gemini = path.startswith("/v1beta")
    sent = {"content-type": "application/json"} | dict(headers or {})
    if key is not None:
        sent["x-goog-api-key" if gemini else "x-api-key"] = key
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    method = method or ("POST" if gemini else "GET")
    connection = http.client.HTTPConnection(urlsplit(sandbox.origin).netloc, timeout=20)
    try:
        connection.request(method, path, raw if method == "POST" else None, sent)
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        try:
            return Answer(response.status, found, response.read())
        except http.client.IncompleteRead as cut:
            return Answer(response.status, found, cut.partial, complete=False)
    finally:
        connection.close()


@pytest.fixture
def raw_stream() -> Callable[[SandboxServer, str], socket.socket]:
    """Begin a stream on a bare socket and return it: for those who leave in the middle."""

    def begin(sandbox: SandboxServer, prompt: str) -> socket.socket:
        body = json.dumps({"contents": [{"parts": [{"text": prompt}]}]})
        address = urlsplit(sandbox.origin)
        plug = socket.create_connection((address.hostname or "", address.port or 0), timeout=20)
        head = (
            "POST /v1beta/models/gemini-3-1-pro:streamGenerateContent?alt=sse HTTP/1.1\r\n"
            f"host: {address.netloc}\r\nx-goog-api-key: {GEMINI_KEY}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        plug.sendall((head + body).encode())
        return plug

    return begin
