from typing import Any

import pytest

from bytespike_cli.doctor import asked
from bytespike_cli.doctor.checks.tasks import CHECKS
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.gateway.probe import Exchange
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeSandbox
from tests.doctor.conftest import Examine, MakeCase, alarms, names

NOWHERE = b'{"error":{"message":"no such route","type":"not_found_error","code":"not_found"}}'
NO_TASK = b'{"error":{"message":"no task","type":"not_found_error","code":"task_not_found"}}'


def judge(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, **answers: tuple[int, bytes]
) -> Finding:
    questions = {
        "post": "POST /v1/tasks/query",
        "get": "GET /v1/tasks/query",
        "videos": "GET /v1/videos/tasks/ID",
        "nowhere": "",
    }
    given: dict[str, tuple[int, bytes]] = dict.fromkeys(questions, (404, NOWHERE))
    given |= answers
    exchanges: dict[str, Any] = {
        questions[name]: Exchange("GET", "/v1/tasks/query", status, {}, body)
        for name, (status, body) in given.items()
    }
    monkeypatch.setattr(asked, "tasks", lambda _: exchanges)
    (finding,) = CHECKS[1].probe(make_case())
    return finding


def test_a_task_that_is_not_found_shows_that_the_path_is_served(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judge(make_case, monkeypatch, post=(404, NO_TASK), get=(405, NOWHERE))
    assert "POST /v1/tasks/query." in found.sentence
    both = judge(make_case, monkeypatch, get=(404, NO_TASK), videos=(400, b"{}"))
    assert "GET /v1/tasks/query, GET /v1/videos/tasks/ID" in both.sentence


def test_a_gateway_without_tasks_is_no_alarm(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judge(make_case, monkeypatch)
    assert (found.id, found.verdict) == ("tasks.none", Verdict.INFO)


def test_a_video_model_is_looked_for(make_sandbox: MakeSandbox, examine: Examine) -> None:
    media = examine(make_sandbox(dialects={"catalogue": "media"}), "tasks")
    assert "tasks.models" in names(media, Verdict.OK)


def test_nothing_is_submitted(sandbox: SandboxServer, examine: Examine) -> None:
    diagnosis = examine(sandbox, "tasks")
    assert alarms(diagnosis) == set()
    assert "tasks.no-video" in names(diagnosis, Verdict.INFO)
    assert not any("submit" in r.path or r.billed for r in sandbox.state.journal)
