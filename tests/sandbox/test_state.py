"""The state of one sandbox."""

import pytest

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.state import SandboxState


def state() -> SandboxState:
    return SandboxState(
        SandboxConfig(now=lambda: 0.0, dialects={"done": "never"}, faults=["cut@1"])
    )


def test_reset_goes_back_to_the_configuration() -> None:
    changed = state()
    changed.set_dialect("done", "bare")
    changed.set_dialect("auth", "query-only")
    changed.set_faults([])
    changed.journal.open("GET", "/", {}, {})
    changed.ledger.account("gemini-0001").bill("gemini-3-flash", 1, 1)
    changed.reset()
    assert (changed.dialects["done"], changed.dialects["auth"]) == ("never", "all")
    assert list(changed.faults.strike("stream")) == ["stream"]
    assert len(changed.journal) == 0
    assert changed.ledger.account("gemini-0001").calls == 0


def test_the_clock_of_tasks_can_be_set_forward() -> None:
    changed = state()
    changed.advance(90)
    assert (changed.now(), changed.config.now()) == (90.0, 0.0)
    changed.reset()
    assert changed.now() == 0.0


def test_a_wrong_change_changes_nothing() -> None:
    kept = state()
    with pytest.raises(UsageError):
        kept.set_faults(["internal", "nope"])
    with pytest.raises(UsageError):
        kept.set_dialect("done", "nope")
    assert kept.dialects["done"] == "never"
    assert list(kept.faults.strike("generate")) == []


def test_how_it_listens_cannot_be_changed_later() -> None:
    running = state()
    with pytest.raises(UsageError, match="about to start"):
        running.set_faults(["tls-expired"])
    running.set_faults(["captive-portal"])
