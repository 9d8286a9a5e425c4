"""One request through the shim: guarded, translated, relayed."""

import gzip
import json
import socket
import time
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, GEMINI_KEY
from bytespike_cli.shim.settings import Limits
from bytespike_cli.wire.models import Chooser
from tests.conftest import MakeSandbox
from tests.shim.conftest import TOKEN, MakeShim, RunningShim

BODY = {"contents": [{"role": "user", "parts": [{"text": "say hi"}]}]}


def generate(model: str) -> str:
    return f"/v1beta/models/{model}:generateContent"


def message(answer: Any) -> str:
    words = answer.json()["error"]["message"]
    assert isinstance(words, str)
    return words


@pytest.mark.parametrize(
    "path",
    [
        "/v1beta/models/gemini-3.1-pro:generateContent",
        "/v1beta/v1beta/models/gemini-3-1-pro:generateContent",
        "/v1/models/gemini-3-1-pro:generateContent",
        "/v1alpha/models/gemini-3-1-pro:generateContent",
        "/v1beta1/publishers/google/models/gemini-3-1-pro:generateContent",
        "/models/gemini-3.1-pro-preview:generateContent",
    ],
)
def test_paths_and_ids_are_repaired(
    make_sandbox: MakeSandbox, make_shim: MakeShim, path: str
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.post(path, json=BODY)
    assert answer.status_code == 200
    assert answer.headers["x-bytespike-model"].endswith("-> gemini-3-1-pro")
    assert sandbox.state.journal[-1].path == "/v1beta/models/gemini-3-1-pro:generateContent"


def test_the_answer_is_passed_on_byte_for_byte(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.post(generate("gemini-3-flash"), json=BODY)
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.json()["modelVersion"] == "gemini-3-flash"
    assert answer.headers["x-quota-remaining-credits"]
    assert json.dumps(sandbox.state.journal[-1].body) == json.dumps(BODY)


def test_a_compressed_answer_is_decoded(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    """The shim asks for none, but a gateway may compress all the same."""
    sandbox = make_sandbox(dialects={"compression": "gzip"})
    shim = make_shim(sandbox.origin)
    answer = shim.client.post(generate("gemini-3-flash"), json=BODY)
    assert "content-encoding" not in answer.headers
    assert answer.json()["candidates"]


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"x-api-key": TOKEN},
        {"x-goog-api-key": "AIza-a-key-of-the-users", "authorization": f"Bearer {TOKEN}"},
    ],
)
def test_any_form_in_one_form_out(
    make_sandbox: MakeSandbox, make_shim: MakeShim, headers: dict[str, str]
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin)
    del shim.client.headers["x-goog-api-key"]
    answer = shim.client.post(generate("gemini-3-flash"), json=BODY, headers=headers)
    assert answer.status_code == 200
    record = sandbox.state.journal[-1]
    assert record.auth_forms == ("x-goog-api-key",)
    assert record.key_name == "gemini-0001"
    assert "authorization" not in record.headers


def test_the_token_in_the_query_does_not_go_upstream(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin)
    del shim.client.headers["x-goog-api-key"]
    path = generate("gemini-3-flash") + f"?key={TOKEN}&pretty=1"
    assert shim.client.post(path, json=BODY).status_code == 200
    assert sandbox.state.journal[-1].query == {"pretty": "1"}
    assert sandbox.state.journal[-1].auth_forms == ("x-goog-api-key",)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-goog-api-key": "wrong"}, 401),
        ({"x-goog-api-key": GEMINI_KEY}, 401),
        ({"origin": "https://evil.example"}, 403),
        ({"host": "evil.example"}, 403),
    ],
)
def test_strangers_are_refused_and_nothing_is_sent(
    make_sandbox: MakeSandbox, make_shim: MakeShim, headers: dict[str, str], status: int
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.post(
        generate("gemini-3-flash"), json=BODY, headers=headers
    )
    assert answer.status_code == status
    assert message(answer).startswith("[bytespike]")
    assert len(sandbox.state.journal) == 0


@pytest.mark.parametrize(
    "path",
    ["//v1beta/models", "/v1beta/../models", "/v1beta/models/%2e%2e/x", "/v1beta/models%2fx"],
)
def test_path_tricks_are_refused(make_sandbox: MakeSandbox, make_shim: MakeShim, path: str) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin)
    host, port = shim.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nx-goog-api-key: {TOKEN}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b" 400 " in answer.split(b"\r\n", 1)[0]
    assert len(sandbox.state.journal) == 0


