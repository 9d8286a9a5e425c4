"""What stands between a client and the gateway in a benchmark, each in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import upstream
from benchmarks.load import BODY, Route

HERE = Path(__file__).parent
VENV = HERE / ".venv"
PORTKEY = HERE / "node_modules" / "@portkey-ai" / "gateway"
LITELLM_VERSION = "1.106.2"
PORTKEY_VERSION = "1.15.2"
TOKEN = "bytespike-session-of-the-benchmark"
READY_WITHIN_S = 60.0
FAILURES = 20
"""So many answers of 5xx are no start that takes its time."""


@dataclass(frozen=True)
class Server:
    """A running server: its route, its process, and how long it took to the first answer."""

    name: str
    route: Route
    pid: int
    ready_s: float

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time that the process and its children have used (Linux)."""
        return sum(_cpu_ticks(pid) for pid in _family(self.pid)) / os.sysconf("SC_CLK_TCK")

    @property
    def rss_mb(self) -> float:
        """Resident memory of the process and its children, in MB (Linux)."""
        return sum(_memory_kb(pid, "VmRSS:") for pid in _family(self.pid)) / 1024

    @property
    def peak_mb(self) -> float:
        """The most memory that the process ever had, in MB (Linux)."""
        return _memory_kb(self.pid, "VmHWM:") / 1024


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(each for child in found for each in _family(child))]


def _memory_kb(pid: int, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def _cpu_ticks(pid: int) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def start(target: Callable[..., None], *arguments: object) -> tuple[str, int]:
    """Start a server in a process of its own; return its address and its process."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    origin: str = ours.recv()
    return origin, process.pid or 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answered(route: Route) -> int:
    """Return the status that a route answers with; 0 without an answer, or with another's words."""
    host, port = route.address
    connection = http.client.HTTPConnection(host, port, timeout=20)
    try:
        headers = {"Content-Type": "application/json", **route.headers}
        connection.request("POST", route.unary, BODY, headers)
        answer = connection.getresponse()
        right = answer.status != 200 or b"upstream of a benchmark" in answer.read()
        return answer.status if right else 0
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@contextmanager
def run(
    name: str, command: list[str], route: Route, *, log: Path, variables: Mapping[str, str]
) -> Iterator[Server]:
    """Run a server until the block ends. Raises RuntimeError when it never answers."""
    begin = time.perf_counter()
    with log.open("w") as words:
        process = subprocess.Popen(
            command,
            env={"PATH": os.environ["PATH"], "HOME": str(log.parent), **variables},
            cwd=log.parent,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        failures = 0
        while (status := answered(route)) != 200:
            failures += status >= 500
            late = time.perf_counter() - begin > READY_WITHIN_S
            if process.poll() is not None or late or failures == FAILURES:
                raise RuntimeError(f"the last answer was {status}\n{log.read_text()[-400:]}")
            time.sleep(0.005)
        yield Server(name, route, process.pid, time.perf_counter() - begin)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shim(origin: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """Our shim, by `bytespike shim serve`."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("bytespike")), "shim", "serve"]
    token = folder / "bytespike" / "state" / "shim.token"
    token.parent.mkdir(parents=True, mode=0o700)
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    route = Route(
        f"http://127.0.0.1:{port}", upstream.UNARY, upstream.STREAM, {"x-goog-api-key": TOKEN}
    )
    variables = {
        "BYTESPIKE_CONFIG_DIR": str(folder / "bytespike"),
        "BYTESPIKE_API_KEY": "the-real-key",
        "BYTESPIKE_BASE_URL": origin,
    }
    command += ["--port", str(port)]
    return run("bytespike", command, route, log=folder / "shim.log", variables=variables)


def bare(origin: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """The least that the shim's HTTP library needs to relay: no token, no repair, no record."""
    port = free_port()
    command = [sys.executable, str(HERE / "bare.py"), origin, str(port)]
    route = Route(f"http://127.0.0.1:{port}", upstream.UNARY, upstream.STREAM, {})
    return run("bare aiohttp", command, route, log=folder / "bare.log", variables={})


def nginx(origin: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """nginx as a plain reverse proxy, with kept connections and without buffers."""
    port = free_port()
    (folder / "nginx.conf").write_text(
        "daemon off; worker_processes 1; error_log stderr; pid nginx.pid;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; client_body_temp_path body; proxy_temp_path proxy;\n"
        "fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"
        f"upstream gateway {{ server {origin.removeprefix('http://')}; keepalive 128; }}\n"
        f"server {{ listen 127.0.0.1:{port} backlog=512; keepalive_requests 1000000;\n"
        "location / { proxy_pass http://gateway; proxy_http_version 1.1; proxy_buffering off;\n"
        'proxy_set_header Connection ""; proxy_set_header x-goog-api-key the-real-key; } } }\n'
    )
    command = [str(shutil.which("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    route = Route(f"http://127.0.0.1:{port}", upstream.UNARY, upstream.STREAM, {})
    return run("nginx", command, route, log=folder / "nginx.log", variables={})


def litellm(origin: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """LiteLLM's proxy, asked in Gemini's protocol (its pass-through to Google, turned here)."""
    if not (VENV / "bin" / "litellm").exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, f"litellm[proxy]=={LITELLM_VERSION}"], check=True)
    port = free_port()
    command = [str(VENV / "bin" / "litellm"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--telemetry", "False", "--num_workers", "1"]
    route = Route(
        f"http://127.0.0.1:{port}",
        f"/gemini{upstream.UNARY}",
        f"/gemini{upstream.STREAM}",
        {"x-goog-api-key": "sk-benchmark", "Authorization": "Bearer sk-benchmark"},
    )
    variables = {
        "GEMINI_API_BASE": origin,
        "GEMINI_API_KEY": "the-real-key",
        "LITELLM_MASTER_KEY": "sk-benchmark",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
    }
    return run("LiteLLM", command, route, log=folder / "litellm.log", variables=variables)


def portkey(origin: str, folder: Path) -> contextlib.AbstractContextManager[Server]:
    """Portkey's gateway, asked in Gemini's protocol by its route for what it does not know.

    1.15.2 passes the request on, and then answers 500 itself (`TypeError: immutable`).
    """
    if not PORTKEY.exists():
        npm = ["npm", "install", "--prefix", str(HERE), "--no-save", "--no-package-lock"]
        package = f"@portkey-ai/gateway@{PORTKEY_VERSION}"
        subprocess.run([*npm, "--ignore-scripts", "--loglevel=error", package], check=True)
    port = free_port()
    command = ["node", str(PORTKEY / "build" / "start-server.js"), f"--port={port}", "--headless"]
    prefix = "/v1/proxy"
    route = Route(
        f"http://127.0.0.1:{port}",
        prefix + upstream.UNARY,
        prefix + upstream.STREAM,
        {
            "x-portkey-provider": "google",
            "x-portkey-custom-host": origin,
            "Authorization": "Bearer the-real-key",
        },
    )
    return run("Portkey", command, route, log=folder / "portkey.log", variables={})
