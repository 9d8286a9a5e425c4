import pytest

from bytespike_cli.doctor import shim_trip
from bytespike_cli.doctor.shim_trip import round_trip
from bytespike_cli.sandbox.seed import GEMINI_KEY
from bytespike_cli.sandbox.server import SandboxServer
from tests.doctor.conftest import MakeCase


def test_a_shim_of_our_own_asks_for_the_models_and_nothing_is_billed(
    sandbox: SandboxServer, make_case: MakeCase
) -> None:
    case = make_case(BYTESPIKE_API_KEY=GEMINI_KEY, BYTESPIKE_BASE_URL=sandbox.origin)
    trip = round_trip(case)
    assert trip.status == 200, trip.seen
    assert "gemini-3-flash" in trip.seen or "models" in trip.seen
    assert not any(record.billed for record in sandbox.state.journal)


def test_a_loopback_that_is_closed_is_a_trip_too(
    sandbox: SandboxServer, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> tuple[int, bytes]:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(shim_trip, "_get", refuse)
    case = make_case(BYTESPIKE_API_KEY=GEMINI_KEY, BYTESPIKE_BASE_URL=sandbox.origin)
    trip = round_trip(case)
    assert (trip.status, trip.seen) == (0, "ConnectionRefusedError: refused")