def test_count_tokens_is_estimated_where_the_gateway_has_none(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin)
    for _ in range(2):
        answer = shim.client.post("/v1beta/models/gemini-3-flash:countTokens", json=BODY)
        assert answer.status_code == 200
        assert answer.json()["totalTokens"] > 0
        assert answer.headers["x-bytespike-estimate"] == "true"
    asked = [r for r in sandbox.state.journal if r.path.endswith(":countTokens")]
    assert len(asked) == 1


def test_count_tokens_is_the_gateways_where_it_has_it(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(dialects={"count-tokens": "served"})
    body = {"generateContentRequest": {"model": "models/gemini-3.1-pro", **BODY}}
    answer = make_shim(sandbox.origin).client.post(
        "/v1beta/models/gemini-3.1-pro:countTokens", json=body
    )
    assert answer.status_code == 200
    assert "x-bytespike-estimate" not in answer.headers
    sent = sandbox.state.journal[-1].body
    assert sent["generateContentRequest"]["model"] == "models/gemini-3-1-pro"


def test_models_are_listed_in_googles_shape(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    client = make_shim(make_sandbox().origin).client
    names = [model["name"] for model in client.get("/v1beta/models").json()["models"]]
    assert "models/gemini-3-1-pro" in names
    assert client.get("/v1beta/models/gemini-3.1-pro").json()["name"] == "models/gemini-3-1-pro"
    assert client.get("/v1beta/models/gemini-9").status_code == 404


@pytest.mark.parametrize(
    ("dialects", "models", "limits"),
    [
        pytest.param({}, None, (1_000_000, 65_536), id="as the gateway lists it"),
        pytest.param({"models": "minimal"}, None, (1_000_000, None), id="as its pages say"),
        pytest.param({}, ("gemini-3-5-flash",), (1_000_000, None), id="cached slugs"),
    ],
)
def test_a_models_limits(
    make_sandbox: MakeSandbox,
    make_shim: MakeShim,
    dialects: dict[str, str],
    models: tuple[str, ...] | None,
    limits: tuple[int, int | None],
) -> None:
    cached = {"models": models, "models_fetched_at": time.time()} if models else {}
    client = make_shim(make_sandbox(dialects=dialects).origin, **cached).client
    one = client.get("/v1beta/models/gemini-3-5-flash").json()
    listed = client.get("/v1beta/models").json()["models"]
    assert one in listed
    assert (one["inputTokenLimit"], one.get("outputTokenLimit")) == limits


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/upload/v1beta/files"),
        ("POST", "/v1beta/interactions"),
        ("GET", "/v1beta/cachedContents"),
    ],
)
def test_what_the_gateway_has_not_is_refused_clearly(
    make_sandbox: MakeSandbox, make_shim: MakeShim, method: str, path: str
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.request(method, path, json={})
    assert answer.status_code == 404
    assert "ByteSpike has no" in message(answer)
    assert len(sandbox.state.journal) == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/keys"),
        ("GET", "/api/v1/keys/1/reveal"),
        ("GET", "/v1/keys/1/reveal"),
        ("GET", "/v1/account/capabilities"),
        ("POST", "/api/v1/me/webhooks"),
    ],
)
def test_keys_and_accounts_are_not_managed_with_a_session_token(
    make_sandbox: MakeSandbox, make_shim: MakeShim, method: str, path: str
) -> None:
    """A reveal would hand out the real key (contract.md C20)."""
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.request(method, path, json={})
    assert answer.status_code == 403
    assert len(sandbox.state.journal) == 0


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("PUT", "/v1beta/models/gemini-3-flash:generateContent", "POST"),
        ("GET", "/v1beta/models/gemini-3-flash:streamGenerateContent", "POST"),
        ("POST", "/v1beta/models", "GET"),
        ("DELETE", "/v1beta/models/gemini-3-flash", "GET"),
    ],
)
def test_what_is_there_is_not_called_absent(
    make_sandbox: MakeSandbox, make_shim: MakeShim, method: str, path: str, wanted: str
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, wanted)
    assert f"with {wanted}, not with {method}" in message(answer)
    assert len(sandbox.state.journal) == 0


