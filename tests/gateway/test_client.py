import json
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest

from bytespike_cli import errors
from bytespike_cli.gateway import Gateway
from bytespike_cli.sandbox.seed import DEFAULT_KEY, GEMINI_KEY, GEMINI_TEXT
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.retry import MAX_ATTEMPTS
from tests.conftest import MakeSandbox

ORIGIN = "https://gateway.example"
KEY = "sk-byts-marked-key"
BODY = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
GOOD = {"candidates": [{"content": {"parts": [{"text": "Hi."}]}, "finishReason": "STOP"}]}

Handler = Callable[[httpx.Request], httpx.Response]


class Script:
    """A gateway that answers by a list, and notes what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception, always: Handler | None = None) -> None:
        self.answers = list(answers)
        self.always = always
        self.asked: list[httpx.Request] = []
        self.pauses: list[float] = []
        self.said: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.always is not None:
            return self.always(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def gateway(self, **settings: Any) -> Gateway:
        return Gateway(
            ORIGIN,
            KEY,
            pause=self.pauses.append,
            notify=self.said.append,
            jitter_s=lambda: 2.0,
            transport=httpx.MockTransport(self),
            **settings,
        )


def refusal(status: int, code: str = "", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(
        status, json={"error": {"code": code or status, "message": "no"}}, headers=names
    )


def good() -> httpx.Response:
    return httpx.Response(200, json=GOOD)


def form_of(request: httpx.Request) -> str:
    forms = [name for name in ("x-goog-api-key", "authorization", "x-api-key") if name in
             request.headers]  # fmt: skip
    forms += ["?key="] if "key" in request.url.params else []
    assert len(forms) == 1, "exactly one form at a time"
    return forms[0]


def test_an_answer() -> None:
    script = Script(
        httpx.Response(
            200,
            json=GOOD,
            headers={"x-quota-remaining-credits": "88.10", "x-request-id": "req-7"},
        )
    )
    answer = script.gateway().generate("gemini-3-flash", BODY)
    assert (answer.text, answer.document, answer.request_id) == ("Hi.", GOOD, "req-7")
    assert str(answer.quota.key_remaining_usd) == "88.10"
    (request,) = script.asked
    assert str(request.url) == f"{ORIGIN}/v1beta/models/gemini-3-flash:generateContent"
    assert json.loads(request.content) == BODY
    assert request.headers["x-goog-api-key"] == KEY


def test_a_model_cannot_leave_its_place_in_the_path() -> None:
    script = Script(good())
    script.gateway().generate("../../api?x#y", BODY)
    assert script.asked[0].url.raw_path == (b"/v1beta/models/..%2F..%2Fapi%3Fx%23y:generateContent")


def test_after_a_401_the_next_form_is_tried_and_kept() -> None:
    def only_query(request: httpx.Request) -> httpx.Response:
        return good() if "key" in request.url.params else refusal(401)

    script = Script(always=only_query)
    gateway = script.gateway()
    gateway.generate("m", BODY)
    gateway.generate("m", BODY)
    assert [form_of(r) for r in script.asked] == ["x-goog-api-key", "?key=", "?key="]


def test_each_form_is_tried_once_and_the_first_refusal_is_told() -> None:
    script = Script(*(refusal(401, words) for words in ("first", "second", "third", "fourth")))
    with pytest.raises(errors.AuthenticationError) as caught:
        script.gateway(auth_form=AuthForm.BEARER).generate("m", BODY)
    assert "first" in caught.value.detail
    assert [form_of(r) for r in script.asked] == [
        "authorization",
        "x-goog-api-key",
        "?key=",
        "x-api-key",
    ]


def test_a_403_is_no_matter_of_form() -> None:
    script = Script(refusal(403, "model_not_in_group"))
    with pytest.raises(errors.PermissionDeniedError):
        script.gateway().generate("m", BODY)
    assert len(script.asked) == 1


def test_models_are_asked_in_the_forms_of_their_surface() -> None:
    script = Script(refusal(401), httpx.Response(200, json={"data": [{"id": "a"}]}))
    assert script.gateway().list_models() == ["a"]
    assert [form_of(r) for r in script.asked] == ["authorization", "x-api-key"]


def test_5xx_is_tried_four_times_from_one_second() -> None:
    script = Script(always=lambda _: refusal(503))
    with pytest.raises(errors.GatewayError):
        script.gateway().generate("m", BODY)
    assert len(script.asked) == MAX_ATTEMPTS == 4
    assert script.pauses == [1.0, 2.0, 4.0]
    assert len(script.said) == 3
    assert "503" in script.said[0]


def test_a_stream_is_retried_before_its_first_byte_only() -> None:
    script = Script(refusal(500), httpx.Response(200, content=b'data: {"candidates":[]'))
    with (
        pytest.raises(errors.BrokenStreamError),
        script.gateway().stream("m", BODY) as stream,
    ):
        list(stream)
    assert script.pauses == [1.0]


def test_concurrency_waits_with_jitter() -> None:
    script = Script(refusal(429, "concurrency_limit"), good())
    script.gateway().generate("m", BODY)
    assert script.pauses == [2.0]


def test_retry_after_is_honoured_up_to_a_limit() -> None:
    script = Script(refusal(503, retry_after="7"), good())
    script.gateway().generate("m", BODY)
    assert script.pauses == [7.0]
    script = Script(refusal(503, retry_after="3600"))
    with pytest.raises(errors.GatewayError):
        script.gateway().generate("m", BODY)
    assert script.pauses == []


def test_a_spend_cap_fails_with_its_reset() -> None:
    script = Script(
        refusal(429, "rate_limit_error", x_ratelimit_remaining="0.00", x_ratelimit_reset="8200")
    )
    with pytest.raises(errors.RateLimitedError, match="resets in 2 h"):
        script.gateway(now=lambda: 1000.0).generate("m", BODY)
    assert script.pauses == []


@pytest.mark.parametrize("status", [400, 402, 403, 404, 413, 422, 451])
def test_other_4xx_are_never_retried(status: int) -> None:
    script = Script(refusal(status))
    with pytest.raises(errors.BytespikeError):
        script.gateway().generate("m", BODY)
    assert len(script.asked) == 1


def test_a_failed_connection_is_tried_again_once() -> None:
    script = Script(httpx.ConnectTimeout("slow"), good())
    script.gateway().generate("m", BODY)
    assert len(script.asked) == 2
    script = Script(httpx.ConnectTimeout("slow"), httpx.ConnectError("gone"))
    with pytest.raises(errors.NetworkError):
        script.gateway().generate("m", BODY)


def refused_connection() -> Exception:
    error = httpx.ConnectError("refused")
    error.__cause__ = ConnectionRefusedError()
    return error


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("x"), httpx.ReadError("x"), httpx.WriteError("x"),
     httpx.RemoteProtocolError("x"), refused_connection()],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_may_have_arrived_or_will_not_change_is_not_sent_again(error: Exception) -> None:
    script = Script(error)
    with pytest.raises(errors.NetworkError):
        script.gateway().generate("m", BODY)
    assert len(script.asked) == 1


def test_redirects_are_not_followed() -> None:
    script = Script(httpx.Response(307, headers={"location": "https://evil.example/"}))
    with pytest.raises(errors.ProtocolError, match="redirect"):
        script.gateway().generate("m", BODY)
    assert len(script.asked) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"[1]", b'"text"'])
def test_a_success_that_is_no_answer(content: bytes) -> None:
    with pytest.raises(errors.ProtocolError):
        Script(httpx.Response(200, content=content)).gateway().generate("m", BODY)


def test_an_error_in_a_success_is_an_error() -> None:
    answer = httpx.Response(200, json={"error": {"code": 503, "status": "UNAVAILABLE"}})
    with pytest.raises(errors.GatewayError):
        Script(answer).gateway().generate("m", BODY)


def api_key_invalid() -> httpx.Response:
    details = [{"reason": "API_KEY_INVALID"}]
    error = {"code": 400, "message": "API Key not found", "details": details}
    return httpx.Response(400, json={"error": {**error, "status": "INVALID_ARGUMENT"}})


def test_a_broken_channel_is_not_blamed_on_the_key() -> None:
    script = Script(api_key_invalid(), httpx.Response(200, json={"data": []}))
    with pytest.raises(errors.GatewayError, match="key is good"):
        script.gateway().generate("m", BODY)
    script = Script(api_key_invalid(), refusal(401), refusal(401))
    with pytest.raises(errors.AuthenticationError):
        script.gateway().generate("m", BODY)


@pytest.mark.parametrize("key", ["", "with space", "line\nend", "schlüssel", "\x00"])
def test_a_key_that_http_cannot_carry(key: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Gateway(ORIGIN, key)
    assert caught.value.fix == "bytespike login"
    shown = caught.value.cause + caught.value.fix + caught.value.detail
    assert key == "" or key not in shown


def test_verify_against_the_sandbox(sandbox: SandboxServer) -> None:
    with Gateway(sandbox.origin, GEMINI_KEY) as gateway:
        check = gateway.verify()
        assert gateway.list_models() == list(GEMINI_TEXT)
    assert check.models == GEMINI_TEXT
    assert check.source == "/v1/models"
    assert check.quota.key_remaining_usd is not None
    assert all(record.billed == 0 for record in sandbox.state.journal)


def test_verify_goes_on_where_models_are_missing() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/v1/models":
                return refusal(404)
            case "/api/v1/me/available-models":
                return refusal(403, "permission_error")
            case _:
                return httpx.Response(200, json={"allowed_models": [{"id": "gemini-3-flash"}]})

    check = Script(always=answer).gateway().verify()
    assert (check.models, check.source) == (("gemini-3-flash",), "/api/v1/me/account")


def test_the_management_api_never_condemns_a_key() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/models":
            return httpx.Response(200, json={"data": []})
        return refusal(401, "authentication_error")

    check = Script(always=answer).gateway().verify()
    assert (check.models, check.source) == ((), "/v1/models")


def test_a_bad_key_is_one() -> None:
    with pytest.raises(errors.AuthenticationError):
        Script(always=lambda _: refusal(401)).gateway().verify()


def test_what_is_no_gateway_is_told() -> None:
    with pytest.raises(errors.RequestError) as caught:
        Script(always=lambda _: refusal(404)).gateway().verify()
    assert "404" in caught.value.detail


@pytest.mark.parametrize("form", ["header-only", "query-only", "bearer-only"])
def test_every_dialect_of_the_key(make_sandbox: MakeSandbox, form: str) -> None:
    server = make_sandbox(dialects={"auth": form})
    with Gateway(server.origin, DEFAULT_KEY) as gateway:
        assert "Hi!" in gateway.generate("gemini-3-flash", SAY_HI).text


SAY_HI = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}


def test_the_proxy_that_is_given_is_the_one_that_is_used(
    sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Gateway("http://gateway.invalid", GEMINI_KEY, proxy=sandbox.origin) as gateway:
        assert gateway.list_models()
    with Gateway(sandbox.origin, GEMINI_KEY) as gateway:
        assert gateway.list_models()


def test_https_trusts_the_system_s_store_and_ssl_cert_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    end = "-----END CERTIFICATE-----\n"
    one = Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0] + end
    (tmp_path / "one.pem").write_text(one, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "one.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    made: list[Any] = []

    def client(**given: Any) -> Any:
        made.append(given)
        return None

    monkeypatch.setattr("httpx.Client", client)
    Gateway(ORIGIN, KEY)
    Gateway("http://gateway.invalid", KEY, proxy="https://proxy.invalid")
    Gateway("http://127.0.0.1:1", KEY)
    assert [len(given["verify"].get_ca_certs()) for given in made] == [1, 1, 0]
    assert all(given["verify"].verify_mode is ssl.CERT_REQUIRED for given in made)
    assert made[1]["proxy"].ssl_context is made[1]["verify"]
