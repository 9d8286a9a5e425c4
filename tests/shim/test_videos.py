"""generate_videos through the shim: one task, in every dialect, billed once."""

import base64
from typing import Any

import pytest

from bytespike_cli.sandbox.media import picture
from bytespike_cli.sandbox.seed import DEFAULT_KEY, GEMINI_KEY, STUDIO_KEY
from bytespike_cli.wire.handles import Handle, read_handle
from bytespike_cli.wire.media_slug import Surface
from tests.conftest import MakeEnv, MakeSandbox
from tests.shim.conftest import MakeShim, RunningShim

FOG = {"instances": [{"prompt": "fog"}], "parameters": {"durationSeconds": 4}}
DIALECTS: dict[str, dict[str, str]] = {
    "default": {},
    "flat": {"task-params": "flat"},
    "queued, by GET, 202": {
        "first-state": "queued",
        "task-query": "get",
        "submit-status": "202",
        "task-states": "succeeded",
    },
    "result": {"task-result": "result", "task-states": "success"},
    "url": {"task-result": "url", "veo-slugs": "joined"},
    "dashed": {"veo-slugs": "dashed"},
    "videos": {"tasks": "absent", "videos": "served", "veo-slugs": "joined"},
    "another host": {"asset-host": "other", "task-params": "either"},
}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bytespike_cli.shim.task_calls.PAUSE_S", 0.0)


def start(shim: RunningShim, model: str = "veo-3.1-generate-preview", body: Any = FOG) -> Any:
    return shim.client.post(f"/v1beta/models/{model}:predictLongRunning", json=body)


def followed(shim: RunningShim, name: str) -> dict[str, Any]:
    for _ in range(8):
        answer = shim.client.get(f"/v1beta/{name}")
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        assert told["name"] == name
        if told.get("done"):
            return told
    raise AssertionError("it is never done")


def uri_of(told: dict[str, Any]) -> str:
    (sample,) = told["response"]["generateVideoResponse"]["generatedSamples"]
    return str(sample["video"]["uri"])


def message(answer: Any) -> str:
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize("name", DIALECTS)
def test_from_prompt_to_file(make_sandbox: MakeSandbox, make_shim: MakeShim, name: str) -> None:
    sandbox = make_sandbox(dialects=DIALECTS[name])
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    started = start(shim)
    assert started.status_code == 200
    assert "done" not in started.json()
    uri = uri_of(followed(shim, started.json()["name"]))
    assert uri.startswith("https://")
    file = uri.split("files/")[1].partition(":")[0]
    answer = shim.client.get(f"/v1beta/files/{file}:download?alt=media")
    assert answer.content[4:8] == b"ftyp"
    assert b'"fog"' in answer.content
    (task,) = sandbox.state.tasks.billed
    assert task.order.params["duration_seconds"] == 4
    assert sandbox.state.ledger.account("studio-0001").calls == 1


