import json
from typing import Any

import pytest

from bytespike_cli.wire import tasks
from bytespike_cli.wire.classify import Failure, classify
from bytespike_cli.wire.tasks import CancelForm, QueryForm, SubmitForm

NESTED, FLAT, VIDEOS = SubmitForm.NESTED, SubmitForm.FLAT, SubmitForm.VIDEOS
PARAMS = {"prompt": "fog", "duration_seconds": 6}
NOT_FOUND = {"error": {"message": "no route", "code": "not_found"}}
NO_TASK = {"error": {"message": "no such task", "code": "task_not_found"}}


def refusal(status: int, body: Any, path: str = "/v1/tasks/submit") -> Failure:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, bytes) else "application/json"
    return classify(status, content, headers={"content-type": kind}, path=path)


def invalid(message: str, param: str | None = None, status: int = 400) -> Failure:
    error = {
        "message": message, "type": "invalid_request_error", "code": "invalid_param",
        "param": param,
    }  # fmt: skip
    return refusal(status, {"error": error})


@pytest.mark.parametrize(
    ("form", "path", "body"),
    [
        (
            NESTED,
            "/v1/tasks/submit",
            {"model": "veo-3.1", "out_task_id": "bsp-1", "params": PARAMS},
        ),
        (FLAT, "/v1/tasks/submit", {"model": "veo-3.1", "out_task_id": "bsp-1", **PARAMS}),
        (VIDEOS, "/v1/videos/generations", {"model": "veo-3.1", **PARAMS}),
    ],
)
def test_submits(form: SubmitForm, path: str, body: dict[str, Any]) -> None:
    call = tasks.submit(form, "veo-3.1", PARAMS, "bsp-1")
    assert (call.method, call.path, call.body) == ("POST", path, body)
    assert json.loads(call.content or b"") == body


@pytest.mark.parametrize("form", SubmitForm)
def test_parameters_cannot_replace_model_and_id(form: SubmitForm) -> None:
    call = tasks.submit(form, "veo-3.1", {"model": "dear", "out_task_id": "x"}, "bsp-1")
    assert call.body is not None
    assert call.body["model"] == "veo-3.1"
    if form is not VIDEOS:
        assert call.body["out_task_id"] == "bsp-1"


def test_only_tasks_may_be_submitted_twice() -> None:
    assert [form for form in SubmitForm if form.is_idempotent] == [NESTED, FLAT]


@pytest.mark.parametrize(
    ("form", "ids", "seen"),
    [
        (QueryForm.POST, {"task_id": "t"}, ("POST", "/v1/tasks/query", "", {"task_id": "t"})),
        (
            QueryForm.POST,
            {"out_task_id": "o"},
            ("POST", "/v1/tasks/query", "", {"out_task_id": "o"}),
        ),
        (
            QueryForm.POST,
            {"task_id": "t", "out_task_id": "o"},
            ("POST", "/v1/tasks/query", "", {"task_id": "t"}),
        ),
        (QueryForm.GET, {"task_id": "t&x"}, ("GET", "/v1/tasks/query", "task_id=t%26x", None)),
        (QueryForm.GET, {"out_task_id": "o"}, ("GET", "/v1/tasks/query", "out_task_id=o", None)),
        (QueryForm.VIDEOS, {"task_id": "v/../x"}, ("GET", "/v1/videos/tasks/v%2F..%2Fx", "", None)),
    ],
)
def test_queries(
    form: QueryForm, ids: dict[str, str], seen: tuple[str, str, str, dict[str, str] | None]
) -> None:
    call = tasks.query(form, **ids)
    assert (call.method, call.path, call.query, call.body) == seen


@pytest.mark.parametrize(
    ("form", "ids", "path", "body"),
    [
        (CancelForm.PATH, {"task_id": "t?"}, "/v1/tasks/cancel/t%3F", None),
        (CancelForm.BODY, {"task_id": "t"}, "/v1/tasks/cancel", {"task_id": "t"}),
        (CancelForm.BODY, {"out_task_id": "o"}, "/v1/tasks/cancel", {"out_task_id": "o"}),
    ],
)
def test_cancels(
    form: CancelForm, ids: dict[str, str], path: str, body: dict[str, str] | None
) -> None:
    call = tasks.cancel(form, **ids)
    assert (call.method, call.path, call.body) == ("POST", path, body)
    assert (call.content is None) is (body is None)


