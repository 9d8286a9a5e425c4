"""No secret leaves: every command and every failure, with a key that nothing knows by its looks.

The key is the sandbox's custom one, without ByteSpike's prefix: a scrubber that goes by patterns
alone would let it through.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bytespike_cli.sandbox.seed import BY_NAME
from bytespike_cli.sandbox.server import SandboxServer
from tests.clients.user import Run, User

CANARY = BY_NAME["custom"].secret
WRONG = "nobody-knows-this-secret"
"""A key that the gateway does not accept, as secret as any."""


class Case(NamedTuple):
    """A command line, the status that it ends with, what is typed, and the faults meanwhile."""

    arguments: str
    status: int = 0
    typed: str = ""
    fault: str = ""


STORED = (
    Case("keys list"),
    Case("keys list --json"),
    Case("keys show work"),
    Case("keys show work --json"),
    Case("keys verify work"),
    Case("keys use work"),
    Case("groups list"),
    Case("models"),
    Case("models --refresh --json"),
    Case("models resolve gemini-3.1-pro-preview"),
    Case("models resolve gemini-9", 6),
    Case("config show --origin"),
    Case("config show --json"),
    Case("config path"),
    Case("completions show bash"),
    Case("shim status", 1),
    Case("shim log --all"),
    Case("shim rules --json"),
    Case("env", 3),
    Case("doctor"),
    Case("doctor --json"),
    Case("doctor --report"),
    Case("doctor contract --json"),
    Case("explain -", typed=f"GEMINI_API_KEY={CANARY} 401 UNAUTHENTICATED: {CANARY}"),
    Case("generate say-hi"),
    Case("generate say-hi -v --stream"),
    Case("generate say-hi --json -v"),
    Case("generate say-hi --curl -v"),
    Case("generate -", typed="say hi"),
    Case("generate say-hi -m gemini-9", 6),
    Case("generate say-hi --file absent.png", 2),
    Case("video fog", 5),
    Case("image crane", 5),
    Case("tasks submit fog -m veo-3.1", 6),
    Case("tasks list --json"),
    Case("tasks show task_nobody", 12),
    Case("gemini chat --builtin", typed="say hi\n/quit\n"),
    Case("gemini -p say-hi", 127),
)
FAULTS = (
    Case("generate say-hi -v", 4, fault="bad-key"),
    Case("generate say-hi --json", 4, fault="bad-key"),
    Case("generate say-hi", 7, fault="quota"),
    Case("generate say-hi", 8, fault="spend-cap"),
    Case("generate say-hi", 9, fault="close"),
    Case("generate say-hi", 11, fault="garbled"),
    Case("generate say-hi --stream -v", 11, fault="cut:2"),
    Case("generate say-hi --json", 5, fault="ip"),
    Case("models --refresh", 11, fault="models/garbled"),
    Case("keys verify work", 4, fault="any/bad-key"),
    Case("doctor", 1, fault="any/bad-key"),
    Case("doctor --json", 1, fault="any/captive-portal"),
    Case("doctor --report", 1, fault="cut:1"),
    Case("doctor contract", 4, fault="any/bad-key"),
)


@pytest.fixture
def user(tmp_path: Path, sandbox: SandboxServer) -> Iterator[User]:
    """A user whose stored key is the marked one; no client is installed."""
    user = User(tmp_path / "user", sandbox, client=Path(""), key="")
    user.variables = {"BYTESPIKE_GEMINI_BIN": "", "PATH": "/nowhere"}
    stored = type_in(user, "keys add work --key-stdin", CANARY)
    assert stored.status == 0, stored.said
    assert CANARY in (user.config / "keys.toml").read_text(), "there is no secret to look for"
    yield user
    user.leave()


def type_in(user: User, arguments: str, typed: str) -> Run:
    """Run a command line with something typed at its stdin."""
    source = user.root / "typed"
    source.write_text(typed)
    with source.open() as stdin:
        run = user.run(*arguments.split(), stdin=stdin)
    source.unlink()
    return run


def assert_no_secret(user: User, run: Run, arguments: str) -> None:
    """Nothing that was printed, and no file but keys.toml, has a secret."""
    for secret in (CANARY, WRONG):
        assert secret not in run.out + run.err, f"{arguments} prints it: {run.said}"
        for path in user.root.rglob("*"):
            if path.is_file() and path != user.config / "keys.toml":
                assert secret.encode() not in path.read_bytes(), f"{arguments} writes it: {path}"


def try_all(user: User, cases: tuple[Case, ...]) -> None:
    """Run the cases one after the other: what one leaves behind, the next must not show."""
    for case in cases:
        user.sandbox.state.set_faults([case.fault] if case.fault else [])
        run = type_in(user, case.arguments, case.typed)
        assert run.status == case.status, f"{case}: {run.said}"
        assert_no_secret(user, run, case.arguments)


def test_every_command_with_a_stored_key(user: User) -> None:
    try_all(user, STORED)


def test_every_failure_of_the_gateway(user: User) -> None:
    try_all(user, FAULTS)


@pytest.mark.parametrize(
    "arguments", ["login --key-stdin --name other", "keys add other --key-stdin"]
)
def test_a_key_that_is_refused_is_neither_shown_nor_stored(user: User, arguments: str) -> None:
    run = type_in(user, arguments, WRONG)
    assert run.status == 4, run.said
    assert_no_secret(user, run, arguments)
    assert WRONG not in (user.config / "keys.toml").read_text()


def test_a_key_in_the_environment(user: User) -> None:
    for arguments, status in (("generate say-hi -v", 4), ("config show --origin", 0)):
        run = user.run(*arguments.split(), BYTESPIKE_API_KEY=WRONG)
        assert run.status == status, run.said
        assert_no_secret(user, run, arguments)


@pytest.mark.parametrize("kind", ["env", "command"])
def test_a_key_that_is_kept_elsewhere(user: User, tmp_path: Path, kind: str) -> None:
    safe = tmp_path / "safe"
    safe.write_text(CANARY)
    ref = "env:ELSEWHERE" if kind == "env" else f"command:/bin/cat {safe}"
    elsewhere = CANARY if kind == "env" else ""
    cases = (
        (("keys", "add", "other", "--secret-ref", ref), 0),
        (("keys", "list", "--json"), 0),
        (("keys", "show", "other"), 0),
        (("keys", "verify", "other"), 0),
        (("config", "show", "--json", "--key", "other"), 0),
        (("generate", "say hi", "-v", "--key", "other"), 0),
        (("generate", "hi", "--curl", "--key", "other", "-m", "gemini-3-flash"), 0),
        (("generate", "say hi", "-v", "--key", "other", "-m", "gemini-9"), 6),
    )
    for arguments, status in cases:
        run = user.run(*arguments, ELSEWHERE=elsewhere)
        assert run.status == status, run.said
        assert_no_secret(user, run, " ".join(arguments))
    assert ref.partition(":")[2] in (user.config / "keys.toml").read_text()
    user.sandbox.state.set_faults(["bad-key"])
    run = user.run("generate", "say hi", "-v", "--key", "other", ELSEWHERE=elsewhere)
    assert run.status == 4, run.said
    assert_no_secret(user, run, "generate")


def test_a_broken_store_is_not_quoted(user: User) -> None:
    """The line that cannot be read is the one with the key."""
    store = user.config / "keys.toml"
    store.write_text(store.read_text().replace(f'"{CANARY}"', f'"{CANARY}'))
    run = user.run("keys", "list")
    assert run.status == 3, run.said
    assert str(store) in run.err
    assert_no_secret(user, run, "keys list")


def test_a_gateway_that_is_down(user: User) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{holder.getsockname()[1]}"
        run = user.run(
            "generate", "say hi", "-v", BYTESPIKE_BASE_URL=origin, BYTESPIKE_API_KEY=WRONG
        )
    assert run.status == 9, run.said
    assert_no_secret(user, run, "generate")


def test_the_shim_that_stays(user: User) -> None:
    """Its answers, its log and its ledger, with a gateway that takes the key and one that fails."""
    started = type_in(user, "shim serve --daemon --port 0 --json", "")
    assert started.status == 0, started.said
    try:
        variables = type_in(user, "env --shell json --client curl", "")
        told = json.loads(variables.out)
        url = told["GOOGLE_GEMINI_BASE_URL"] + "/v1beta/models/gemini-3.1-pro:generateContent"
        for fault in ("", "bad-key"):
            user.sandbox.state.set_faults([fault] if fault else [])
            answer = httpx.post(
                url,
                json={"contents": [{"role": "user", "parts": [{"text": f"say {CANARY}"}]}]},
                headers={"x-goog-api-key": told["GEMINI_API_KEY"], "user-agent": CANARY},
                trust_env=False,
            )
            assert answer.status_code == (401 if fault else 200)
            assert CANARY not in str(answer.headers)
        user.sandbox.state.set_faults([])
        runs = [started, variables]
        runs += [type_in(user, f"shim {words}", "") for words in ("status --json", "status")]
    finally:
        runs_ended = type_in(user, "shim stop", "")
    assert runs_ended.status == 0, runs_ended.said
    runs += [type_in(user, f"shim {words}", "") for words in ("log", "log --json")]
    assert "gemini-3-1-pro" in runs[-1].out
    for run in (*runs, runs_ended):
        assert_no_secret(user, run, "the shim that stays")
