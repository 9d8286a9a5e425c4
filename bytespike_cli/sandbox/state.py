"""Everything that one running sandbox knows."""

from collections.abc import Iterable

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.assets import Assets
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.dialects import choose
from bytespike_cli.sandbox.faults import Faults
from bytespike_cli.sandbox.journal import Journal
from bytespike_cli.sandbox.ledger import Ledger
from bytespike_cli.sandbox.tasks import Tasks


class SandboxState:
    """Ledger, journal, tasks, dialects and faults. Tests in the same process may look at all of it.

    Raises UsageError for dialects or faults that do not exist.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.dialects = choose(config.dialects)
        self.faults = Faults(config.faults)
        self.journal = Journal()
        self._ahead_s = 0.0
        self._open_books()

    def now(self) -> float:
        """Return the time of tasks and their results, in seconds since the epoch."""
        return self.config.now() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Set the clock of tasks and their results forward, for those who do not want to wait."""
        self._ahead_s += seconds
        self.tasks.refresh()

    def set_faults(self, texts: Iterable[str]) -> None:
        """Replace the faults. Raises UsageError, and changes nothing, for one that is not.

        How the sandbox listens cannot be changed any more.
        """
        faults = Faults(texts)
        if faults.certificate not in ("", self.faults.certificate):
            raise UsageError(
                f"Fault '{faults.certificate}' is for a sandbox that is about to start.",
                fix=f"bytespike sandbox serve --fault {faults.certificate}",
            )
        self.faults = faults

    def set_dialect(self, name: str, value: str) -> None:
        """Change one dialect. Raises UsageError for one that is not."""
        self.dialects = choose({**self.dialects, name: value})

    def reset(self) -> None:
        """Back to how the sandbox was started: no request, no task, full purses, its own faults."""
        self.dialects = choose(self.config.dialects)
        self.faults = Faults(self.config.faults)
        self.journal.clear()
        self._ahead_s = 0.0
        self._open_books()

    def _open_books(self) -> None:
        self.ledger = Ledger(self.config.now)
        self.assets = Assets(self.now, lambda: self.dialects["asset-life"])
        self.tasks = Tasks(self.now, self.config.pace, self.ledger, self.assets)
