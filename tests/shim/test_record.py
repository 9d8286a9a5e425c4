"""What is noted of a request: every rule that was applied, tokens, times, credits; no words."""

import asyncio
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import httpx
import pytest

from bytespike_cli.sandbox.seed import BY_NAME
from bytespike_cli.shim.record import LEFT, Record, begin, client_of, current
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.unary import note_encoding
from bytespike_cli.shim.upstream import Unreachable, Upstream, UpstreamRequest
from bytespike_cli.wire.models import Chooser
from bytespike_cli.wire.rules import RULES
from bytespike_cli.wire.stream_repair import RULES as STREAM_RULES
from tests.conftest import MakeSandbox
from tests.shim.conftest import TOKEN, MakeShim, RunningShim

BODY = {"contents": [{"role": "user", "parts": [{"text": "words-of-the-user"}]}]}
UNARY = "/v1beta/models/gemini-3-flash:generateContent"
SSE = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"


class Case(NamedTuple):
    """A request, and the gateway's ways, by which one rule is applied."""

    rule: str
    path: str = UNARY
    dialects: dict[str, str] = {}  # noqa: RUF012 - never changed
    faults: Sequence[str] = ()
    settings: dict[str, Any] = {}  # noqa: RUF012
    times: int = 1
    method: str = "POST"
    headers: dict[str, str] = {}  # noqa: RUF012
    body: dict[str, Any] = BODY


CASES = (
    Case("paths", "/v1/models/gemini-3-flash:generateContent"),
    Case("ids", "/v1beta/models/gemini-3.1-pro-preview:generateContent"),
    Case(
        "nearest",
        "/v1beta/models/gemini-3.8-flash:generateContent",
        settings={"chosen_by": Chooser.CLIENT},
    ),
    Case("stream-switch", UNARY + "?stream=true"),
    Case("array", "/v1beta/models/gemini-3-flash:streamGenerateContent"),
    Case("done", SSE, {"done": "always"}),
    Case("framing", SSE, {"framing": "comments"}),
    Case("json-body", SSE, {"framing": "array"}),
    Case("finish-reason", SSE, {"finish-reason": "missing"}),
    Case("cut", SSE, faults=["cut:2"]),
    Case("errors", faults=["invalid-param"]),
    Case("ends-turn", faults=["close"], settings={"ends_turns": True}),
    Case("hidden-error", faults=["error-in-200"]),
    Case("stream-error", SSE, faults=["mid-error-openai:2"]),
    Case("auth", dialects={"auth": "query-only"}),
    Case("repeated", faults=["quota"], times=2),
    Case("models-list", "/v1beta/models", method="GET"),
    Case("count-tokens", "/v1beta/models/gemini-3-flash:countTokens"),
    Case("videos", "/v1beta/models/veo-3.1:predictLongRunning"),
    Case(
        "pictures",
        "/v1beta/models/nano-banana:generateContent",
        {"catalogue": "media"},
    ),
    Case("content-type", headers={"content-type": "application/x-www-form-urlencoded"}),
    Case("tool-list", body={**BODY, "tools": {"functionDeclarations": [{"name": "add"}]}}),
    Case("absent", "/v1beta/interactions"),
)


def settings_for(origin: str) -> ShimSettings:
    return ShimSettings(origin=origin, secret="s", token=TOKEN, now=lambda: 0.0)


@contextmanager
def closed_port() -> Iterator[str]:
    """An origin at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def ask(shim: RunningShim, case: Case) -> None:
    for _ in range(case.times):
        try:
            shim.client.request(case.method, case.path, json=case.body, headers=case.headers)
        except httpx.RemoteProtocolError:
            assert case.rule in ("cut", "stream-error")
    shim.wait_for_records(case.times)


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_a_rule_is_named_with_the_request_it_was_applied_to(
    make_sandbox: MakeSandbox, make_shim: MakeShim, case: Case
) -> None:
    sandbox = make_sandbox(dialects=case.dialects, faults=list(case.faults))
    shim = make_shim(sandbox.origin, **case.settings)
    ask(shim, case)
    assert case.rule in shim.records[-1].rules
    assert shim.records[-1].rules <= set(RULES)


def test_what_needs_no_repair_names_no_rule(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    shim = make_shim(make_sandbox(dialects={"done": "never"}).origin)
    for path in (UNARY, SSE):
        assert shim.client.post(path, json=BODY).status_code == 200
    shim.wait_for_records(2)
    assert [record.rules for record in shim.records] == [set(), set()]


def test_a_request_that_was_sent_again_says_so() -> None:
    """Without the wait: the sleep of the shim's upstream is put in."""

    async def run() -> set[str]:
        record = begin(0.0, {})
        with closed_port() as origin:
            upstream = Upstream(settings_for(origin), sleep=lambda _s: asyncio.sleep(0))
            await upstream.open()
            with pytest.raises(Unreachable):
                async with upstream.send(UpstreamRequest("GET", "/v1/models", "", {})):
                    pass
            await upstream.close()
        return record.rules

    assert "retry" in asyncio.run(run())


