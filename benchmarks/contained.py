"""Runs one real client once, without bytespike or with it, and says what it came to."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bytespike_cli.launch.client import Target, client_variables
from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer, running
from tests.clients.matrix import Row
from tests.clients.matrix_rows import ROWS
from tests.clients.recorder import GOOGLE, Recorder, recording
from tests.clients.sdks import BYTESPIKE, HERE, NODE, command_of, environment
from tests.clients.user import User, script_of

GEMINI = "gemini-cli"
SLUG = "gemini-3-1-pro"
PROMPT = "count to 5"
_ACCOUNT = "gemini-0001"
"""The sandbox's name of the key."""
_READ = 150
"""Characters of an error that are shown."""
_SIGN_IN = {"security": {"auth": {"selectedType": "gemini-api-key"}}}


class How(Enum):
    """How a client is set up."""

    PAGE = "the page's variables"
    """Without bytespike, with the variables of ByteSpike's page, before a recording proxy."""
    PAGE_WITH = "the page's variables, and bytespike"
    EXPERT = "without"
    """Without bytespike, with the right variables: the real key, address and spelling."""
    WITH = "with"

    @property
    def is_ours(self) -> bool:
        return self in (How.PAGE_WITH, How.WITH)

    @property
    def is_recorded(self) -> bool:
        return self in (How.PAGE, How.PAGE_WITH)


@dataclass(frozen=True, eq=False)
class Case:
    """A gateway's behaviour, as a dialect or a fault, and what is asked."""

    name: str
    dialects: Mapping[str, str]
    fault: str = ""
    asks: str = "stream"
    model: str = SLUG
    prompt: str = PROMPT
    options: Sequence[str] = ()
    """More arguments for gemini-cli."""
    only: str = ""
    """The one client that does this."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to; `seconds` is None when it had to be ended after `cap_s`."""

    requests: int
    """To generate something, at the gateway."""
    billed: int
    google: int
    """Requests to Google that carried the key and the prompt, where that was recorded."""
    seconds: float | None
    cap_s: float
    read: str

    @property
    def took(self) -> str:
        return f"> {self.cap_s:.0f} s" if self.seconds is None else f"{self.seconds:.1f} s"


def measure(client: str, case: Case, how: How, cap_s: float) -> Outcome:
    """Run a client in a case, with a sandbox and a home of its own, for `cap_s` at most."""
    faults = [case.fault] if case.fault else []
    config = SandboxConfig(now=time.time, dialects=case.dialects, faults=faults)
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(running(config))
        # What a run that was ended leaves behind may still be writing into it.
        made = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(made))
        recorder = stack.enter_context(recording(folder)) if how.is_recorded else None
        begin = time.perf_counter()
        words: str | None = None
        if client == GEMINI:
            process = _start_gemini(case, how, sandbox, folder, recorder)
        else:
            process = _start_sdk(ROWS[client], how, sandbox, folder, recorder)
            words = _asked(case)
        seconds: float | None
        try:
            out, err = process.communicate(words, timeout=cap_s)
            seconds = time.perf_counter() - begin
        except subprocess.TimeoutExpired:
            _end(process)
            out, err = process.communicate()
            seconds = None
        said = _gemini_said(process, out, err, seconds) if client == GEMINI else _sdk_said(out)
        return Outcome(
            _requests(sandbox),
            sandbox.state.ledger.account(_ACCOUNT).calls,
            len(_leaked(recorder, case)) if recorder else 0,
            seconds,
            cap_s,
            "nothing, and waits" if seconds is None else _shown(said),
        )


def _requests(sandbox: SandboxServer) -> int:
    """Return how many requests to generate something came; of a great many the last are kept."""
    journal = list(sandbox.state.journal)
    calls = sum("enerateContent" in record.path for record in journal)
    return calls + (journal[0].number - 1 if journal else 0)


