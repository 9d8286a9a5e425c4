"""What a client does without bytespike and with it: requests, bills, time, and what is read.

    python -m benchmarks.containment [--client NAME ...]

Writes the table of docs/clients.md. Every cell is a run of the real client (`make test` installs
them) against the sandbox: without us as an expert would set it up, with the real key, the right
address and the gateway's own spelling of the model; with us through `bytespike exec` or
`bytespike gemini`. Each client repeats as it does by default. A run is ended after `CAP_S`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bytespike_cli.launch.client import Target, client_variables
from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer, running
from tests.clients.matrix import Row
from tests.clients.matrix_rows import ROWS
from tests.clients.sdks import BYTESPIKE, HERE, NODE, command_of, environment
from tests.clients.user import User, script_of

CAP_S = 20.0
READ = 150
"""Characters of an error that are shown."""
SLUG = "gemini-3-1-pro"
PAGE = Path(__file__).parent.parent / "docs" / "clients.md"
BEGIN = "<!-- made by `python -m benchmarks.containment` -->\n"
END = "<!-- end -->\n"
GEMINI = "gemini-cli"


@dataclass(frozen=True)
class Case:
    """A gateway's behaviour, as a dialect or a fault, and what is asked."""

    name: str
    dialects: Mapping[str, str]
    fault: str = ""
    asks: str = "stream"
    model: str = SLUG


CASES = (
    Case("a good stream, ended with `[DONE]`", {}),
    Case("a stream without finishReason", {"finish-reason": "missing", "done": "never"}),
    Case("401: the key is not valid", {}, "bad-key"),
    Case("404: no such model", {}, asks="absent", model="gemini-9-ultra"),
    Case("429: too many requests", {}, "concurrency"),
    Case("503: no capacity", {}, "unavailable"),
)


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `seconds` is None when it had to be ended."""

    requests: int
    billed: int
    seconds: float | None
    read: str

    @property
    def cells(self) -> str:
        took = f"> {CAP_S:.0f} s" if self.seconds is None else f"{self.seconds:.1f} s"
        return f"{self.requests} | {self.billed} | {took} | {self.read}"


def run_sdk(row: Row, case: Case, sandbox: SandboxServer, root: Path, *, ours: bool) -> Outcome:
    """Ask the program of an SDK once, from its start to its end."""
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    variables |= {"ASKED_MODEL": SLUG, "ASKED_RETRIES": "2"}
    client = CLIENTS[row.client]
    if ours:
        command = [str(BYTESPIKE), "exec", "--client", client.name, "--", *command]
    else:
        variables |= client_variables(client, {}, Target(sandbox.origin, GEMINI_KEY))
    line = {"scenario": case.asks, "variables": {}, "question": "count to 5"}
    with subprocess.Popen(
        command,
        env=environment(root, sandbox.origin, **variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            begin = time.perf_counter()
            out, _ = process.communicate(json.dumps(line) + "\n", timeout=CAP_S)
            seconds: float | None = time.perf_counter() - begin
        except subprocess.TimeoutExpired:
            _end(process)
            out, _ = process.communicate()
            seconds = None
    told = json.loads(out.splitlines()[-1]) if out.strip() else {}
    return _outcome(sandbox, seconds, told.get("text") or told.get("words") or "nothing")


def run_gemini(case: Case, sandbox: SandboxServer, root: Path, *, ours: bool) -> Outcome:
    """Run gemini-cli once, as a program that gives its answer and ends."""
    user = User(root, sandbox, script_of("newest"))
    arguments = ("-p", "count to 5", "-m", case.model)
    begin = time.perf_counter()
    if ours:
        process = user.start("gemini", *arguments, new_session=True)
    else:
        user.write(user.settings, {"security": {"auth": {"selectedType": "gemini-api-key"}}})
        process = subprocess.Popen(
            [str(NODE), str(user.client), *arguments],
            cwd=user.project,
            env=user.plain_environment(
                GEMINI_API_KEY=GEMINI_KEY, GOOGLE_GEMINI_BASE_URL=sandbox.origin
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    try:
        out, err = process.communicate(timeout=CAP_S)
        seconds: float | None = time.perf_counter() - begin
    except subprocess.TimeoutExpired:
        _end(process)
        out, err = process.communicate()
        seconds = None
    said = out.strip() or "nothing"
    if process.returncode and seconds is not None:
        said = f"{out.strip()} … {_complaint(err)}" if out.strip() else _complaint(err)
    return _outcome(sandbox, seconds, said)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and what it started: gemini-cli starts itself a second time."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _complaint(err: str) -> str:
    """Return the words of gemini-cli's error: it shows a stack, a report's path and more."""
    ours = [line for line in err.splitlines() if "[bytespike]" in line]
    if ours:
        return re.sub(r"^.*?(?:Error: |\"message\": ?\")", "", ours[0])
    found = re.search(r"\b_?(?:ApiError|SyntaxError|ModelNotFoundError): ([^\n]+)", err)
    return found[1] if found else (err.strip().splitlines() or ["nothing"])[-1]


def _outcome(sandbox: SandboxServer, seconds: float | None, said: str) -> Outcome:
    calls = [r for r in sandbox.state.journal if "enerateContent" in r.path]
    words = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", " ".join(said.split()))
    ours = words.find("[bytespike]")
    if ours > READ - 60:
        words = "… " + words[ours:]
    words = words if len(words) <= READ else words[:READ].rstrip() + " …"
    words = words.replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
    read = "nothing, and waits" if seconds is None else words
    return Outcome(len(calls), sum(bool(r.billed) for r in calls), seconds, read)


def _folder() -> tempfile.TemporaryDirectory[str]:
    # What a run that was ended leaves behind may still be writing into it.
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def measure(client: str, case: Case, *, ours: bool) -> Outcome:
    """Run a client in a case, with a sandbox and a home of its own."""
    faults = [case.fault] if case.fault else []
    config = SandboxConfig(now=time.time, dialects=case.dialects, faults=faults)
    with running(config) as sandbox, _folder() as folder:
        if client == GEMINI:
            return run_gemini(case, sandbox, Path(folder), ours=ours)
        return run_sdk(ROWS[client], case, sandbox, Path(folder), ours=ours)


def table(clients: list[str]) -> Iterator[str]:
    """Yield the lines of the page between its markers."""
    for client in clients:
        yield f"\n### {client}\n\n"
        yield "| The gateway answers | | requests | billed | time | what is read |\n"
        yield "|---|---|---|---|---|---|\n"
        for case in CASES:
            for ours in (False, True):
                outcome = measure(client, case, ours=ours)
                name, who = ("", "with") if ours else (case.name, "without")
                line = f"| {name} | {who} | {outcome.cells} |\n"
                print(f"{client:22} {case.name:36} {line}", end="", flush=True)
                yield line
    yield "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--client", action="append", help="print these alone, and write nothing")
    given = parser.parse_args()
    clients = given.client or [GEMINI, *ROWS]
    content = "".join(table(clients))
    if given.client:
        return
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(head + BEGIN + content + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
