"""Several copies of the shim behind nginx, with the configuration of docs/nginx.conf."""

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.conftest import MakeSandbox

ROOT = Path(__file__).parent.parent
CONFIGURATION = ROOT / "docs" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
TOKEN = "a-token-of-the-team-that-is-long"
SSE = "/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse"
UNARY = "/v1beta/models/gemini-3.1-pro:generateContent"


def body(text: str = "say hi") -> dict[str, object]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}]}


@dataclass
class Team:
    """Two copies, with nginx before them; `client` has the team's token."""

    sandbox: SandboxServer
    copies: list[subprocess.Popen[bytes]]
    client: httpx.Client
    folder: Path

    def served_by(self) -> set[str]:
        """Return the copies that have noted a request."""
        return {path.parent.parent.name for path in self.folder.glob("*/state/requests.jsonl")}


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        bound = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]


def until(what: str, true: object) -> None:
    """Wait until something is so; a machine under load takes its time."""
    assert callable(true)
    for _ in range(2000):
        if true():
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"in vain: {what}")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).text == "ok\n"
    except httpx.HTTPError:
        return False


@pytest.fixture
def team(tmp_path: Path, make_sandbox: MakeSandbox) -> Iterator[Team]:
    if NGINX is None:
        assert not os.environ.get("CI"), "CI needs nginx"
        pytest.skip("nginx is not installed")
    sandbox = make_sandbox()
    front, *ports = free_ports(3)
    text = CONFIGURATION.read_text()
    for documented, port in zip((8800, 8801, 8802), (front, *ports), strict=True):
        assert f"127.0.0.1:{documented};" in text
        text = text.replace(f"127.0.0.1:{documented};", f"127.0.0.1:{port};")
    (tmp_path / "nginx.conf").write_text(text)
    with ExitStack() as stack:
        copies = []
        for number, port in enumerate(ports):
            app = ["aiohttp.web", "-H", "127.0.0.1", "-P", str(port)]
            copies.append(
                subprocess.Popen(
                    [sys.executable, "-m", *app, "bytespike_cli.shim.app:create_app"],
                    env={
                        "PATH": "/usr/bin:/bin",
                        "BYTESPIKE_API_KEY": GEMINI_KEY,
                        "BYTESPIKE_BASE_URL": sandbox.origin,
                        "BYTESPIKE_SHIM_TOKEN": TOKEN,
                        "BYTESPIKE_SHIM_HOSTS": "gemini.example.org",
                        "BYTESPIKE_CONFIG_DIR": str(tmp_path / f"copy{number}"),
                    },
                    cwd=tmp_path,
                    stdout=subprocess.DEVNULL,
                )
            )
            stack.callback(end, copies[-1])
        user = "user root; " if os.getuid() == 0 else ""
        nginx = subprocess.Popen(
            [NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", "stderr",
             "-g", f"{user}daemon off;"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(end, nginx)
        for port in (*ports, front):
            url = f"http://127.0.0.1:{port}/.bytespike/health"
            until(f"{url} answers", lambda url=url: answers(url))
        client = stack.enter_context(
            httpx.Client(
                base_url=f"http://127.0.0.1:{front}",
                headers={"x-goog-api-key": TOKEN, "host": "gemini.example.org"},
                timeout=60,
                trust_env=False,
            )
        )
        yield Team(sandbox, copies, client, tmp_path)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=30)


def test_both_serve_and_when_one_ends_the_other_goes_on(team: Team) -> None:
    for _ in range(8):
        assert team.client.post(UNARY, json=body()).status_code == 200
    until("both have served", lambda: team.served_by() == {"copy0", "copy1"})
    end(team.copies[0])
    for _ in range(8):
        answer = team.client.post(UNARY, json=body())
        assert answer.status_code == 200
        assert answer.headers["x-bytespike-model"] == "gemini-3.1-pro -> gemini-3-1-pro"
    record = team.sandbox.state.journal[-1]
    assert not any(name.startswith("x-forwarded") for name in record.headers)


def test_streams_arrive_event_by_event_and_an_abandoned_one_is_stopped(team: Team) -> None:
    team.sandbox.state.set_faults(["stall:3"])
    with team.client.stream("POST", SSE, json=body("one two three four five six")) as answer:
        pieces = answer.iter_text()
        text = ""
        while text.count("data: ") < 3:  # the gateway is silent from here on: nothing is held back
            text += next(pieces)
    until(
        "the gateway sees that the client has left",
        lambda: team.sandbox.state.journal[-1].aborted,
    )


def test_strangers_are_refused(team: Team) -> None:
    for headers, status in (
        ({"x-goog-api-key": "wrong"}, 401),
        ({"x-goog-api-key": GEMINI_KEY}, 401),
        ({"host": "evil.example"}, 403),
        ({"origin": "https://evil.example"}, 403),
    ):
        assert team.client.post(UNARY, json=body(), headers=headers).status_code == status
    assert not any("generateContent" in record.path for record in team.sandbox.state.journal)