def test_the_name_of_an_operation_survives_the_shim(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox()
    first = make_shim(sandbox.origin, secret=STUDIO_KEY)
    name = start(first).json()["name"]
    first.stop()
    assert "response" in followed(make_shim(sandbox.origin, secret=STUDIO_KEY), name)
    assert len(sandbox.state.tasks) == 1


def test_a_picture_to_begin_with(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    encoded = base64.b64encode(picture(64, 64, {})).decode()
    image = {"bytesBase64Encoded": encoded, "mimeType": "image/png"}
    body = {"instances": [{"prompt": "fog", "image": image}]}
    assert start(shim, body=body).status_code == 200
    assert sandbox.state.tasks[0].order.params["image_init"] == f"data:image/png;base64,{encoded}"
    image["bytesBase64Encoded"] = base64.b64encode(bytes(900_000)).decode()
    answer = start(shim, body=body)
    assert (answer.status_code, "1 MiB" in message(answer)) == (413, True)
    assert len(sandbox.state.tasks) == 1


def test_what_is_left_out_is_said(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    shim = make_shim(make_sandbox().origin, secret=STUDIO_KEY)
    body = {**FOG, "parameters": {"personGeneration": "allow_all"}}
    answer = start(shim, body=body)
    assert answer.headers["x-bytespike-left-out"] == "personGeneration"
    assert answer.headers["x-bytespike-model"] == "veo-3.1-generate-preview -> veo-3.1"


@pytest.mark.parametrize(
    ("model", "body", "status", "words"),
    [
        ("veo-9.9-generate-preview", FOG, 404, "There is no model 'veo-9.9-generate-preview'"),
        ("gemini-3-flash", FOG, 400, "makes no videos"),
        ("veo-3.1", {"instances": []}, 400, "needs `instances`"),
        ("veo-3.1", {"instances": [{"prompt": "a", "video": {"uri": "b"}}]}, 400, "take no video"),
        ("veo-3.1", {**FOG, "parameters": {"durationSeconds": 60}}, 400, "duration_seconds"),
    ],
)
def test_what_is_refused_costs_nothing(
    make_sandbox: MakeSandbox,
    make_shim: MakeShim,
    model: str,
    body: Any,
    status: int,
    words: str,
) -> None:
    sandbox = make_sandbox()
    answer = start(make_shim(sandbox.origin, secret=STUDIO_KEY), model, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)
    assert words in message(answer)
    assert len(sandbox.state.tasks) == 0


def test_a_key_that_reaches_no_video_says_so(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    answer = start(make_shim(make_sandbox().origin, secret=GEMINI_KEY))
    assert answer.status_code == 404
    assert "There is no model" in message(answer)


def test_a_prompt_that_is_blocked(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    sandbox = make_sandbox(faults=["submit/blocked"])
    answer = start(make_shim(sandbox.origin, secret=STUDIO_KEY))
    assert answer.status_code >= 400
    assert len(sandbox.state.journal) == 2


@pytest.mark.parametrize(
    ("fault", "code"), [("task-fails", 13), ("task-blocked", 3), ("task-expires", 4)]
)
@pytest.mark.parametrize("form", ["object", "string", "message"])
def test_tasks_that_end_badly(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str, code: int, form: str
) -> None:
    sandbox = make_sandbox(faults=[fault], dialects={"task-failed": form})
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    told = followed(shim, start(shim).json()["name"])
    assert told["error"]["code"] == code
    assert told["error"]["message"].startswith("[bytespike] ")
    assert sandbox.state.tasks.billed == []


@pytest.mark.parametrize("duplicate", ["409", "409-always"])
def test_an_accepted_submit_whose_answer_is_lost_is_paid_once(
    make_sandbox: MakeSandbox, make_shim: MakeShim, duplicate: str
) -> None:
    sandbox = make_sandbox(faults=["submit/answer-lost@1"], dialects={"duplicate": duplicate})
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    started = start(shim)
    assert started.status_code == 200
    assert "response" in followed(shim, started.json()["name"])
    assert len(sandbox.state.tasks) == 1


def test_what_may_have_been_paid_for_is_not_sent_again(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    dialects = {"tasks": "absent", "videos": "served"}
    for fault in ("submit/answer-lost@2-", "submit/answer-524@2-"):
        sandbox = make_sandbox(faults=[fault], dialects=dialects)
        answer = start(make_shim(sandbox.origin, secret=STUDIO_KEY))
        assert answer.status_code == 424, "which no client repeats"
        assert len(sandbox.state.tasks) == 1
    sandbox = make_sandbox(faults=["submit/answer-lost"])
    assert start(make_shim(sandbox.origin, secret=STUDIO_KEY)).status_code == 424
    assert len(sandbox.state.tasks) == 1


def test_what_was_surely_not_taken_is_told_as_it_is(
    make_sandbox: MakeSandbox, make_shim: MakeShim
) -> None:
    sandbox = make_sandbox(faults=["submit/spend-cap"])
    assert start(make_shim(sandbox.origin, secret=STUDIO_KEY)).status_code == 402
    assert len(sandbox.state.tasks) == 0


@pytest.mark.parametrize("fault", ["query/close@2", "query/garbled@2", "query/bad-gateway-html@2"])
def test_a_poll_that_fails_loses_nothing(
    make_sandbox: MakeSandbox, make_shim: MakeShim, fault: str
) -> None:
    sandbox = make_sandbox(faults=[fault])
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    assert "response" in followed(shim, start(shim).json()["name"])


def test_patience_ends(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    now = [1_790_000_000.0]
    sandbox = make_sandbox(faults=["query/close"])
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY, now=lambda: now[0])
    path = "/v1beta/" + start(shim).json()["name"]
    assert "not known" in shim.client.get(path).json()["metadata"]["state"]
    now[0] += 301
    assert shim.client.get(path).status_code == 503
    sandbox.state.set_faults([])
    assert shim.client.get(path).status_code == 200


def test_names_that_are_not_ours(make_sandbox: MakeSandbox, make_shim: MakeShim) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    answer = shim.client.get("/v1beta/models/veo-3.1/operations/abc")
    assert (answer.status_code, len(sandbox.state.journal)) == (404, 0)
    unknown = Handle(Surface.TASKS, "work", "task_nobody").text
    answer = shim.client.get(f"/v1beta/operations/{unknown}")
    assert answer.status_code == 404
    assert "no such task" in message(answer)


def test_the_file_s_own_address_carries_ours(
    make_sandbox: MakeSandbox, make_shim: MakeShim, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = make_sandbox()
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY)
    name = start(shim).json()["name"]
    monkeypatch.setattr(
        "bytespike_cli.sandbox.call.Call.asset_origin", "https://cdn.bytespike.example"
    )
    uri = uri_of(followed(shim, name))
    assert uri.startswith("https://cdn.bytespike.example/cdn/multimodal/veo-3.1/")
    own, _, ours = uri.partition("#files/")
    assert "signature=" in own
    handle = read_handle(ours)
    assert handle is not None
    assert handle.task_id == sandbox.state.tasks[0].id


def test_the_journal_has_the_task(
    make_sandbox: MakeSandbox, make_shim: MakeShim, make_env: MakeEnv
) -> None:
    from bytespike_cli.journal.store import Journal

    env = make_env()
    sandbox = make_sandbox(faults=["submit/answer-lost@1"])
    shim = make_shim(sandbox.origin, secret=STUDIO_KEY, open_journal=lambda: Journal(env))
    name = start(shim).json()["name"]
    with Journal(env) as journal:
        (record,) = journal.latest()
        assert record.out_task_id == sandbox.state.tasks[0].order.out_id
        assert (record.state, record.prompt, record.key) == ("pending", "fog", "work")
        followed(shim, name)
        assert journal.latest()[0].state == "completed"
        assert start(shim, body={**FOG, "parameters": {"durationSeconds": 60}}).status_code == 400
        assert [record.state for record in journal.latest()] == ["refused", "completed"]


def test_a_journal_that_takes_nothing_stops_no_video(
    make_sandbox: MakeSandbox, make_shim: MakeShim, make_env: MakeEnv
) -> None:
    from bytespike_cli.journal.store import Journal

    env = make_env()
    env.paths.state.parent.mkdir(parents=True, exist_ok=True)
    env.paths.state.write_text("a file where a folder should be")
    shim = make_shim(make_sandbox().origin, secret=DEFAULT_KEY, open_journal=lambda: Journal(env))
    assert "response" in followed(shim, start(shim).json()["name"])