def _leaked(recorder: Recorder, case: Case) -> list[object]:
    """Return the requests to Google that showed it the user's key and prompt."""
    return [
        seen
        for seen in recorder.requests
        if seen.host == GOOGLE and seen.shows(GEMINI_KEY) and seen.shows(case.prompt)
    ]


def _page(sandbox: SandboxServer) -> dict[str, str]:
    """Return the variables of ByteSpike's page: no client reads its two addresses."""
    address = f"{sandbox.origin}/v1beta"
    return {
        "GEMINI_API_KEY": GEMINI_KEY,
        "GEMINI_BASE_URL": address,
        "GOOGLE_API_BASE_URL": address,
    }


def _asked(case: Case) -> str:
    return json.dumps({"scenario": case.asks, "variables": {}, "question": case.prompt}) + "\n"


def _start_sdk(
    row: Row, how: How, sandbox: SandboxServer, root: Path, recorder: Recorder | None
) -> subprocess.Popen[str]:
    """Start the program of an SDK, which then asks what its stdin says, once."""
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    variables |= {"ASKED_MODEL": SLUG, "ASKED_RETRIES": "2"}
    client = CLIENTS[row.client]
    if recorder is not None:
        by_node = row.program.endswith(".mjs")
        variables |= _page(sandbox) | (recorder.node_variables if by_node else recorder.variables)
    if how.is_ours:
        command = [str(BYTESPIKE), "exec", "--client", client.name, "--", *command]
    elif how is How.EXPERT:
        variables |= client_variables(client, {}, Target(sandbox.origin, GEMINI_KEY))
    return _popen(command, root, environment(root, sandbox.origin, **variables), reads=True)


def _start_gemini(
    case: Case, how: How, sandbox: SandboxServer, root: Path, recorder: Recorder | None
) -> subprocess.Popen[str]:
    """Start gemini-cli once, as a program that gives its answer and ends."""
    user = User(root, sandbox, script_of("newest"))
    arguments = (*case.options, "-p", case.prompt, "-m", case.model)
    recorded = _page(sandbox) | recorder.variables if recorder is not None else {}
    if how.is_ours:
        command = [str(BYTESPIKE), "gemini", *arguments]
        return _popen(command, user.project, user.environment(**recorded))
    if how is How.EXPERT:
        user.write(user.settings, _SIGN_IN)
        recorded = {"GEMINI_API_KEY": GEMINI_KEY, "GOOGLE_GEMINI_BASE_URL": sandbox.origin}
    command = [str(NODE), str(user.client), *arguments]
    return _popen(command, user.project, user.plain_environment(**recorded))


def _popen(
    command: Sequence[str], folder: Path, variables: Mapping[str, str], *, reads: bool = False
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.PIPE if reads else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and what it started: gemini-cli starts itself a second time."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _sdk_said(out: str) -> str:
    told = json.loads(out.splitlines()[-1]) if out.strip() else {}
    return str(told.get("text") or told.get("words") or "nothing")


def _gemini_said(process: subprocess.Popen[str], out: str, err: str, seconds: float | None) -> str:
    said = out.strip() or "nothing"
    if process.returncode and seconds is not None:
        said = f"{out.strip()} … {_complaint(err)}" if out.strip() else _complaint(err)
    return said


def _complaint(err: str) -> str:
    """Return the words of gemini-cli's error: it shows a stack, a report's path and more."""
    ours = [line for line in err.splitlines() if "[bytespike]" in line]
    if ours:
        return re.sub(r"^.*?(?:Error: |\"message\": ?\")", "", ours[0])
    found = re.search(r"\b_?(?:ApiError|SyntaxError|ModelNotFoundError): ([^\n]+)", err)
    return found[1] if found else (err.strip().splitlines() or ["nothing"])[-1]


def _shown(said: str) -> str:
    """Return what was said as a cell of a table."""
    words = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", " ".join(said.split()))
    ours = words.find("[bytespike]")
    if ours > _READ - 60:
        words = "… " + words[ours:]
    words = words if len(words) <= _READ else words[:_READ].rstrip() + " …"
    return words.replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
