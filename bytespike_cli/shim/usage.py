"""What was used, by the lines of the ledger: sums by model. Pure, and imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

LAUNCH = "launch-"
"""What the run of a launch begins with."""


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """The requests of one model; `model` is the slug that served, or the id that nothing served."""

    model: str
    requests: int
    failed: int
    tokens_in: int
    tokens_out: int
    first_byte_ms: float | None
    """The median of those that were answered."""


@dataclass(frozen=True, slots=True)
class Usage:
    """All of it. Times in seconds since the epoch; None where there is nothing."""

    since: float | None
    until: float | None
    requests: int
    models: tuple[ModelUsage, ...]
    credits_left_usd: float | None
    """By the last answer that said so."""

    def document(self) -> dict[str, Any]:
        """Return it as the JSON of `bytespike usage --json`."""
        return asdict(self)


def last_launch(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the lines of the launch that asked last."""
    runs = [line.get("run") for line in lines if str(line.get("run", "")).startswith(LAUNCH)]
    return [line for line in lines if runs and line.get("run") == runs[-1]]


def usage_of(lines: Sequence[Mapping[str, Any]]) -> Usage:
    """Return the sums of the lines that asked for a model, the most used model first."""
    asking = [line for line in lines if line.get("asked")]
    by_model: dict[str, list[Mapping[str, Any]]] = {}
    for line in asking:
        by_model.setdefault(str(line.get("served") or line["asked"]), []).append(line)
    models = sorted((_sums(*item) for item in by_model.items()), key=lambda m: -m.requests)
    times = [at for line in asking if (at := _number(line.get("at"))) is not None]
    left = [amount for line in asking if (amount := _left(line)) is not None]
    return Usage(
        since=min(times, default=None),
        until=max(times, default=None),
        requests=len(asking),
        models=tuple(models),
        credits_left_usd=left[-1] if left else None,
    )


def _sums(model: str, lines: Sequence[Mapping[str, Any]]) -> ModelUsage:
    answered = [line for line in lines if line.get("status") == 200 and not line.get("cause")]
    waits = [ms for line in answered if (ms := _number(line.get("first_byte_ms"))) is not None]
    return ModelUsage(
        model=model,
        requests=len(lines),
        failed=len(lines) - len(answered),
        tokens_in=sum(int(_number(line.get("tokens_in")) or 0) for line in lines),
        tokens_out=sum(int(_number(line.get("tokens_out")) or 0) for line in lines),
        first_byte_ms=round(median(waits), 1) if waits else None,
    )


def _left(line: Mapping[str, Any]) -> float | None:
    after = _number(line.get("credits_after_usd"))
    return after if after is not None else _number(line.get("credits_before_usd"))


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