def test_no_id_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError):
        tasks.query(QueryForm.POST)
    with pytest.raises(ValueError):
        tasks.query(QueryForm.VIDEOS, out_task_id="o")
    with pytest.raises(ValueError):
        tasks.cancel(CancelForm.PATH, out_task_id="o")


def test_the_stream() -> None:
    assert tasks.stream("task/1") == tasks.Call("GET", "/v1/tasks/stream/task%2F1")


@pytest.mark.parametrize(
    ("form", "failure", "then"),
    [
        (NESTED, invalid("prompt is required", "prompt"), FLAT),
        (NESTED, invalid("Missing required field: duration_seconds"), FLAT),
        (NESTED, invalid("缺少参数 prompt"), FLAT),
        (NESTED, invalid("missing prompt", status=422), FLAT),
        (NESTED, invalid("bad request"), FLAT),
        (NESTED, invalid("duration_seconds must be between 1 and 8", "duration_seconds"), None),
        (NESTED, invalid("duration_seconds out of range", "params.duration_seconds"), None),
        (NESTED, invalid("params.prompt is required"), None),
        (FLAT, invalid("params is required", "params"), NESTED),
        (FLAT, invalid("prompt is required"), None),
        (VIDEOS, invalid("prompt is required"), None),
        (NESTED, refusal(404, NOT_FOUND), VIDEOS),
        (NESTED, refusal(405, {}), VIDEOS),
        (FLAT, refusal(501, {}), VIDEOS),
        (NESTED, refusal(404, b"<html><title>404 Not Found</title>"), VIDEOS),
        (VIDEOS, refusal(404, NOT_FOUND), None),
        (NESTED, refusal(404, {"error": {"message": "", "code": "model_not_found"}}), None),
        (NESTED, refusal(400, {"error": {"message": "", "code": "model_not_found"}}), None),
        (NESTED, refusal(400, {"error": {"message": "", "code": "duplicate_out_task_id"}}), None),
        (NESTED, refusal(409, {"error": {"message": "", "code": "duplicate_out_task_id"}}), None),
        (NESTED, refusal(402, {"error": {"message": "", "code": "insufficient_balance"}}), None),
        (NESTED, refusal(413, {}), None),
        (NESTED, refusal(451, {}), None),
        (NESTED, refusal(503, b"<html>"), None),
    ],
)
def test_after_a_refused_submit(
    form: SubmitForm, failure: Failure, then: SubmitForm | None
) -> None:
    assert tasks.next_submit(form, failure, PARAMS) is then


@pytest.mark.parametrize(
    ("form", "failure", "then"),
    [
        (QueryForm.POST, refusal(405, {}), QueryForm.GET),
        (QueryForm.POST, refusal(404, NOT_FOUND), QueryForm.GET),
        (QueryForm.GET, refusal(404, NOT_FOUND), QueryForm.VIDEOS),
        (QueryForm.VIDEOS, refusal(404, NOT_FOUND), None),
        (QueryForm.POST, refusal(404, NO_TASK), None),
        (QueryForm.POST, refusal(401, {}), None),
        (QueryForm.POST, refusal(503, {}), None),
    ],
)
def test_after_a_refused_query(form: QueryForm, failure: Failure, then: QueryForm | None) -> None:
    assert tasks.next_query(form, failure) is then


@pytest.mark.parametrize(
    ("form", "failure", "then"),
    [
        (CancelForm.PATH, refusal(404, NOT_FOUND), CancelForm.BODY),
        (CancelForm.PATH, refusal(405, {}), CancelForm.BODY),
        (CancelForm.PATH, refusal(404, NO_TASK), None),
        (CancelForm.BODY, refusal(404, NOT_FOUND), None),
    ],
)
def test_after_a_refused_cancel(
    form: CancelForm, failure: Failure, then: CancelForm | None
) -> None:
    assert tasks.next_cancel(form, failure) is then
