"""`bytespike sandbox serve`."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bytespike_cli.cli.main import invoke
from bytespike_cli.sandbox.dialects import DIALECTS
from bytespike_cli.sandbox.faults import KINDS
from bytespike_cli.sandbox.seed import GEMINI_KEY, KEYS, STUDIO_KEY


@contextmanager
def serving(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bytespike_cli", "sandbox", "serve", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def models_of(origin: str) -> Any:
    request = urllib.request.Request(f"{origin}/v1/models", headers={"x-api-key": GEMINI_KEY})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.loads(response.read())


def test_it_says_when_it_is_ready_and_ctrl_c_ends_it() -> None:
    with serving() as process:
        assert process.stdout is not None
        words = process.stdout.readline().split()
        assert words[:2] == ["listening", "on"]
        assert len(models_of(words[2])["data"]) == 4
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
        assert process.wait(timeout=20) == 130
        assert f"export BYTESPIKE_BASE_URL={words[2]}" in out
        assert f"export BYTESPIKE_API_KEY={GEMINI_KEY}" in out
        assert all(key.secret in out for key in KEYS)
        assert "Traceback" not in out


def test_json_is_one_line() -> None:
    with serving("--json", "--dialect", "models=minimal", "--fault", "internal") as process:
        assert process.stdout is not None
        document = json.loads(process.stdout.readline())
        first = {"key": GEMINI_KEY, "group": "gemini-default", "note": "the usual one"}
        assert document["keys"][0] == first
        assert models_of(document["origin"])["data"][0] == {"id": "gemini-3-1-pro"}


@pytest.mark.parametrize(("options", "seconds"), [((), 45), (("--fast",), 1)])
def test_videos_take_their_time(options: tuple[str, ...], seconds: int) -> None:
    with serving(*options) as process:
        assert process.stdout is not None
        origin = process.stdout.readline().split()[2]
        body = {"model": "veo-3.1", "params": {"prompt": "fog", "duration_seconds": 4}}
        request = urllib.request.Request(
            f"{origin}/v1/tasks/submit",
            json.dumps(body).encode(),
            {"x-api-key": STUDIO_KEY, "content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            assert json.loads(response.read())["estimated_seconds"] == seconds


def test_a_taken_port(sandbox: Any, make_env: Any) -> None:
    env = make_env()
    port = sandbox.origin.rpartition(":")[2]
    assert invoke(env, ["sandbox", "serve", "--port", port]) == 9
    assert f"Port {port} on 127.0.0.1 is not free." in env.stderr.getvalue()
    assert "fix: bytespike sandbox serve --port 0" in env.stderr.getvalue()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--host", "0.0.0.0"], "loopback only"),
        (["--dialect", "done"], "needs a name and a value"),
        (["--dialect", "done=perhaps"], "has no value 'perhaps'"),
        (["--fault", "nope"], "There is no fault 'nope'"),
        (["--port", "70000"], "--port"),
        (["--word-delay-ms", "-1"], "--word-delay-ms"),
    ],
)
def test_usage(make_env: Any, options: list[str], words: str) -> None:
    env = make_env()
    assert invoke(env, ["sandbox", "serve", "--port", "0", *options]) == 2
    assert words in env.stderr.getvalue()


def test_lists(make_env: Any) -> None:
    env = make_env()
    assert invoke(env, ["sandbox", "serve", "--list-dialects"]) == 0
    text = env.stdout.getvalue()
    assert all(f"{name}={row.default} (default)" in text for name, row in DIALECTS.items())
    env = make_env()
    assert invoke(env, ["sandbox", "serve", "--list-faults"]) == 0
    assert all(name in env.stdout.getvalue() for name in KINDS)


def test_lists_as_json(make_env: Any) -> None:
    env = make_env()
    assert invoke(env, ["sandbox", "serve", "--list-faults", "--json"]) == 0
    assert [row["fault"] for row in json.loads(env.stdout.getvalue())] == list(KINDS)
    env = make_env()
    assert invoke(env, ["sandbox", "serve", "--list-dialects", "--json"]) == 0
    rows = json.loads(env.stdout.getvalue())
    assert {row["dialect"] for row in rows if row["default"]} == set(DIALECTS)
