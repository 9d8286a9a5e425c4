"""Drift: what the gateway does, against what its pages say of it (contract.md 7), as a table.

The pages contradict themselves; a row has the variants that they give, and a probe that finds out
which of them is true. Everything is free but two rows, which `--no-billable` leaves out: the one
stream of a few tokens that shows C11, and a request that must be refused, and is not billed then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bytespike_cli.doctor import drift
from bytespike_cli.doctor.drift import Observation
from bytespike_cli.errors import BytespikeError

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case


@dataclass(frozen=True, slots=True)
class Row:
    """One point on which the pages differ. `variants` are what they say, by letter."""

    id: str
    topic: str
    variants: Mapping[str, str]
    probe: Callable[[Case], Observation]
    billable: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row's probe has seen."""

    row: Row
    observation: Observation

    @property
    def verdict(self) -> str:
        """The letters of the variants that hold, `neither`, or `unknown`."""
        if self.observation.holds is None:
            return "unknown"
        return "+".join(self.observation.holds) or "neither"

    def document(self) -> dict[str, Any]:
        """Return it as `--json` shows it."""
        return {
            "row": self.row.id,
            "topic": self.row.topic,
            "pages_say": dict(self.row.variants),
            "holds": self.verdict,
            "seen": self.observation.words,
        }


ROWS: tuple[Row, ...] = (
    Row(
        "C1", "spelling of Gemini's text models",
        {"A": "dashed: gemini-3-1-pro", "B": "dotted: gemini-3.1-pro"}, drift.slugs,
    ),
    Row(
        "C2", "slug of Veo 3.1",
        {"A": "veo-3-1", "B": "veo-3.1", "C": "veo3.1"}, drift.veo,
    ),
    Row(
        "C3", "key on /v1beta",
        {"A": "?key= in the query", "B": "x-goog-api-key, or Bearer"}, drift.gemini_auth,
    ),
    Row(
        "C4", "one form of the key for every path",
        {"A": "one header everywhere", "B": "another one on each"}, drift.one_form,
    ),
    Row(
        "C6", "where videos are made",
        {"A": "/v1/tasks/*", "B": "/v1/videos/*"}, drift.video_paths,
    ),
    Row(
        "C10", "how a task is asked after",
        {"A": "POST with a body", "B": "GET with ?task_id="}, drift.task_query,
    ),
    Row(
        "C11", "end of a stream",
        {"A": "a final [DONE]", "B": "nothing, as Google"}, drift.stream_end, billable=True,
    ),
    Row(
        "C13", "a model outside of the key's group",
        {"A": "403 PERMISSION_DENIED", "B": "400 model_not_allowed"}, drift.foreign_model,
        billable=True,
    ),
    Row(
        "C14", "a model that does not exist",
        {"A": "404", "B": "400 model_not_found", "C": "400 unsupported_model"}, drift.no_model,
    ),
    Row(
        "C15", "a key that is not valid, on /v1beta",
        {"A": "401", "B": "400 API_KEY_INVALID"}, drift.bad_key,
    ),
    Row(
        "C18", "GET /v1/balance",
        {"A": "it is there", "B": "it is not"}, drift.balance,
    ),
    Row(
        "C19", "usage of the account",
        {"A": "rows of calls", "B": "sums by day"}, drift.usage,
    ),
    Row(
        "C22", "unit of the quota headers",
        {"A": "US dollars", "B": "credits, a million to the dollar"}, drift.quota_unit,
    ),
    Row(
        "C23", "cost of a call in a header",
        {"A": "none", "B": "estimated credits"}, drift.cost_header,
    ),
    Row(
        "C27", "embeddings",
        {"A": "absent", "B": "/v1/embeddings"}, drift.embeddings,
    ),
    Row(
        "C29", "family of Gemini in /v1/models",
        {"A": "google", "B": "gemini"}, drift.family,
    ),
    Row(
        "C37", "how a task is cancelled",
        {"A": "/v1/tasks/cancel/ID", "B": "/v1/tasks/cancel with a body"}, drift.task_cancel,
    ),
)  # fmt: skip
"""The rows that can be learnt without paying for a task; the others need one."""


def compare(case: Case) -> Iterator[Outcome]:
    """Yield the outcome of every row, in order. A row that cannot be asked is `unknown`.

    Raises what makes all of them pointless: no key, no network, a key that is refused.
    """
    drift.check_key(case)
    rows = [row for row in ROWS if case.billable or not row.billable]
    with ThreadPoolExecutor(4) as pool:
        yield from pool.map(lambda row: Outcome(row, _observe(row, case)), rows)


def _observe(row: Row, case: Case) -> Observation:
    try:
        return row.probe(case)
    except BytespikeError as failed:
        return Observation(None, failed.cause)
