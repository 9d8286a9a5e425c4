"""What a sandbox is started with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bytespike_cli.constants import LOOPBACK
from bytespike_cli.errors import UsageError

DEFAULT_PORT = 8787
DEFAULT_WORD_DELAY_MS = 15.0
MAX_BODY_BYTES = 20 * 1024 * 1024
Pace = Literal["real", "fast", "step"]
"""How tasks go on: as slowly as the gateway's, fifty times faster, or a step at every query."""
LOOPBACK_HOSTS = (LOOPBACK, "::1", "localhost")


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Settings of one sandbox.

    `now` is the clock for reset times (`Environment.now`); `port` 0 takes a free one; `dialects`
    maps names of `dialects.DIALECTS` to values; `faults` are texts as `faults.parse_fault` reads
    them. Raises UsageError for a host that is not loopback: the seeded keys are public.
    """

    now: Callable[[], float]
    host: str = LOOPBACK
    port: int = 0
    dialects: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[str] = ()
    word_delay_ms: float = 0.0
    pace: Pace = "step"

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK_HOSTS:
            raise UsageError(
                f"The sandbox listens on loopback only, not on '{self.host}'.",
                fix="leave --host out, or give 127.0.0.1, ::1 or localhost",
            )
