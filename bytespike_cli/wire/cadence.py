"""How often to ask for a task (contract.md 3.11): a pure function of what is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from bytespike_cli.wire.media_slug import Surface, essence

WAIT_S = 900.0
"""How long a command waits unless it is told otherwise: a generous default (C40)."""
LONGEST_S = 30.0
"""The pause that backing off ends at."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every `first_s` until `first_until_s`, then every `then_s` until `up_to_s`, then slower."""

    first_s: float
    first_until_s: float
    then_s: float
    up_to_s: float


_BY_MODEL: Mapping[str, Cadence] = {
    "veo31": Cadence(2, 60, 5, 180),
    "veo31fast": Cadence(1, 30, 2, 60),
    "sora2": Cadence(2, 180, 5, 240),
    "sora2pro": Cadence(2, 90, 5, 240),
    "seedance15pro": Cadence(2, 60, 5, 180),
}
"""Pages ref:veo-3-1, ref:veo-3-1-fast, sora-2, sora-2-pro, seedance-1-5-pro."""
_VIDEOS = Cadence(5, 180, 5, 180)
"""Page models/sora2, for all of /v1/videos."""
_USUAL = Cadence(2, 60, 5, 180)


def poll_delay_s(
    elapsed_s: float,
    *,
    model: str = "",
    surface: Surface = Surface.TASKS,
    estimate_s: float | None = None,
) -> float:
    """Return the seconds to wait before asking again, `elapsed_s` after the submit.

    The page's cadence is for a model that takes as long as the page thinks: an estimate of the
    gateway's own that is longer stretches it ("match `estimated_seconds`", tasks-query), and what
    takes longer than both is asked for less and less often.
    """
    plan = _VIDEOS if surface is Surface.VIDEOS else _BY_MODEL.get(essence(model), _USUAL)
    up_to_s = max(plan.up_to_s, estimate_s or 0.0)
    stretch = up_to_s / plan.up_to_s
    if elapsed_s < plan.first_until_s * stretch:
        return min(plan.first_s * stretch, LONGEST_S)
    delay_s = plan.then_s * stretch
    if elapsed_s > up_to_s:
        delay_s *= elapsed_s / up_to_s
    return min(delay_s, LONGEST_S)
