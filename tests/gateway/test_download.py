import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway.download import ExpiredError, fetch

URL = "https://cdn.example/vid/ex.mp4?signature=secret"
CONTENT = bytes(range(256)) * 40


class Memory:
    """A sink in memory."""

    def __init__(self, content: bytes = b"", etag: str = "") -> None:
        self.content = content
        self.size = len(content)
        self.etag = etag
        self.restarts = 0

    def restart(self, etag: str) -> None:
        self.content, self.size, self.etag = b"", 0, etag
        self.restarts += 1

    def write(self, data: bytes) -> None:
        self.content += data
        self.size += len(data)


class Cdn:
    """A host of files: each request is answered by the next of a list, the last one for ever."""

    def __init__(self, *answers: Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)

    def fetch(self, sink: Memory, url: str = URL, **settings: Any) -> None:
        fetch(
            url, sink, variables={}, pause=self.pauses.append,
            transport=httpx.MockTransport(self), **settings,
        )  # fmt: skip


class Cut(httpx.SyncByteStream):
    """A body that breaks off."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Any:
        yield self.content
        raise httpx.ReadError("cut")


def serve(
    content: bytes = CONTENT, etag: str = '"v1"', cut: int | None = None
) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        start, status, headers = 0, 200, {"etag": etag}
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if asked and request.headers.get("if-range", etag) == etag:
            start, status = int(asked[1]), 206
            headers["content-range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        headers["content-length"] = str(len(body))
        if cut is not None:
            return httpx.Response(status, headers=headers, stream=Cut(body[:cut]))
        return httpx.Response(status, headers=headers, content=body)

    return answer


def status(number: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _request: httpx.Response(number, headers=headers, content=b"<Error/>")


def test_a_file() -> None:
    sink, seen = Memory(), []
    cdn = Cdn(serve())
    cdn.fetch(sink, on_progress=lambda done, total: seen.append((done, total)))
    assert sink.content == CONTENT
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_nothing_of_ours_is_sent_but_a_name() -> None:
    cdn = Cdn(serve())
    cdn.fetch(Memory())
    (request,) = cdn.asked
    names = {"authorization", "x-api-key", "x-goog-api-key", "cookie"}
    assert names.isdisjoint(request.headers)
    assert request.headers["user-agent"].startswith("bytespike/")


def test_what_was_cut_is_gone_on_with() -> None:
    sink = Memory()
    cdn = Cdn(serve(cut=1000), serve(cut=2000), serve())
    cdn.fetch(sink)
    assert sink.content == CONTENT
    assert [r.headers.get("range") for r in cdn.asked] == [None, "bytes=1000-", "bytes=3000-"]
    assert cdn.asked[1].headers["if-range"] == '"v1"'
    assert sink.restarts == 1


def test_cuts_that_bring_something_are_no_reason_to_stop() -> None:
    sink = Memory()
    Cdn(serve(cut=500)).fetch(sink)
    assert sink.content == CONTENT


def test_attempts_that_bring_nothing_are() -> None:
    cdn = Cdn(serve(cut=0))
    with pytest.raises(errors.NetworkError):
        cdn.fetch(Memory())
    assert len(cdn.asked) == 4


def test_a_part_of_another_process_is_gone_on_with() -> None:
    sink = Memory(CONTENT[:3000], '"v1"')
    cdn = Cdn(serve())
    cdn.fetch(sink)
    assert (sink.content, sink.restarts) == (CONTENT, 0)


def test_a_part_of_another_version_is_thrown_away() -> None:
    sink = Memory(b"other" * 100, '"v0"')
    Cdn(serve()).fetch(sink)
    assert (sink.content, sink.restarts) == (CONTENT, 1)


def test_a_host_without_ranges_sends_it_all_again() -> None:
    def whole(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=CONTENT)

    sink = Memory()
    Cdn(serve(cut=1000), whole).fetch(sink)
    assert sink.content == CONTENT


def test_a_part_that_is_all_there_is() -> None:
    sink = Memory(CONTENT, '"v1"')
    total = len(CONTENT)
    Cdn(status(416, **{"content-range": f"bytes */{total}"})).fetch(sink)
    assert sink.content == CONTENT


def test_a_part_that_is_too_long() -> None:
    sink = Memory(CONTENT + b"x", '"v1"')
    total = len(CONTENT)
    Cdn(status(416, **{"content-range": f"bytes */{total}"}), serve()).fetch(sink)
    assert sink.content == CONTENT


def test_another_range_than_was_asked_for() -> None:
    def wrong(_request: httpx.Request) -> httpx.Response:
        headers = {"content-range": f"bytes 0-9/{len(CONTENT)}"}
        return httpx.Response(206, headers=headers, content=CONTENT[:10])

    sink = Memory(CONTENT[:100], '"v1"')
    Cdn(wrong, serve()).fetch(sink)
    assert sink.content == CONTENT


@pytest.mark.parametrize("number", [401, 403, 404, 410])
def test_an_address_that_has_expired(number: int) -> None:
    cdn = Cdn(status(number))
    with pytest.raises(ExpiredError) as caught:
        cdn.fetch(Memory())
    assert len(cdn.asked) == 1
    assert "secret" not in f"{caught.value.cause}{caught.value.detail}"


def test_what_passes_is_waited_out() -> None:
    sink = Memory()
    cdn = Cdn(status(503), status(429, **{"retry-after": "7"}), serve())
    cdn.fetch(sink)
    assert sink.content == CONTENT
    assert cdn.pauses == [1.0, 7.0]


@pytest.mark.parametrize(
    ("number", "kind"), [(503, errors.GatewayError), (400, errors.ProtocolError)]
)
def test_what_does_not(number: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        Cdn(status(number)).fetch(Memory())


def test_redirects_are_followed() -> None:
    def leading(request: httpx.Request) -> httpx.Response:
        if request.url.host == "cdn.example":
            return httpx.Response(302, headers={"location": "https://edge.example/x"})
        return serve()(request)

    sink = Memory()
    Cdn(leading).fetch(sink)
    assert sink.content == CONTENT


@pytest.mark.parametrize("location", ["http://cdn.example/x", "https://cdn.example/again"])
def test_but_not_everywhere(location: str) -> None:
    with pytest.raises(errors.ProtocolError):
        Cdn(status(302, location=location)).fetch(Memory())


@pytest.mark.parametrize("url", ["https://", "ftp://x/y", "https://[/x"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises((errors.ProtocolError, errors.ConfigurationError)):
        Cdn(serve()).fetch(Memory(), url)


def test_the_sinks_errors_are_its_own() -> None:
    class Full(Memory):
        def write(self, data: bytes) -> None:
            raise errors.OutputError("full")

    with pytest.raises(errors.OutputError):
        Cdn(serve()).fetch(Full())