def test_the_head_of_the_list_of_models(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    client = make_shim(make_sandbox().origin).client
    answer = client.head("/v1beta/models")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (
        answer.headers["content-length"] == client.get("/v1beta/models").headers["content-length"]
    )


@pytest.mark.parametrize(
    "said", [None, "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"]
)
def test_a_body_that_is_not_said_to_be_json(
    make_sandbox: MakeSandbox, make_shim: MakeShim, said: str | None
) -> None:
    """`curl -d` says that it is a form; the sandbox refuses all but JSON."""
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin)
    headers = {} if said is None else {"content-type": said}
    path = "/v1beta/models/gemini-3-flash:generateContent"
    answer = shim.client.post(path, content=json.dumps(BODY).encode(), headers=headers)
    assert answer.status_code == 200
    assert sandbox.state.journal[-1].headers["content-type"] == "application/json"
    shim.wait_for_records(1)
    assert "content-type" in shim.records[0].rules


def test_a_method_that_the_gateway_lacks_is_named(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    client = make_shim(make_sandbox().origin).client
    answer = client.post("/v1beta/models/gemini-3-flash:embedContent", json={"content": {}})
    assert answer.status_code == 404
    assert "ByteSpike has no 'embedContent'" in message(answer)


def test_the_gateways_own_surfaces_pass(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.get("/api/v1/me/account")
    assert answer.status_code == 200
    assert answer.json()["user"]


SHAPES = ["google", "google-array", "openai", "anthropic", "bare", "detail", "html", "empty"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fault", ["invalid-param", "ip", "spend-cap:7200"])
def test_errors_of_every_shape_become_googles(
    make_sandbox: MakeSandbox, make_shim: MakeShim, shape: str, fault: str
) -> None:
    sandbox = make_sandbox(dialects={"error-shape": shape}, faults=[fault])
    answer = make_shim(sandbox.origin).client.post(generate("gemini-3-flash"), json=BODY)
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    assert 400 <= error["code"] < 500
    assert isinstance(error["status"], str)
    assert "[bytespike]" in error["message"]
    assert "the key 'work' (group gemini-default)" in error["message"]


def test_the_gateways_own_words_are_kept(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, secret=BY_NAME["expired-0001"].secret)
    answer = shim.client.post(generate("gemini-3-flash"), json=BODY)
    assert answer.status_code == 401
    assert message(answer).startswith("API key expired")


def test_an_error_that_comes_with_a_200_is_an_error(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["error-in-200"])
    answer = make_shim(sandbox.origin).client.post(generate("gemini-3-flash"), json=BODY)
    assert answer.status_code >= 400
    assert answer.json()["error"]["code"] == answer.status_code


def test_a_foreign_group_is_named_without_asking_the_gateway(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, secret=CLAUDE_KEY, group="claude-default")
    answer = shim.client.post(generate("gemini-3.1-pro"), json=BODY)
    assert answer.status_code == 403
    assert "(group claude-default) reaches no Gemini model" in message(answer)
    assert [record.path for record in sandbox.state.journal] == ["/v1/models"]


def test_a_stale_catalogue_is_learned_anew(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    """The client's own id gets 400, never a 404, which gemini-cli repeats without end."""
    sandbox = make_sandbox()
    saved: list[Any] = []
    shim = make_shim(
        sandbox.origin,
        models=("gemini-4-flash",),
        models_fetched_at=9e9,
        chosen_by=Chooser.CLIENT,
        save_models=saved.append,
    )
    answer = shim.client.post(generate("gemini-4-flash"), json=BODY)
    assert answer.status_code == 400
    assert sandbox.state.journal.wait_for(lambda journal: journal[-1].path == "/v1/models")
    assert sandbox.state.journal.wait_for(lambda journal: journal[-1].finished)


def test_a_gateway_that_is_down(make_shim: MakeShim) -> None:
    for settings, status in (({}, 503), ({"ends_turns": True}, 424)):
        shim = make_shim("http://127.0.0.1:1", models=("gemini-3-flash",), **settings)
        answer = shim.client.post(generate("gemini-3-flash"), json=BODY)
        assert answer.status_code == status
        assert "http://127.0.0.1:1 cannot be reached" in message(answer)
        assert answer.json()["error"]["status"] == "UNAVAILABLE"


@pytest.mark.parametrize("framed", [True, False], ids=["content-length", "chunked"])
def test_a_request_that_is_too_large_is_refused(
    make_sandbox: MakeSandbox, make_shim: MakeShim, framed: bool
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, limits=Limits(request_body_bytes=100_000))
    content = b"x" * 200_000
    body: Any = content if framed else iter([content])
    answer = shim.client.post(generate("gemini-3-flash"), content=body)
    assert answer.status_code == 413
    assert all(record.method == "GET" for record in sandbox.state.journal)


def test_a_client_that_waits_for_100_continue(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    """curl does that for large bodies."""
    shim = make_shim(make_sandbox().origin)
    host, port = shim.address.removeprefix("http://").split(":")
    body = json.dumps(BODY).encode()
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"POST {generate('gemini-3-flash')} HTTP/1.1\r\nHost: {host}\r\n"
            f"x-goog-api-key: {TOKEN}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_compressed_request_reaches_the_gateway_readable(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    answer = make_shim(sandbox.origin).client.post(
        generate("gemini-3-flash"),
        content=gzip.compress(json.dumps(BODY).encode()),
        headers={"content-encoding": "gzip", "content-type": "application/json"},
    )
    assert answer.status_code == 200
    assert sandbox.state.journal[-1].body == BODY


def test_headers_that_name_the_client_pass_and_cookies_do_not(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    shim: RunningShim = make_shim(sandbox.origin)
    shim.client.post(
        generate("gemini-3-flash"),
        json=BODY,
        headers={"user-agent": "my-sdk/1", "x-goog-api-client": "gl-x/1", "cookie": "a=b"},
    )
    headers = sandbox.state.journal[-1].headers
    assert headers["user-agent"] == "my-sdk/1"
    assert headers["x-goog-api-client"] == "gl-x/1"
    assert "cookie" not in headers


@pytest.mark.parametrize(
    ("path", "headers", "shape"),
    [
        ("/v1/models", {"authorization": f"Bearer {TOKEN}"}, "data"),
        ("/v1/models", {"x-api-key": TOKEN}, "data"),
        ("/v1/models", {"x-goog-api-key": TOKEN}, "models"),
        ("/v1/models", {"x-goog-api-key": TOKEN, "authorization": f"Bearer {TOKEN}"}, "models"),
        (f"/v1/models?key={TOKEN}", {}, "models"),
        ("/v1beta/models", {"authorization": f"Bearer {TOKEN}"}, "models"),
    ],
)
def test_the_list_at_v1_models_is_of_the_protocol_that_asks(
    make_sandbox: MakeSandbox,
    make_shim: MakeShim,
    path: str,
    headers: dict[str, str],
    shape: str,
) -> None:
    """Google's SDKs 3.x and OpenAI's ask at the same path; the form of the key tells them apart."""
    shim = make_shim(make_sandbox().origin)
    del shim.client.headers["x-goog-api-key"]
    answer = shim.client.get(path, headers=headers)
    assert answer.status_code == 200
    assert shape in answer.json()
