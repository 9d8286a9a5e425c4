"""The matrix as a table: clients, scenarios, and in how many dialects each cell is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.clients.matrix import SCENARIOS
from tests.clients.matrix_rows import ROWS
from tests.clients.test_matrix_gemini import CANNOT as GEMINI_CANNOT

GEMINI = "gemini-cli"
Result = tuple[str, str, Sequence[str], Sequence[str]]
"""A client, a dialect, the scenarios that were tried in it, and those that failed."""

_WIDE = 22


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of the table, and below it the reasons and the failures by name."""
    yield "The number of dialects of the gateway in which a client does what it should:"
    yield ""
    yield " " * _WIDE + " ".join(SCENARIOS)
    reasons: dict[str, list[str]] = {}
    for client in (*ROWS, GEMINI):
        of_client = [result for result in results if result[0] == client]
        if not of_client:
            continue
        cannot = GEMINI_CANNOT if client == GEMINI else ROWS[client].cannot
        cells = []
        for column in SCENARIOS:
            cells.append(_cell(column, of_client, cannot).rjust(len(column)))
        yield f"{client:{_WIDE}}" + " ".join(cells)
        for column, reason in cannot.items():
            reasons.setdefault(f"no '{column}', for {reason}", []).append(client)
        apart = {} if client == GEMINI else ROWS[client].apart
        for column in () if client == GEMINI else ROWS[client].silent:
            reasons.setdefault(f"'{column}' ends it once, and it does not say why", []).append(
                client
            )
        for dialect, reason in apart.items():
            reasons.setdefault(f"dialect '{dialect}' is left out: {reason}", []).append(client)
    yield ""
    yield f"{GEMINI} meets one dialect a scenario, for a run takes it two seconds."
    for reason, clients in reasons.items():
        yield f"{', '.join(clients)}: {reason}"
    for client, dialect, _, failed in results:
        for column in failed:
            yield f"FAILED {client}: {column}, in the dialect '{dialect}'"


def _cell(column: str, results: Sequence[Result], cannot: Mapping[str, str]) -> str:
    if column in cannot:
        return "-"
    tried = [result for result in results if column in result[2]]
    right = [result for result in tried if column not in result[3]]
    return str(len(right)) if len(right) == len(tried) else f"{len(right)}/{len(tried)}"
