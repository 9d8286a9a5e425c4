"""/v1/tasks and /v1/videos, request by request."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from bytespike_cli.sandbox.seed import BY_NAME, GEMINI_KEY

FOG = {"prompt": "fog over a lake", "duration_seconds": 6}
SUBMIT = "/v1/tasks/submit"
QUERY = "/v1/tasks/query"
CANCEL = "/v1/tasks/cancel"
VIDEOS = "/v1/videos/generations"


def order(out_task_id: str = "mine", **changes: Any) -> dict[str, Any]:
    return {"model": "veo-3.1", "out_task_id": out_task_id, "params": FOG | changes}


def code(answer: Any) -> Any:
    return answer.status, answer.json["error"].get("code")


def test_from_submit_to_the_file(sandbox: Any, post: Any, fetch: Any) -> None:
    submitted = post(sandbox, SUBMIT, order())
    assert (submitted.status, submitted.json["status"]) == (200, "pending")
    assert submitted.headers["x-quota-remaining-credits"] == "10000.00"
    by_id = {"task_id": submitted.json["task_id"]}
    states = [post(sandbox, QUERY, by_id).json["status"] for _ in range(3)]
    assert states == ["pending", "running", "completed"]
    done = post(sandbox, QUERY, {"out_task_id": "mine"})
    assert done.json["credits_used"] == 0.6105
    assert done.headers["x-quota-remaining-credits"] == "9999.39"
    file = fetch(sandbox, done.json["output"][0]["url"], key=None)
    assert file.body[4:8] == b"ftyp"
    assert b"fog over a lake" in file.body
    assert len(sandbox.state.tasks.billed) == 1


@pytest.mark.parametrize("status", ["200", "201", "202"])
def test_the_status_of_a_submit(make_sandbox: Any, post: Any, status: str) -> None:
    sandbox = make_sandbox(dialects={"submit-status": status})
    assert post(sandbox, SUBMIT, order()).status == int(status)
    assert post(sandbox, SUBMIT, order()).status == 200


def test_the_same_submit_gives_the_same_task(sandbox: Any, post: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(sandbox, SUBMIT, order()), range(8)))
    assert {answer.json["task_id"] for answer in answers} == {sandbox.state.tasks[0].id}
    assert len(sandbox.state.tasks) == 1
    for _ in range(3):
        post(sandbox, QUERY, {"out_task_id": "mine"})
    assert post(sandbox, SUBMIT, order()).json["status"] == "completed"
    assert sandbox.state.ledger.account("studio-0001").calls == 1


@pytest.mark.parametrize(
    ("how", "changes", "expected"),
    [
        ("409", {"seed": 4}, (409, "duplicate_out_task_id")),
        ("400", {"seed": 4}, (400, "duplicate_out_task_id")),
        ("409-always", {}, (409, "duplicate_out_task_id")),
    ],
)
def test_another_submit_under_the_same_id(
    make_sandbox: Any, post: Any, how: str, changes: dict[str, Any], expected: Any
) -> None:
    sandbox = make_sandbox(dialects={"duplicate": how})
    post(sandbox, SUBMIT, order())
    assert code(post(sandbox, SUBMIT, order(**changes))) == expected
    assert post(sandbox, SUBMIT, order("another")).status == 200
    assert len(sandbox.state.tasks) == 2


def test_ids_belong_to_a_key(sandbox: Any, post: Any) -> None:
    other = BY_NAME["default-0001"].secret
    mine = post(sandbox, SUBMIT, order()).json["task_id"]
    theirs = post(sandbox, SUBMIT, order(seed=1), key=other)
    assert theirs.json["task_id"] != mine
    assert code(post(sandbox, QUERY, {"task_id": mine}, key=other)) == (404, "task_not_found")


def test_flat_parameters(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(dialects={"task-params": "flat"})
    refused = post(sandbox, SUBMIT, order())
    assert code(refused) == (400, "invalid_param")
    assert refused.json["error"]["param"] == "prompt"
    assert post(sandbox, SUBMIT, {"model": "veo-3.1", **FOG}).status == 200


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"model": "gemini-3-flash"}, (400, "invalid_param")),
        ({"model": None}, (400, "invalid_param")),
        ({"model": "veo-9"}, (404, "model_not_found")),
        ({"out_task_id": ""}, (400, "invalid_param")),
        ({"out_task_id": 7}, (400, "invalid_param")),
        ({"callback_url": "ftp://a"}, (400, "invalid_param")),
        ({"stream": "yes"}, (400, "invalid_param")),
        ({"prompt": "beside"}, (400, "invalid_param")),
    ],
)
def test_what_is_refused(sandbox: Any, post: Any, changes: dict[str, Any], expected: Any) -> None:
    assert code(post(sandbox, SUBMIT, order() | changes)) == expected
    assert len(sandbox.state.tasks) == 0


@pytest.mark.parametrize(
    ("body", "status"), [([], 400), (b"{", 400), (b" " * (1024 * 1024 + 1), 413)]
)
def test_bodies_that_are_none(sandbox: Any, post: Any, body: Any, status: int) -> None:
    for path in (SUBMIT, QUERY, CANCEL):
        assert post(sandbox, path, body).status == status


def test_a_body_of_just_a_mebibyte_passes(sandbox: Any, post: Any) -> None:
    picture = "data:image/png;base64," + "A" * 1_048_000
    body = order(image_init=picture)
    assert post(sandbox, SUBMIT, body).status == 200
    assert code(post(sandbox, SUBMIT, order(image_init=picture + "AAAA" * 200))) == (
        413,
        "request_too_large",
    )


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("403", (403, "model_not_in_group")), ("400", (400, "model_not_allowed"))],
)
def test_a_model_of_another_group(
    make_sandbox: Any, post: Any, dialect: str, expected: Any
) -> None:
    sandbox = make_sandbox(dialects={"model-not-in-group": dialect})
    assert code(post(sandbox, SUBMIT, order(), key=GEMINI_KEY)) == expected


def test_a_spelling_that_the_catalogue_does_not_have(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(dialects={"veo-slugs": "joined"})
    assert code(post(sandbox, SUBMIT, order())) == (404, "model_not_found")
    assert post(sandbox, SUBMIT, order() | {"model": "veo3.1"}).status == 200


def test_who_cannot_pay_the_estimate(sandbox: Any, post: Any) -> None:
    account = sandbox.state.ledger.account("studio-0001")
    account.charge(9_999_400_000)
    assert code(post(sandbox, SUBMIT, order())) == (402, "quota_exceeded")
    assert post(sandbox, SUBMIT, order(duration_seconds=5)).status == 200


@pytest.mark.parametrize(
    ("dialect", "post_status", "get_status"),
    [("post", 200, 404), ("get", 404, 200), ("both", 200, 200)],
)
def test_methods_of_a_query(
    make_sandbox: Any, post: Any, fetch: Any, dialect: str, post_status: int, get_status: int
) -> None:
    sandbox = make_sandbox(dialects={"task-query": dialect})
    task_id = post(sandbox, SUBMIT, order()).json["task_id"]
    assert post(sandbox, QUERY, {"task_id": task_id}).status == post_status
    assert fetch(sandbox, f"{QUERY}?task_id={task_id}").status == get_status
    assert fetch(sandbox, f"{QUERY}?out_task_id=mine").status == get_status


@pytest.mark.parametrize("body", [{}, {"task_id": "a", "out_task_id": "b"}, {"task_id": 1}])
def test_exactly_one_id(sandbox: Any, post: Any, body: Any) -> None:
    for path in (QUERY, CANCEL):
        assert code(post(sandbox, path, body)) == (400, "invalid_param")


def test_an_unknown_task(sandbox: Any, post: Any) -> None:
    for path, body in (
        (QUERY, {"task_id": "a"}),
        (CANCEL, {"out_task_id": "a"}),
        (f"{CANCEL}/a", None),
    ):
        assert code(post(sandbox, path, body)) == (404, "task_not_found")


@pytest.mark.parametrize(
    ("dialect", "in_path", "in_body"),
    [("both", 200, 200), ("path", 200, 404), ("body", 404, 200)],
)
def test_cancels(make_sandbox: Any, post: Any, dialect: str, in_path: int, in_body: int) -> None:
    sandbox = make_sandbox(dialects={"task-cancel": dialect})
    first, second = (post(sandbox, SUBMIT, order(name)).json["task_id"] for name in "ab")
    for _ in range(2):
        assert post(sandbox, f"{CANCEL}/{first}", {"task_id": second}).status == in_path
        assert post(sandbox, CANCEL, {"out_task_id": "b"}).status == in_body
    states = [task.state for task in sandbox.state.tasks]
    assert states == [
        "cancelled" if in_path == 200 else "pending",
        "cancelled" if in_body == 200 else "pending",
    ]


def test_a_cancel_that_comes_too_late_tells_the_result(sandbox: Any, post: Any) -> None:
    task_id = post(sandbox, SUBMIT, order()).json["task_id"]
    for _ in range(3):
        post(sandbox, QUERY, {"task_id": task_id})
    assert post(sandbox, f"{CANCEL}/{task_id}").json["status"] == "completed"


def test_a_gateway_without_tasks(make_sandbox: Any, post: Any, fetch: Any) -> None:
    sandbox = make_sandbox(dialects={"tasks": "absent"})
    for path in (SUBMIT, QUERY, CANCEL, f"{CANCEL}/a"):
        assert code(post(sandbox, path, order())) == (404, "not_found")
    assert code(fetch(sandbox, "/v1/tasks/stream/a")) == (404, "not_found")


def test_the_other_surface(make_sandbox: Any, post: Any, fetch: Any) -> None:
    sandbox = make_sandbox(dialects={"videos": "served"})
    body = {"model": "veo3.1", "size": "1920x1080", "audio": True, **FOG}
    submitted = post(sandbox, VIDEOS, body)
    assert list(submitted.json) == ["task_id"]
    path = f"/v1/videos/tasks/{submitted.json['task_id']}"
    states = [fetch(sandbox, path).json["status"] for _ in range(3)]
    assert states == ["pending", "running", "completed"]
    done = fetch(sandbox, path).json
    assert fetch(sandbox, done["result_url"]).headers["content-type"] == "video/mp4"
    assert fetch(sandbox, done["audio_url"]).headers["content-type"] == "audio/mp4"
    assert post(sandbox, VIDEOS, body).json["task_id"] != submitted.json["task_id"]
    assert code(fetch(sandbox, "/v1/videos/tasks/a")) == (404, "task_not_found")
    assert code(post(sandbox, VIDEOS, body | {"model": "nano-banana"})) == (400, "invalid_param")
    assert code(post(sandbox, QUERY, {"task_id": submitted.json["task_id"]})) == (
        404,
        "task_not_found",
    )


def test_the_other_surface_is_off_by_default(sandbox: Any, post: Any, fetch: Any) -> None:
    assert code(post(sandbox, VIDEOS, {"model": "veo3.1", **FOG})) == (404, "not_found")
    assert code(fetch(sandbox, "/v1/videos/tasks/a")) == (404, "not_found")


def test_pictures_as_a_task(sandbox: Any, post: Any, fetch: Any) -> None:
    post(sandbox, SUBMIT, {"model": "nano-banana", "out_task_id": "a", "params": {"prompt": "b"}})
    for _ in range(3):
        done = post(sandbox, QUERY, {"out_task_id": "a"}).json
    picture = fetch(sandbox, done["output"][0]["url"])
    assert picture.body.startswith(b"\x89PNG")


@pytest.mark.parametrize("fault", ["blocked", "unavailable", "bad-gateway-html", "spend-cap"])
def test_a_refused_submit_creates_nothing(make_sandbox: Any, post: Any, fault: str) -> None:
    sandbox = make_sandbox(faults=[f"submit/{fault}@1"])
    assert post(sandbox, SUBMIT, order()).status >= 429
    assert len(sandbox.state.tasks) == 0
    assert post(sandbox, SUBMIT, order()).status == 200


def test_an_accepted_submit_that_the_client_never_hears_of(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(faults=["submit/answer-lost@1", "submit/answer-524@2"])
    with pytest.raises(http.client.RemoteDisconnected):
        post(sandbox, SUBMIT, order())
    assert len(sandbox.state.tasks) == 1
    assert post(sandbox, SUBMIT, order("second")).status == 524
    assert len(sandbox.state.tasks) == 2
    assert post(sandbox, SUBMIT, order()).json["task_id"] == sandbox.state.tasks[0].id
    assert not any(record.aborted for record in sandbox.state.journal)


def test_faults_of_queries_and_cancels(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(faults=["query/garbled@1", "query/close@2", "cancel/unavailable@1"])
    post(sandbox, SUBMIT, order())
    mine = {"out_task_id": "mine"}
    with pytest.raises(ValueError):
        _ = post(sandbox, QUERY, mine).json
    with pytest.raises(http.client.RemoteDisconnected):
        post(sandbox, QUERY, mine)
    assert post(sandbox, CANCEL, mine).status == 503
    assert post(sandbox, CANCEL, mine).status == 200


@pytest.mark.parametrize(
    ("fault", "last"),
    [
        ("task-fails", "failed"),
        ("task-expires", "expired"),
        ("task-hangs", "pending"),
        ("task-stalls", "running"),
    ],
)
def test_fates(make_sandbox: Any, post: Any, fault: str, last: str) -> None:
    sandbox = make_sandbox(faults=[f"{fault}@1"])
    post(sandbox, SUBMIT, order())
    for _ in range(5):
        status = post(sandbox, QUERY, {"out_task_id": "mine"}).json["status"]
    assert status == last
    assert sandbox.state.tasks.billed == []


def test_a_task_that_is_forgotten(make_sandbox: Any, post: Any) -> None:
    sandbox = make_sandbox(faults=["task-forgotten@1"])
    assert post(sandbox, SUBMIT, order()).status == 200
    assert code(post(sandbox, QUERY, {"out_task_id": "mine"})) == (404, "task_not_found")
