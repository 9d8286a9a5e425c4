"""The gateway, as the shim asks it: forms of the key, retries, what is not retried."""

import asyncio
import json
import socket
import time
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_KEY
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm
from bytespike_cli.wire.envelope import Cause
from tests.conftest import MakeSandbox

PATH = "/v1beta/models/gemini-3-flash:generateContent"
BODY = json.dumps({"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}).encode()
HEADERS = {"content-type": "application/json"}


class Tried:
    """What came of sending requests: answers, waits, and the form that was found."""

    def __init__(self) -> None:
        self.answers: list[int | Refused | Unreachable] = []
        self.waits: list[float] = []
        self.form: AuthForm | None = None


def send(
    origin: str, times: int = 1, path: str = PATH, *, once: bool = False, **settings: Any
) -> Tried:
    tried = Tried()

    async def sleep(seconds: float) -> None:
        tried.waits.append(seconds)

    async def body() -> None:
        given = {"secret": GEMINI_KEY, "token": "t", "now": time.time, "key_name": "k", **settings}
        upstream = Upstream(ShimSettings(origin=origin, **given), sleep)
        await upstream.open()
        for _ in range(times):
            try:
                request = UpstreamRequest("POST", path, "", dict(HEADERS), BODY, once)
                async with upstream.send(request) as response:
                    await response.read()
                    tried.answers.append(response.status)
            except (Refused, Unreachable) as failure:
                tried.answers.append(failure)
        tried.form = upstream.auth_form
        await upstream.close()

    asyncio.run(body())
    return tried


@pytest.mark.parametrize(
    ("dialect", "form", "requests"),
    [
        ("all", AuthForm.HEADER, ["x-goog-api-key"] * 2),
        ("header-only", AuthForm.HEADER, ["x-goog-api-key"] * 2),
        ("query-only", AuthForm.QUERY, ["x-goog-api-key", "?key=", "?key="]),
        ("bearer-only", AuthForm.BEARER, ["x-goog-api-key", "?key=", "bearer", "bearer"]),
    ],
)
def test_the_form_that_works_is_found_once_and_one_is_sent_at_a_time(
    make_sandbox: MakeSandbox, dialect: str, form: AuthForm, requests: list[str]
) -> None:
    sandbox = make_sandbox(dialects={"auth": dialect})
    tried = send(sandbox.origin, times=2)
    assert tried.answers == [200, 200]
    assert tried.form == form
    assert [len(record.auth_forms) for record in sandbox.state.journal] == [1] * len(requests)
    seen = [record.auth_forms[0] for record in sandbox.state.journal]
    assert [name.lower() for name in seen] == requests


def test_a_success_elsewhere_says_nothing_of_the_form(make_sandbox: MakeSandbox) -> None:
    """The catalogue is asked for first, with a Bearer token, whatever /v1beta takes."""
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    settings = ShimSettings(origin=sandbox.origin, secret=GEMINI_KEY, token="t", now=time.time)

    async def body() -> list[int]:
        upstream = Upstream(settings)
        await upstream.open()
        answers = []
        for method, path in (("GET", "/v1/models"), ("POST", PATH)):
            request = UpstreamRequest(method, path, "", dict(HEADERS), BODY)
            async with upstream.send(request) as response:
                answers.append(response.status)
        await upstream.close()
        return answers

    assert asyncio.run(body()) == [200, 200]


@pytest.mark.parametrize(
    ("dialect", "seen", "requests", "saved"),
    [
        ("query-only", None, ["x-goog-api-key", "?key=", "?key="], [AuthForm.QUERY]),
        ("query-only", AuthForm.QUERY, ["?key=", "?key="], []),
        ("header-only", AuthForm.QUERY, ["?key=", *["x-goog-api-key"] * 2], [AuthForm.HEADER]),
        ("all", None, ["x-goog-api-key"] * 2, [AuthForm.HEADER]),
    ],
)
def test_what_was_seen_to_work_is_begun_with_and_what_is_found_is_kept(
    make_sandbox: MakeSandbox,
    dialect: str,
    seen: AuthForm | None,
    requests: list[str],
    saved: list[str],
) -> None:
    sandbox = make_sandbox(dialects={"auth": dialect})
    kept: list[AuthForm] = []
    tried = send(sandbox.origin, times=2, seen_form=seen, save_form=kept.append)
    assert tried.answers == [200, 200]
    assert [record.auth_forms[0].lower() for record in sandbox.state.journal] == requests
    assert kept == saved


def test_a_refused_key_says_nothing_of_the_form(make_sandbox: MakeSandbox) -> None:
    kept: list[AuthForm] = []
    send(make_sandbox().origin, secret="sk-byts-wrong-key", save_form=kept.append)
    assert kept == []


def test_a_configured_form_is_kept(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"auth": "query-only"})
    tried = send(sandbox.origin, auth_form=AuthForm.HEADER)
    assert isinstance(tried.answers[0], Refused)
    assert len(sandbox.state.journal) == 1


@pytest.mark.parametrize("dialect", ["401", "400"])
def test_a_bad_key_is_told_once_all_forms_were_tried(
    make_sandbox: MakeSandbox, dialect: str
) -> None:
    sandbox = make_sandbox(dialects={"bad-key": dialect})
    tried = send(sandbox.origin, times=3, secret="sk-byts-wrong-key")
    for answer in tried.answers:
        assert isinstance(answer, Refused)
        assert answer.failure.cause in {Cause.BAD_KEY, Cause.BAD_KEY_OR_CHANNEL}
    if dialect == "401":
        # The second and third are repeated from memory: the key will not be better at once.
        assert len(sandbox.state.journal) == len(FALLBACK_ORDER)


def test_a_used_up_quota_is_asked_once(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox()
    tried = send(sandbox.origin, times=3, secret=BY_NAME["quota-0001"].secret)
    assert [type(answer) for answer in tried.answers] == [Refused] * 3
    assert tried.waits == []
    assert len(sandbox.state.journal) == 1


@pytest.mark.parametrize(
    ("fault", "waits"),
    [("internal", [1, 2, 4]), ("unavailable", [1, 2, 4]), ("cdn-524", [1, 2, 4])],
)
def test_5xx_is_tried_four_times_from_one_second(
    make_sandbox: MakeSandbox, fault: str, waits: list[float]
) -> None:
    """contract.md 4.4."""
    sandbox = make_sandbox(faults=[fault])
    tried = send(sandbox.origin)
    assert isinstance(tried.answers[0], Refused)
    assert tried.waits == waits
    assert len(sandbox.state.journal) == 4


def test_500_then_200(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["internal@1"])
    tried = send(sandbox.origin)
    assert tried.answers == [200]
    assert sandbox.state.journal[-1].billed > 0


def test_concurrency_waits_one_to_three_seconds(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["concurrency@1-2"])
    tried = send(sandbox.origin)
    assert tried.answers == [200]
    assert len(tried.waits) == 2
    assert all(1.0 <= wait <= 3.0 for wait in tried.waits)


def test_a_far_away_spend_cap_is_reported_at_once(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["spend-cap:7200"])
    tried = send(sandbox.origin)
    answer = tried.answers[0]
    assert isinstance(answer, Refused)
    assert answer.failure.cause is Cause.SPEND_CAP
    assert tried.waits == []


def test_a_spend_cap_that_resets_in_a_moment_is_waited_for(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["spend-cap:3@1"])
    tried = send(sandbox.origin)
    assert tried.answers == [200]
    assert len(tried.waits) == 1
    assert 0 < tried.waits[0] <= 4


@pytest.mark.parametrize("fault", ["invalid-param", "ip", "unknown-model", "too-large", "blocked"])
def test_other_4xx_is_never_tried_again(make_sandbox: MakeSandbox, fault: str) -> None:
    sandbox = make_sandbox(faults=[fault])
    tried = send(sandbox.origin)
    assert isinstance(tried.answers[0], Refused)
    assert len(sandbox.state.journal) == 1


@pytest.mark.parametrize("fault", ["close", "reset"])
def test_a_request_that_may_have_arrived_is_not_sent_again(
    make_sandbox: MakeSandbox, fault: str
) -> None:
    """generateContent is not idempotent: a second one would be billed again (contract.md 3.1)."""
    sandbox = make_sandbox(faults=[fault])
    tried = send(sandbox.origin)
    answer = tried.answers[0]
    assert isinstance(answer, Unreachable)
    assert answer.connected
    assert len(sandbox.state.journal) == 1


def test_a_gateway_that_is_not_there_is_tried_three_times(make_sandbox: MakeSandbox) -> None:
    tried = send("http://127.0.0.1:1")
    answer = tried.answers[0]
    assert isinstance(answer, Unreachable)
    assert not answer.connected
    assert "http://127.0.0.1:1 cannot be reached" in answer.sentence
    assert len(tried.waits) == 2


def test_outside_v1beta_the_key_travels_as_bearer(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox()
    send(sandbox.origin, path="/v1/tasks/submit")
    assert [name.lower() for name in sandbox.state.journal[-1].auth_forms] == ["bearer"]


def test_what_may_be_paid_for_is_sent_once(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(faults=["unavailable@1", "concurrency@2"])
    tried = send(sandbox.origin, 2, once=True)
    first, second = tried.answers
    assert isinstance(first, Refused)
    assert first.failure.http_status == 503
    assert second == 200, "a 429 says that nothing was taken"
    assert len(sandbox.state.journal) == 3


@pytest.mark.parametrize(
    ("origin", "url", "words"),
    [
        ("https://llm.bytespike.ai", "http://cdn.bytespike.ai/a.mp4", "not https"),
        ("https://llm.bytespike.ai", "file:///etc/passwd", "not https"),
        ("http://127.0.0.1", "ftp://127.0.0.1/a", "not https"),
        ("http://127.0.0.1", "http://127.0.0.1:{closed}/a", "cannot be reached"),
        ("http://127.0.0.1", "http://", "cannot be reached"),
    ],
)
def test_files_are_fetched_by_https_alone(origin: str, url: str, words: str) -> None:
    async def body() -> None:
        settings = ShimSettings(origin=origin, secret=GEMINI_KEY, token="t", now=time.time)
        upstream = Upstream(settings)
        await upstream.open()
        try:
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))  # and nobody listens
                address = url.format(closed=closed.getsockname()[1])
                async with upstream.fetch(address, {}):
                    raise AssertionError("it was fetched")
        finally:
            await upstream.close()

    with pytest.raises(Unreachable) as raised:
        asyncio.run(body())
    assert words in raised.value.sentence
