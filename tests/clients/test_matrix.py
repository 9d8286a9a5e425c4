"""Real SDKs × everything they are used for × the dialects of the gateway (`make matrix`).

One process of a client is asked everything, in every dialect, through a shim that is new for each.
Its waits are not waited for, and its clock jumps between two scenarios: nothing is carried over.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bytespike_cli.launch.client import Target, client_variables
from bytespike_cli.launch.registry import CLIENTS
from bytespike_cli.sandbox.journal import Record
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Upstream
from tests.clients.asking import Program
from tests.clients.matrix import (
    ANY,
    BIRDS,
    BREAKS,
    CATALOGUES,
    DIALECTS,
    LEARNS,
    SCENARIOS,
    Fails,
    Row,
    Works,
    asked_in,
    set_up,
)
from tests.clients.matrix_rows import ROWS
from tests.clients.programs.loop import FUNCTIONS
from tests.clients.sdks import HERE, command_of, environment
from tests.conftest import MakeSandbox
from tests.shim.conftest import TOKEN, RunningShim

pytestmark = pytest.mark.client

APART_S = 120.0
"""Longer than a shim remembers anything about a request."""

_BROKEN = re.compile(r"terminated|peer closed|Incomplete JSON", re.IGNORECASE)


@dataclass
class Clock:
    """The time, as the shim and the gateway are told it, and the waits that nobody waited for."""

    now: float = field(default_factory=time.time)
    waits: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Program]]:
    """Return the program of a client, which runs until this worker has tested everything."""
    running: dict[str, Program] = {}

    def get(name: str) -> Program:
        if name not in running:
            running[name] = _start(ROWS[name], tmp_path_factory.mktemp("program"))
        return running[name]

    yield get
    for program in running.values():
        program.end()


def _start(row: Row, folder: Path) -> Program:
    command, variables = command_of(HERE / "programs" / row.program, package=row.package)
    return Program(command, environment(folder, "", **variables), folder / "stderr")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shim_for(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> Iterator[Callable[[SandboxServer], RunningShim]]:
    """Start a shim in front of a sandbox, with the clock of the test."""
    patient = partial(Upstream, sleep=clock.sleep)
    monkeypatch.setattr("bytespike_cli.shim.keys.Upstream", patient)
    shims: list[RunningShim] = []

    def start(sandbox: SandboxServer) -> RunningShim:
        settings = ShimSettings(
            origin=sandbox.origin,
            secret=GEMINI_KEY,
            token=TOKEN,
            now=lambda: clock.now,
            key_name="work",
            group="gemini-default",
        )
        shims.append(RunningShim(settings))
        return shims[-1]

    yield start
    for shim in shims:
        shim.stop()


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        (name, dialect)
        for name, row in ROWS.items()
        for dialect in (*DIALECTS, *CATALOGUES)
        if dialect not in row.apart
    ],
)
def test_matrix(
    name: str,
    dialect: str,
    programs: Callable[[str], Program],
    clock: Clock,
    make_sandbox: MakeSandbox,
    shim_for: Callable[[SandboxServer], RunningShim],
    record_property: Callable[[str, object], None],
) -> None:
    lasting = set_up(dialect)
    sandbox = make_sandbox(**lasting, now=lambda: clock.now)
    shim = shim_for(sandbox)
    row = ROWS[name]
    variables = client_variables(CLIENTS[row.client], {}, Target(shim.address, TOKEN))
    failed: dict[str, str] = {}
    learns = LEARNS.get(dialect, 0)
    tried = [column for column in asked_in(dialect) if column not in row.cannot]
    for column in tried:
        scenario = SCENARIOS[column]
        clock.now += APART_S
        sandbox.state.reset()
        asked: dict[str, Any] = {"question": f"repeat: {BIRDS}"}
        if isinstance(scenario, Works):
            asked = dict(scenario.asked)
        elif scenario.fault:
            sandbox.state.set_faults([*lasting["faults"], scenario.fault])
        said = scenario.asks if isinstance(scenario, Fails) else column
        told = programs(name).ask(said, variables, **asked)
        wrong = judge(row, column, told, list(sandbox.state.journal), learns)
        learns = 0
        if wrong:
            failed[column] = f"{wrong}; told {str(told)[:600]}"
    record_property("matrix", [name, dialect, tried, sorted(failed)])
    assert failed == {}


def judge(row: Row, column: str, told: dict[str, Any], journal: list[Record], learns: int) -> str:
    """Return what is wrong with a cell; "" when all is right.

    `learns`: the form of the key is not known yet, and so many are refused first.
    """
    scenario = SCENARIOS[column]
    calls = [record for record in journal if "enerateContent" in record.path]
    if [record.status for record in calls[:learns]] != [401] * learns:
        return f"no {learns} forms of the key were refused first"
    calls = calls[learns:]
    billed = sum(bool(record.billed) for record in calls)
    if len(calls) != scenario.requests:
        return f"the gateway was asked {len(calls)} times, not {scenario.requests}"
    if isinstance(scenario, Works):
        if billed != len(calls):
            return f"{billed} of {len(calls)} requests were billed"
        return _worked(scenario, told)
    if billed:
        return f"{billed} requests were billed"
    return _failed(row, column, scenario, told)


def _worked(scenario: Works, told: dict[str, Any]) -> str:
    for name, expected in scenario.expected.items():
        found = told.get(name)
        if name == "names" and found is not None:
            found = sorted(each.rpartition("/")[2] for each in found)
        right = found in expected if isinstance(expected, range) else found == expected
        if not right:
            return f"{name} is {found!r}, not {expected!r}"
    if told.get("pieces", 0) < scenario.least_pieces:
        return f"it came in {told.get('pieces')} pieces"
    return ""


def _failed(row: Row, column: str, scenario: Fails, told: dict[str, Any]) -> str:
    expected = row.raises.get(column) or row.raises[ANY]
    if column in BREAKS and _BROKEN.search(told.get("words", "")):
        # On a busy machine the error comes in one read with the event before it; the client then
        # tells of the connection, which is broken after it.
        return ""
    if told.get("raised") != expected:
        return f"raised {told.get('raised')}, not {expected}"
    if column in row.silent:
        return ""
    status = None if column in row.untold else scenario.status
    if told.get("status") != status:
        return f"the status is {told.get('status')}, not {status}"
    words = told["words"]
    for ours in ("[bytespike]", scenario.says):
        if words.count(ours) != 1:
            return f"'{ours}' is said {words.count(ours)} times"
    return ""


def test_every_cell_is_tested_or_has_a_reason() -> None:
    """What a client cannot be asked is said with its reason, and its program cannot do it."""
    for name, row in ROWS.items():
        program = (Path(HERE) / "programs" / row.program).read_text()
        for column, scenario in SCENARIOS.items():
            asks = scenario.asks if isinstance(scenario, Fails) else column
            function = f"def {FUNCTIONS.get(asks, asks)}(asked)"
            there = function in program or f"  {asks}: async" in program
            assert there is (column not in row.cannot), f"{name}, {column}"
            assert row.cannot.get(column, "a reason")
            assert set(scenario.dialects) <= set(DIALECTS)
