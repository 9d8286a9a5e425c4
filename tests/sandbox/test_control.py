"""The sandbox's own paths."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer


def control(
    sandbox: SandboxServer, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.origin).netloc, timeout=20)
    try:
        connection.request(method, f"/sandbox/{path}", body, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_the_journal_shows_requests_without_the_key(sandbox: Any, ask: Any) -> None:
    headers = {"authorization": f"Bearer {GEMINI_KEY}", "x-trace": "seen"}
    ask(sandbox, f"gemini-3-flash:generateContent?key={GEMINI_KEY}&alt=json", headers=headers)
    status, document = control(sandbox, "GET", "requests")
    assert status == 200
    (record,) = document["requests"]
    assert record["path"] == "/v1beta/models/gemini-3-flash:generateContent"
    assert record["query"] == {"alt": "json"}
    assert record["auth_form"] == "x-goog-api-key"
    assert record["auth_forms"] == ["x-goog-api-key", "bearer", "?key="]
    assert record["headers"]["x-trace"] == "seen"
    assert GEMINI_KEY not in json.dumps(document)


def test_reset(make_sandbox: Any, ask: Any) -> None:
    sandbox = make_sandbox(faults=["unavailable@1"])
    assert [ask(sandbox).status for _ in range(2)] == [503, 200]
    assert control(sandbox, "POST", "reset") == (200, {"reset": True})
    assert control(sandbox, "GET", "requests") == (200, {"requests": []})
    assert [ask(sandbox).status for _ in range(2)] == [503, 200]
    assert ask(sandbox).headers["x-quota-remaining-credits"] == "99.98"


def test_faults_can_be_switched_at_run_time(sandbox: Any, ask: Any) -> None:
    assert control(sandbox, "POST", "faults", b'{"faults": ["internal"]}')[0] == 200
    assert ask(sandbox).status == 500
    assert control(sandbox, "POST", "faults", b'{"faults": []}')[0] == 200
    assert ask(sandbox).status == 200


def test_tasks_are_shown_with_what_they_cost(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(pace="real")
    body = {"model": "veo-3.1", "params": {"prompt": "fog", "duration_seconds": 4}}
    post(sandbox, "/v1/tasks/submit", body)
    assert control(sandbox, "POST", "advance", b'{"seconds": 45}') == (200, {"advanced": 45.0})
    status, document = control(sandbox, "GET", "tasks")
    assert status == 200
    (task,) = document["tasks"]
    assert (task["state"], task["billed_usd"]) == ("completed", 0.407)
    control(sandbox, "POST", "reset")
    assert control(sandbox, "GET", "tasks") == (200, {"tasks": []})


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"seconds": -1}', b'{"seconds": "long"}'])
def test_the_clock_goes_forward_alone(sandbox: Any, body: bytes) -> None:
    assert control(sandbox, "POST", "advance", body)[0] == 400


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"faults": "cut"}', b'{"faults": [1]}', b'{"faults": ["x"]}'],
)
def test_bad_faults_change_nothing(make_sandbox: Any, ask: Any, body: bytes) -> None:
    sandbox = make_sandbox(faults=["internal"])
    status, document = control(sandbox, "POST", "faults", body)
    assert status == 400
    assert document["error"]
    assert ask(sandbox).status == 500


def test_no_other_path(sandbox: Any) -> None:
    assert control(sandbox, "GET", "reset")[0] == 404
    assert control(sandbox, "GET", "nothing")[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost:8787"}, 200),
        ({"host": "[::1]:8787"}, 200),
        ({"host": "rebound.example"}, 403),
        ({"host": "[bad"}, 403),
        ({"origin": "http://127.0.0.1:8787"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_only_programs_of_this_machine(sandbox: Any, headers: dict[str, str], status: int) -> None:
    assert control(sandbox, "POST", "reset", None, **headers)[0] == status
