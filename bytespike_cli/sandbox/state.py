"""Everything that one running sandbox knows."""

from collections.abc import Iterable

from bytespike_cli.errors import UsageError
from bytespike_cli.sandbox.config import SandboxConfig
from bytespike_cli.sandbox.dialects import choose
from bytespike_cli.sandbox.faults import Faults
from bytespike_cli.sandbox.journal import Journal
from bytespike_cli.sandbox.ledger import Ledger


class SandboxState:
    """Ledger, journal, dialects and faults. Tests in the same process may look at all of it.

    Raises UsageError for dialects or faults that do not exist.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.dialects = choose(config.dialects)
        self.faults = Faults(config.faults)
        self.journal = Journal()
        self.ledger = Ledger(config.now)

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
        """Back to how the sandbox was started: journal empty, purses full, its own faults."""
        self.dialects = choose(self.config.dialects)
        self.faults = Faults(self.config.faults)
        self.journal.clear()
        self.ledger = Ledger(self.config.now)
