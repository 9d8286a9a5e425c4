import httpx
import pytest

from bytespike_cli.errors import NetworkError
from bytespike_cli.gateway.probe import Prober
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.stream_repair import StreamEnd
from tests.conftest import MakeSandbox

ORIGIN = "http://gateway.test"
STREAM = "/v1beta/models/gemini-3-flash:streamGenerateContent"
BODY = {"contents": [{"role": "user", "parts": [{"text": "Count from 1 to 9."}]}]}


def prober_of(answer: httpx.Response | Exception) -> tuple[Prober, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Prober(ORIGIN, "a-key-of-mine", transport=httpx.MockTransport(handle)), seen


def test_a_request_is_sent_once_with_the_key_in_one_form() -> None:
    prober, seen = prober_of(httpx.Response(401, json={"error": {"code": 401, "message": "no"}}))
    answer = prober.ask("GET", "/v1/models", form=AuthForm.API_KEY, timeout_s=5)
    assert len(seen) == 1
    assert seen[0].headers["x-api-key"] == "a-key-of-mine"
    assert "authorization" not in seen[0].headers
    failure = answer.failure(0.0)
    assert failure is not None
    assert failure.cause is Cause.BAD_KEY


def test_without_a_form_no_key_travels() -> None:
    prober, seen = prober_of(httpx.Response(200, json={}))
    prober.ask("GET", "/v1/models", form=None, timeout_s=5)
    assert "a-key-of-mine" not in str(seen[0].url) + str(seen[0].headers.raw)


def test_an_answer_is_kept_with_what_was_seen() -> None:
    prober, _ = prober_of(httpx.Response(200, html="<p>Log in</p>", headers={"X-Any": "1"}))
    answer = prober.ask("GET", "/v1/models", form=None, query="a=1", timeout_s=5)
    assert (answer.content_type, answer.document, answer.headers["x-any"]) == (
        "text/html",
        None,
        "1",
    )
    assert answer.seen == "GET /v1/models: HTTP 200, text/html: <p>Log in</p>"
    assert answer.failure(0.0) is None


def test_a_redirect_is_noted_and_not_followed() -> None:
    prober, seen = prober_of(httpx.Response(302, headers={"location": "http://login.test/"}))
    assert prober.ask("GET", "/v1/models", form=None, timeout_s=5).seen.endswith(
        "HTTP 302 to http://login.test/"
    )
    assert len(seen) == 1


def test_an_error_inside_a_success_is_one() -> None:
    prober, _ = prober_of(httpx.Response(200, json={"error": {"code": 503, "message": "full"}}))
    failure = prober.ask("GET", "/v1/models", form=None, timeout_s=5).failure(0.0)
    assert failure is not None
    assert failure.cause is Cause.OVERLOADED


def test_no_answer_is_a_network_error() -> None:
    prober, _ = prober_of(httpx.ConnectTimeout("late"))
    with pytest.raises(NetworkError):
        prober.ask("GET", "/v1/models", form=None, timeout_s=5)


def test_a_stream_is_traced_to_its_end(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(dialects={"framing": "comments"})
    prober = Prober(sandbox.origin, GEMINI_KEY)
    try:
        trace = prober.stream(STREAM, form=AuthForm.HEADER, body=BODY, timeout_s=30)
    finally:
        prober.close()
    assert trace.status == 200
    assert trace.repair.end is StreamEnd.COMPLETE
    assert len(trace.documents) == trace.repair.events > 1
    assert {"done", "framing"} <= trace.repair.rules
    assert trace.arrivals_s == sorted(trace.arrivals_s)
    assert trace.spread_s >= 0
    assert not trace.broken


def test_a_stream_that_breaks_says_how(make_sandbox: MakeSandbox) -> None:
    prober = Prober(make_sandbox(faults=["cut:1"]).origin, GEMINI_KEY)
    trace = prober.stream(STREAM, form=AuthForm.HEADER, body=BODY, timeout_s=30)
    prober.close()
    assert trace.repair.end is StreamEnd.CUT
    assert "RemoteProtocolError" in trace.broken
    assert not trace.stalled


def test_a_stream_that_falls_silent_is_stalled(make_sandbox: MakeSandbox) -> None:
    prober = Prober(make_sandbox(faults=["stall:1"]).origin, GEMINI_KEY)
    trace = prober.stream(STREAM, form=AuthForm.HEADER, body=BODY, timeout_s=0.3)
    prober.close()
    assert trace.stalled


def test_a_refused_stream_keeps_its_body() -> None:
    prober, _ = prober_of(httpx.Response(429, json={"error": {"code": 429, "message": "slow"}}))
    trace = prober.stream(STREAM, form=AuthForm.HEADER, body=BODY, timeout_s=5)
    assert (trace.status, b"slow" in trace.body, trace.documents) == (429, True, [])
