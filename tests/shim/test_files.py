"""Result files through the shim."""

from typing import Any

import httpx
import pytest

from bytespike_cli.sandbox.seed import STUDIO_KEY
from bytespike_cli.wire.handles import Handle
from bytespike_cli.wire.media_slug import Surface
from tests.conftest import MakeSandbox
from tests.shim.conftest import MakeShim, RunningShim

FOG = {"instances": [{"prompt": "fog"}], "parameters": {"durationSeconds": 4}}
MIB = 1024 * 1024


def made(shim: RunningShim) -> str:
    """Return the path of a file that is ready."""
    path = "/v1beta/models/veo-3.1:predictLongRunning"
    name = shim.client.post(path, json=FOG).json()["name"]
    for _ in range(4):
        told = shim.client.get(f"/v1beta/{name}").json()
    (sample,) = told["response"]["generateVideoResponse"]["generatedSamples"]
    return "/v1beta/files/" + str(sample["video"]["uri"]).split("files/")[1]


@pytest.fixture
def serve(make_sandbox: MakeSandbox, make_shim: MakeShim, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sandbox and a shim before it: `sandbox, shim = serve("asset-cut@1")`."""
    monkeypatch.setattr("bytespike_cli.shim.files.PAUSE_S", 0.0)

    def serve(*faults: str, **dialects: str) -> Any:
        chosen = {name.replace("_", "-"): value for name, value in dialects.items()}
        sandbox = make_sandbox(faults=faults, dialects=chosen)
        return sandbox, make_shim(sandbox.origin, secret=STUDIO_KEY)

    return serve


def test_whole_and_in_ranges(serve: Any) -> None:
    sandbox, shim = serve()
    path = made(shim)
    whole = shim.client.get(path)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert int(whole.headers["content-length"]) == len(whole.content)
    part = shim.client.get(path, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert shim.client.get(path, headers={"range": "bytes=99999-"}).status_code == 416
    fetched = [r for r in sandbox.state.journal if r.path.startswith("/cdn/")]
    assert {r.auth_forms for r in fetched} == {()}
    assert not any("bytespike-session" in str(r.headers) for r in fetched)


def test_what_is_known_of_a_file(serve: Any) -> None:
    _, shim = serve()
    path = made(shim).partition(":")[0]
    told = shim.client.get(path).json()
    assert told["name"] == path.removeprefix("/v1beta/")
    assert (told["mimeType"], told["state"]) == ("video/mp4", "ACTIVE")
    assert shim.client.get(f"{path}?alt=media").content[4:8] == b"ftyp"


@pytest.mark.parametrize(
    "faults",
    [
        ("asset-cut:1000@1",),
        ("asset-cut:1000@1", "asset-cut:500@2"),
        ("download/unavailable@1",),
        ("download/close@1",),
        ("asset-cut:0@1",),
        ("asset-no-length@1",),
        ("asset-untyped@1",),
    ],
)
def test_what_goes_wrong_on_the_way_is_made_good(serve: Any, faults: tuple[str, ...]) -> None:
    _, shim = serve(*faults)
    path = made(shim)
    first, second = shim.client.get(path), shim.client.get(path)
    assert (first.status_code, first.content) == (200, second.content)


@pytest.mark.parametrize(
    "faults",
    [
        ("asset-cut:500",),
        ("asset-long:50",),
        ("asset-cut:1000@1", "asset-changed@2-"),
        ("asset-cut:1000@1", "download/asset-expired@2-"),
    ],
)
def test_a_file_that_stays_cut_is_never_passed_off_as_whole(
    serve: Any, faults: tuple[str, ...]
) -> None:
    _, shim = serve(*faults)
    with pytest.raises(httpx.HTTPError):
        shim.client.get(made(shim))


def test_a_cut_without_ranges_cannot_be_made_good(serve: Any) -> None:
    _, shim = serve("asset-cut:1000@1", asset_ranges="ignored")
    path = made(shim)
    with pytest.raises(httpx.HTTPError):
        shim.client.get(path)
    assert shim.client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("asset-expired", 404, "24 hours"),
        ("asset-page", 502, "no video"),
        ("asset-garbled", 502, "no video"),
        ("download/empty-body", 502, "no video"),
        ("download/unavailable", 503, "answered 503"),
    ],
)
def test_what_is_no_file(serve: Any, fault: str, status: int, words: str) -> None:
    _, shim = serve(fault)
    answer = shim.client.get(made(shim))
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


def test_names_that_are_not_ours(serve: Any) -> None:
    sandbox, shim = serve()
    for path in ("/v1beta/files/abc:download?alt=media", "/v1beta/files/abc"):
        assert shim.client.get(path).status_code == 404
    assert len(sandbox.state.journal) == 0


def test_a_file_that_is_not_there_yet(serve: Any) -> None:
    sandbox, shim = serve()
    shim.client.post("/v1beta/models/veo-3.1:predictLongRunning", json=FOG)
    task_id = sandbox.state.tasks[0].id
    text = Handle(Surface.TASKS, "work", task_id).text
    answer = shim.client.get(f"/v1beta/files/{text}:download")
    assert (answer.status_code, "not ready" in answer.text) == (400, True)
    for _ in range(3):
        shim.client.get(f"/v1beta/files/{text}:download")
    beyond = Handle(Surface.TASKS, "work", task_id, index=7).text
    assert shim.client.get(f"/v1beta/files/{beyond}:download").status_code == 404


def test_a_large_file_is_not_gathered(serve: Any) -> None:
    """The sandbox goes on only as fast as the client reads, but for the system's own buffers."""
    sandbox, shim = serve("asset-large:256")
    path = made(shim)
    with shim.client.stream("GET", path) as answer:
        total = int(answer.headers["content-length"])
        pieces = answer.iter_raw(65536)
        next(pieces)
        record = sandbox.state.journal[-1]
        seen = -1
        while sandbox.state.journal.wait_for(lambda j, s=seen: j[-1].bytes_sent > s, timeout_s=0.3):
            seen = record.bytes_sent
        assert total > 256 * MIB
        assert record.bytes_sent < 128 * MIB
        assert sum(map(len, pieces)) + 65536 == total


def test_a_client_that_leaves_ends_the_download(serve: Any) -> None:
    sandbox, shim = serve("asset-large:64")
    path = made(shim)
    with shim.client.stream("GET", path) as answer:
        next(answer.iter_raw(65536))
    assert sandbox.state.journal.wait_for(lambda j: j[-1].finished)
    assert sandbox.state.journal[-1].bytes_sent < 64 * MIB
