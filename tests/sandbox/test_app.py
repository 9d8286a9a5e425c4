"""Routes, connection faults, and what happens around every request."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from bytespike_cli.sandbox import delivery
from bytespike_cli.sandbox.call import Call
from bytespike_cli.sandbox.config import MAX_BODY_BYTES
from bytespike_cli.sandbox.seed import GEMINI_KEY

STREAM = "gemini-3-1-pro:streamGenerateContent?alt=sse"


@pytest.mark.parametrize(
    ("method", "path", "status", "google"),
    [
        ("GET", "/v1beta/models", 404, True),
        ("GET", "/v1beta/models/gemini-3-flash", 404, True),
        ("POST", "/v1beta/models/gemini-3-flash:countTokens", 404, True),
        ("POST", "/v1beta/models/gemini-3-flash:embedContent", 404, True),
        ("POST", "/v1beta/v1beta/models/gemini-3-flash:generateContent", 404, True),
        ("POST", "/v1beta/models/models/gemini-3-flash:generateContent", 404, True),
        ("GET", "/v1beta/models/gemini-3-flash:generateContent", 404, True),
        ("POST", "/v1/models/gemini-3-flash:generateContent", 404, False),
        ("POST", "/v1/models", 404, False),
        ("GET", "/v1/balance", 404, False),
        ("GET", "/", 404, False),
    ],
)
def test_only_documented_routes_exist(
    sandbox: Any, ask: Any, method: str, path: str, status: int, google: bool
) -> None:
    answer = ask(sandbox, path, method=method)
    assert answer.status == status
    error = answer.json["error"]
    if google:
        assert (error["code"], error["status"]) == (404, "NOT_FOUND")
    else:
        assert error["code"] == "not_found"


@pytest.mark.parametrize("path", ["/v1/balance", "/v1beta/models", "/v1beta/files"])
def test_a_path_that_is_not_there_tells_a_good_key_its_quota(
    sandbox: Any, ask: Any, path: str
) -> None:
    good, bad = (ask(sandbox, path, method="GET", key=key) for key in (GEMINI_KEY, "wrong"))
    assert (good.status, bad.status) == (404, 404)
    assert good.headers["x-quota-remaining-credits"] == "100.00"
    assert bad.headers["x-quota-remaining-credits"] == "0.00"


def test_anthropic_path_fails_in_anthropic_shape(sandbox: Any, ask: Any) -> None:
    answer = ask(sandbox, "/v1/messages", method="POST")
    assert answer.json == {
        "type": "error",
        "error": {"type": "not_found_error", "message": "no such route: POST /v1/messages"},
    }


def test_a_body_over_the_limit_is_413(sandbox: Any, ask: Any) -> None:
    answer = ask(sandbox, body=b" " * (MAX_BODY_BYTES + 1))
    assert answer.status == 413
    assert answer.json["error"]["code"] == 413


def test_a_large_body_under_the_limit_passes(sandbox: Any, ask: Any) -> None:
    body = {"contents": [{"parts": [{"text": "x" * 4_000_000}]}]}
    answer = ask(sandbox, body=body)
    assert answer.status == 200
    assert sandbox.state.journal[-1].body is None
    assert sandbox.state.journal[-1].body_bytes > 4_000_000


@pytest.mark.parametrize("fault", ["close", "reset"])
def test_a_connection_that_dies_before_the_answer(make_sandbox: Any, ask: Any, fault: str) -> None:
    sandbox = make_sandbox(faults=[f"{fault}@1"])
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(sandbox)
    assert ask(sandbox).status == 200
    dead, alive = sandbox.state.journal
    assert (dead.status, dead.billed, dead.aborted) == (0, 0, False)
    assert alive.billed > 0


def test_slow_still_answers(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["any/slow:1"])
    assert ask(sandbox).status == 200
    assert sandbox.state.journal[-1].fault == "any/slow:1"


def test_hang_ends_when_the_client_leaves(make_sandbox: Any, raw_stream: Any) -> None:
    sandbox = make_sandbox(faults=["hang"])
    plug = raw_stream(sandbox, "say hi")
    assert sandbox.state.journal.wait_for(lambda j: len(j) == 1)
    plug.close()
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    record = sandbox.state.journal[-1]
    assert (record.status, record.billed, record.aborted) == (0, 0, True)


def test_sixty_four_streams_at_once(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(word_delay_ms=1)
    body = {"contents": [{"parts": [{"text": "count to 40"}]}]}
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: ask(sandbox, STREAM, body), range(64)))
    expected = " ".join(map(str, range(1, 41)))
    assert {answer.streamed_text for answer in answers} == {expected}
    assert sum(record.billed for record in sandbox.state.journal) == 64 * 10_000


def test_a_clock_that_is_ahead(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(now=lambda: 1_000_000_000.0, faults=["clock-skew:3600"])
    for target in ("/v1/models", "gemini-3-flash:streamGenerateContent?alt=sse"):
        assert ask(sandbox, target).headers["date"] == "Sun, 09 Sep 2001 02:46:40 GMT"


@pytest.mark.parametrize("fault", ["close", "reset"])
def test_a_dropped_connection_is_no_error_of_the_server(
    make_sandbox: Any, ask: Any, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    with pytest.raises(ConnectionError):
        ask(sandbox)
    sandbox.stop()
    assert not caplog.records
    assert not sandbox.state.journal[-1].aborted


def test_a_client_that_is_gone_before_the_server_writes_is_no_error_either(
    sandbox: Any, ask: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(call: Call, *_: Any) -> bool:
        assert call.request.transport is not None
        call.request.transport.abort()
        raise ConnectionResetError("Cannot write to closing transport")

    monkeypatch.setattr(delivery, "_events", gone)
    with suppress(ConnectionError):  # the head of the answer may or may not have come
        ask(sandbox, STREAM)
    sandbox.stop()
    assert not caplog.records
    assert sandbox.state.journal[-1].aborted