@pytest.mark.parametrize(("encoding", "rules"), [("gzip", {"decoded"}), ("identity", set())])
def test_an_answer_that_came_compressed_says_so(encoding: str, rules: set[str]) -> None:
    async def run() -> set[str]:
        record = begin(0.0, {})
        note_encoding(SimpleNamespace(headers={"content-encoding": encoding}))  # type: ignore[arg-type]
        return record.rules

    assert asyncio.run(run()) == rules


def test_the_step_up_is_named(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    shim = make_shim(make_sandbox(faults=["invalid-param@1"]).origin, chosen_by=Chooser.CLIENT)
    shim.client.post("/v1beta/models/gemini-3.5-flash-lite:generateContent", json=BODY)
    shim.client.post("/v1beta/models/gemini-3.1-pro-preview:generateContent", json=BODY)
    assert "step-up" in shim.records[-1].rules


@pytest.mark.parametrize(("path", "before"), [(UNARY, False), (SSE, True)])
def test_tokens_times_and_credits(
    make_sandbox: MakeSandbox, make_shim: MakeShim, path: str, before: bool
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, now=lambda: 1_760_000_000.0)
    shim.client.post(path, json=BODY, headers={"user-agent": "an-sdk/1.2 (linux)"})
    shim.wait_for_records(1)
    line = shim.records[0].document()
    assert line["at"] == 1_760_000_000.0
    assert (line["client"], line["key"], line["status"]) == ("an-sdk/1.2", "work", 200)
    assert (line["asked"], line["served"]) == ("gemini-3-flash", "gemini-3-flash")
    assert line["tokens_in"] > 0
    assert line["tokens_out"] > 0
    assert 0 <= line["first_byte_ms"] <= line["total_ms"]
    known, unknown = ("before", "after") if before else ("after", "before")
    assert line[f"credits_{known}_usd"] > 0
    assert line[f"credits_{unknown}_usd"] is None
    assert "words-of-the-user" not in json.dumps(line)


def test_neither_a_key_nor_odd_characters_come_out(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    secret = BY_NAME["custom"].secret
    shim = make_shim(make_sandbox().origin, secret=secret)
    shim.client.post(
        f"/v1beta/models/sk-byts-of-somebody{'x' * 200}:generateContent?key={TOKEN}",
        json=BODY,
        headers={"user-agent": "AIzaSy-a-real-key-of-somebody/1"},
    )
    line = json.dumps(shim.records[0].document())
    for words in ("of-somebody", TOKEN, secret, "xxxx"):
        assert words not in line
    odd = Record(asked="a\nb\x1b[31m").document()
    assert odd["asked"] == "a?b?[31m"


def test_strangers_are_noted_too(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    shim = make_shim(make_sandbox().origin)
    shim.client.post(UNARY, json=BODY, headers={"x-goog-api-key": "wrong"})
    assert shim.records[0].http_status == 401
    assert shim.records[0].asked == ""


def test_a_client_that_left(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    shim = make_shim(make_sandbox(faults=["stall:2"]).origin)
    with shim.client.stream("POST", SSE, json=BODY) as answer:
        next(answer.iter_raw())
    shim.wait_for_records(1)
    assert shim.records[0].http_status == LEFT


def test_outside_of_a_request_a_note_goes_nowhere() -> None:
    current().apply("done")
    assert current().rules == set()
    with pytest.raises(KeyError):
        current().apply("no-rule-of-ours")


def test_the_rules_of_streams_have_their_own_tests() -> None:
    """What the sandbox cannot provoke is tested on the state machine (tests/wire)."""
    tested = {case.rule for case in CASES}
    elsewhere = {"step-up", "retry", "decoded", "key-routing", "embeddings"}
    assert set(RULES) - tested - elsewhere <= set(STREAM_RULES)


@pytest.mark.parametrize(
    ("agent", "client"), [("", ""), ("GeminiCLI/0.61.0/x (linux)", "GeminiCLI/0.61.0/x")]
)
def test_the_client_by_its_own_account(agent: str, client: str) -> None:
    assert client_of(agent) == client
