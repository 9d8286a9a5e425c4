"""gemini-cli in the matrix: a run takes it two seconds, so each scenario meets one dialect.

Everything goes through `bytespike gemini`, as a user types it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from bytespike_cli.wire.auth import FALLBACK_ORDER
from tests.clients.conftest import MakeUser
from tests.clients.matrix import BIRDS, HI, LEARNS, PICTURE, SCENARIOS, SYSTEM, Fails, set_up
from tests.clients.user import Run, User
from tests.conftest import MakeSandbox

pytestmark = pytest.mark.client

AUTH_FORMS = len(FALLBACK_ORDER)
"""A key that is refused is tried in every form before the client is told (contract.md C3)."""
PRO = ("-m", "gemini-3.1-pro")


@dataclass(frozen=True)
class Cell:
    """What is typed, and what must be said on stdout."""

    dialect: str
    arguments: Sequence[str]
    says: str
    served: Sequence[str] = ("gemini-3-1-pro",)
    """The models that served the requests, in order."""
    before: Sequence[str] = ()
    """Arguments of a run before."""


WORKS: Mapping[str, Cell] = {
    "generate": Cell("query-only", ("-p", "say hi", *PRO), HI),
    "stream": Cell(
        "split UTF-8", ("-p", f"repeat: {BIRDS}", *PRO, "--output-format", "stream-json"), BIRDS
    ),
    "chat": Cell(
        "array stream",
        ("-p", "what did I say first?", "--resume", "latest", *PRO),
        'You said: "my bird is a quetzal".',
        before=("-p", "my bird is a quetzal", *PRO),
    ),
    "system": Cell("comments", ("-p", "say hi", *PRO), HI.upper()),
    "tools": Cell(
        "bare [DONE]",
        ("-y", "-p", "read the file NOTES.md and tell me its first word", *PRO),
        'Its first word is "Quetzal".',
        served=("gemini-3-1-pro",) * 2,
    ),
    "schema": Cell(
        "gzip",
        ("-p", "say hi"),
        HI.replace("gemini-3-1-pro", "gemini-3-5-flash"),
        served=("gemini-2-5-flash", "gemini-3-5-flash"),
    ),
    "image": Cell(
        "no finishReason",
        ("-p", "describe @picture.png", *PRO),
        f"It sees image/png of {len(base64.b64decode(PICTURE))} bytes.",
    ),
    "count": Cell(
        "Google's lists",
        ("-y", "-p", "describe @picture.png", *PRO),
        "It sees image/png",
    ),
}
FAILS: Mapping[str, str] = {
    "401": "bare errors",
    "403": "OpenAI's errors",
    "404": "array of strings",
    "429": "errors in arrays",
    "spend cap": "header-only",
    "503": "bare errors",
    "cut": "CRLF",
    "mid-Google": "array stream",
    "mid-OpenAI": "CRLF",
    "mid-Anthropic": "gzip",
}
"""The dialect of each scenario that must fail."""
CANNOT: Mapping[str, str] = {"list": "it has no command that lists models"}

Record = Callable[[str, object], None]


@pytest.mark.parametrize("column", WORKS)
def test_it_works(
    column: str, make_user: MakeUser, make_sandbox: MakeSandbox, record_property: Record
) -> None:
    cell = WORKS[column]
    record_property("matrix", ["gemini-cli", cell.dialect, [column], []])
    user = make_user(sandbox=make_sandbox(**set_up(cell.dialect)))
    user.write(user.project / "NOTES.md", "Quetzal is a bird.\n")
    (user.project / "picture.png").write_bytes(base64.b64decode(PICTURE))
    if cell.before:
        assert user.gemini(*cell.before).status == 0
        user.sandbox.state.journal.clear()
    system = str(user.write(user.root / "system.md", SYSTEM)) if column == "system" else ""
    run = user.gemini(*cell.arguments, GEMINI_SYSTEM_MD=system)
    assert run.status == 0, run.said
    assert cell.says in (_streamed(run) if column == "stream" else run.out), run.said
    learns = LEARNS.get(cell.dialect, 0)
    calls = [record for record in user.calls if "enerateContent" in record.path]
    assert [record.model for record in calls[learns:]] == list(cell.served)
    assert len(user.billed) == len(cell.served)
    if column == "schema":
        assert "responseJsonSchema" in calls[0].body["generationConfig"]
    if column == "count":
        assert [r.status for r in user.calls if r.path.endswith(":countTokens")] == [200]


def _streamed(run: Run) -> str:
    said = [e for e in run.lines if e["type"] == "message" and e["role"] == "assistant"]
    assert len(said) > 1, "the answer came in one piece"
    return "".join(event["content"] for event in said)


@pytest.mark.parametrize("column", FAILS)
def test_it_fails_once(
    column: str, make_user: MakeUser, make_sandbox: MakeSandbox, record_property: Record
) -> None:
    scenario, dialect = SCENARIOS[column], FAILS[column]
    assert isinstance(scenario, Fails)
    record_property("matrix", ["gemini-cli", dialect, [column], []])
    user = _failing(make_user, make_sandbox, scenario, dialect)
    model = "gemini-9-ultra" if scenario.asks == "absent" else "gemini-3.1-pro"
    run = user.gemini("-p", f"repeat: {BIRDS}", "-m", model)
    assert run.status == 1, run.said
    assert run.err.count("[bytespike]") == 1, run.said
    assert run.err.count(scenario.says) == 1, run.said
    assert len(user.calls) == (AUTH_FORMS if column == "401" else scenario.requests)
    assert not user.billed


def _failing(make_user: MakeUser, make_sandbox: MakeSandbox, scenario: Fails, dialect: str) -> User:
    lasting = set_up(dialect)
    faults = [*lasting["faults"], *([scenario.fault] if scenario.fault else [])]
    return make_user(sandbox=make_sandbox(dialects=lasting["dialects"], faults=faults))


def test_every_scenario_is_run_or_has_a_reason() -> None:
    assert {*WORKS, *FAILS, *CANNOT} == set(SCENARIOS)
