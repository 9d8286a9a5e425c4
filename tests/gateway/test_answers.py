from collections.abc import Iterator

import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway import Gateway
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeSandbox

MODEL = "gemini-3-flash"


def ask(text: str) -> dict[str, object]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


def streamed(server: SandboxServer, text: str = "count to 12") -> Iterator[str]:
    with Gateway(server.origin, GEMINI_KEY) as gateway, gateway.stream(MODEL, ask(text)) as stream:
        yield from (chunk.text for chunk in stream)


COUNTED = " ".join(str(n) for n in range(1, 13))


@pytest.mark.parametrize(
    "dialects",
    [
        {},
        {"done": "never"},
        {"done": "unterminated"},
        {"framing": "crlf"},
        {"framing": "comments"},
        {"framing": "no-last-blank", "done": "never"},
        {"framing": "split-utf8"},
        {"framing": "many-writes"},
        {"framing": "many-events"},
        {"framing": "array"},
        {"finish-reason": "own-event"},
        {"finish-reason": "missing"},
        {"thoughts": "part"},
        {"thoughts": "signature"},
        {"compression": "gzip"},
    ],
    ids=lambda d: " ".join(f"{k}={v}" for k, v in d.items()) or "default",
)
def test_every_dialect_gives_the_same_text(
    make_sandbox: MakeSandbox, dialects: dict[str, str]
) -> None:
    assert "".join(streamed(make_sandbox(dialects=dialects))) == COUNTED


def test_headers_of_a_stream(sandbox: SandboxServer) -> None:
    with (
        Gateway(sandbox.origin, GEMINI_KEY) as gateway,
        gateway.stream(MODEL, ask("say hi")) as stream,
    ):
        assert stream.quota.key_remaining_usd is not None
        finishes = [c.document["candidates"][0].get("finishReason") for c in stream]
    assert finishes[-1] == "STOP"


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("cut:3", errors.BrokenStreamError, "complete"),
        ("early-end:3", errors.BrokenStreamError, "complete"),
        ("garbled:3", errors.BrokenStreamError, "complete"),
        ("mid-error-google:3", errors.GatewayError, "capacity"),
        ("mid-error-openai:3", errors.GatewayError, "capacity"),
        ("mid-error-anthropic:3", errors.GatewayError, "capacity"),
    ],
)
def test_what_had_come_stays(
    make_sandbox: MakeSandbox, fault: str, kind: type[errors.BytespikeError], words: str
) -> None:
    server = make_sandbox(faults=[fault], dialects={"done": "never"})
    came: list[str] = []
    with pytest.raises(kind, match=words) as caught:
        came.extend(streamed_into(server, came))
    assert type(caught.value) is kind
    assert "".join(came) == "1 2 3"
    assert len(list(server.state.journal)) == 1, "a broken stream is never sent again"


def streamed_into(server: SandboxServer, came: list[str]) -> list[str]:
    for text in streamed(server):
        came.append(text)
    return []


def test_a_200_with_an_error_or_nothing_in_it(make_sandbox: MakeSandbox) -> None:
    with pytest.raises(errors.GatewayError):
        list(streamed(make_sandbox(faults=["error-in-200"])))
    with pytest.raises(errors.ProtocolError, match="nothing in it"):
        list(streamed(make_sandbox(faults=["empty-body"])))


def test_a_page_is_no_stream() -> None:
    page = httpx.Response(
        200, content=b"<html>Sign in</html>", headers={"content-type": "text/html"}
    )
    gateway = Gateway(
        "https://gateway.example", "sk-byts-x", transport=httpx.MockTransport(lambda _: page)
    )
    with pytest.raises(errors.BytespikeError) as caught, gateway.stream(MODEL, {}) as stream:
        list(stream)
    assert caught.value.status == 11


def test_chunks_come_as_they_are_sent_and_leaving_stops_the_gateway(
    make_sandbox: MakeSandbox,
) -> None:
    # A stream that falls silent: a client that buffers would never see its first words.
    server = make_sandbox(faults=["stall:2"])
    texts = streamed(server, "count to 1000")
    assert [next(texts), next(texts)] == ["1", " 2"]
    texts.close()  # type: ignore[attr-defined]
    assert server.state.journal.wait_for(lambda journal: journal[0].aborted)
    assert server.state.journal[0].events_sent == 2
