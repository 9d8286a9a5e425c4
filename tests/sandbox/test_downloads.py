"""The asset host."""

import hashlib
from typing import Any

import pytest

FOG = {"model": "veo-3.1", "params": {"prompt": "fog", "duration_seconds": 4}}


@pytest.fixture
def url_of(post: Any) -> Any:
    """The result of a task, made at once: `url_of(sandbox)`."""

    def url_of(sandbox: Any) -> str:
        task_id = post(sandbox, "/v1/tasks/submit", FOG).json["task_id"]
        for _ in range(3):
            done = post(sandbox, "/v1/tasks/query", {"task_id": task_id}).json
        return str(done["output"][0]["url"])

    return url_of


def test_a_file_whole_and_in_ranges(sandbox: Any, fetch: Any, url_of: Any) -> None:
    url = url_of(sandbox)
    whole = fetch(sandbox, url, key=None)
    assert (whole.status, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    size = int(whole.headers["content-length"])
    assert size == len(whole.body) > 2000
    head = fetch(sandbox, url, method="HEAD")
    assert (head.headers["content-length"], head.body) == (str(size), b"")
    for asked, start, end in (
        ("bytes=0-99", 0, 100),
        ("bytes=100-", 100, size),
        ("bytes=-10", size - 10, size),
        (f"bytes=5-{size * 2}", 5, size),
    ):
        part = fetch(sandbox, url, range=asked)
        assert part.status == 206
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.body == whole.body[start:end]
    beyond = fetch(sandbox, url, range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert sandbox.state.journal[-1].auth_form == ""


def test_a_range_of_another_version_gives_everything(sandbox: Any, fetch: Any, url_of: Any) -> None:
    url = url_of(sandbox)
    whole = fetch(sandbox, url)
    same = fetch(sandbox, url, range="bytes=9-", if_range=whole.headers["etag"])
    assert (same.status, same.body) == (206, whole.body[9:])
    other = fetch(sandbox, url, range="bytes=9-", if_range='"another"')
    assert (other.status, other.body) == (200, whole.body)


def test_ranges_that_are_ignored(make_sandbox: Any, fetch: Any, url_of: Any) -> None:
    sandbox = make_sandbox(dialects={"asset-ranges": "ignored"})
    answer = fetch(sandbox, url_of(sandbox), range="bytes=10-")
    assert answer.status == 200
    assert "accept-ranges" not in answer.headers
    assert answer.body[4:8] == b"ftyp"


def test_signatures(sandbox: Any, fetch: Any, url_of: Any) -> None:
    url = url_of(sandbox)
    for wrong in (url[:-1] + "!", url.split("?")[0], url.replace("expires=", "expires=9")):
        answer = fetch(sandbox, wrong)
        assert (answer.status, b"SignatureDoesNotMatch" in answer.body) == (403, True)
    assert fetch(sandbox, url.replace(".mp4", ".mov")).status == 404


@pytest.mark.parametrize("status", ["403", "404"])
def test_addresses_expire(make_sandbox: Any, fetch: Any, url_of: Any, status: str) -> None:
    sandbox = make_sandbox(dialects={"asset-expired": status})
    url = url_of(sandbox)
    sandbox.state.advance(86_398)
    assert fetch(sandbox, url).status == 200
    sandbox.state.advance(3)
    answer = fetch(sandbox, url)
    assert answer.status == int(status)
    assert answer.headers["content-type"] == "application/xml"


def test_another_host(make_sandbox: Any, fetch: Any, url_of: Any) -> None:
    sandbox = make_sandbox(dialects={"asset-host": "other"})
    url = url_of(sandbox)
    assert url.startswith("http://localhost:")
    assert fetch(sandbox, url, host="localhost").status == 200


@pytest.mark.parametrize(
    ("fault", "status", "length", "complete"),
    [
        ("asset-cut:1000", 200, 1000, False),
        ("asset-long:100", 200, None, False),
        ("asset-short:1000", 200, 1000, True),
        ("asset-no-length", 200, None, True),
        ("asset-garbled", 200, None, True),
        ("asset-expired", 403, None, True),
        ("download/unavailable", 503, None, True),
        ("download/bad-gateway-html", 502, None, True),
        ("download/empty-body", 200, 0, True),
    ],
)
def test_faults(
    make_sandbox: Any,
    fetch: Any,
    url_of: Any,
    fault: str,
    status: int,
    length: int | None,
    complete: bool,
) -> None:
    sandbox = make_sandbox(faults=[f"{fault}@1"])
    url = url_of(sandbox)
    broken, good = fetch(sandbox, url), fetch(sandbox, url)
    assert (broken.status, broken.complete) == (status, complete)
    assert length is None or len(broken.body) == length
    assert (good.status, good.complete) == (200, True)
    if fault == "asset-no-length":
        assert "content-length" not in broken.headers
        assert broken.body == good.body
    if fault == "asset-garbled":
        assert len(broken.body) == len(good.body)
        assert broken.body != good.body


def test_what_is_there_instead(make_sandbox: Any, fetch: Any, url_of: Any) -> None:
    sandbox = make_sandbox(faults=["asset-page@1", "asset-untyped@2", "asset-changed@3"])
    url = url_of(sandbox)
    page, untyped, changed, good = (fetch(sandbox, url) for _ in range(4))
    assert page.headers["content-type"].startswith("text/html")
    assert untyped.headers["content-type"] == "application/octet-stream"
    assert untyped.body == good.body
    assert changed.headers["etag"] != good.headers["etag"]
    assert changed.body != good.body
    assert changed.body[4:8] == b"ftyp"


def test_a_large_file_that_comes_slowly_and_is_cut(
    make_sandbox: Any, fetch: Any, url_of: Any
) -> None:
    sandbox = make_sandbox(faults=["asset-large:1", "asset-cut:600000@1", "asset-slow:1@3"])
    url = url_of(sandbox)
    cut = fetch(sandbox, url)
    assert (len(cut.body), cut.complete) == (600_000, False)
    rest = fetch(sandbox, url, range="bytes=600000-")
    whole = cut.body + rest.body
    assert len(whole) > 1024 * 1024
    assert hashlib.sha256(whole[-1024 * 1024 :]).digest() == hashlib.sha256(bytes(2**20)).digest()
    slow = fetch(sandbox, url, range="bytes=0-1023")
    assert slow.body == whole[:1024]
