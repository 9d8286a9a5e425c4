"""Programs of node that have Google's address in their code: led to the shim as they start.

LangChain for JavaScript, Genkit, Mastra and the AI SDK, in whatever program they are, take an
address from code alone. What node loads first (`preload/lead_fetch.cjs`) turns their calls round.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PRELOAD = Path(__file__).parent / "preload"
VAR_LED_TO = "BYTESPIKE_LED_TO"
VAR_OPTIONS = "NODE_OPTIONS"


def leading(variables: Mapping[str, str], origin: str) -> dict[str, str]:
    """Return what leads node's `fetch` to a shim at `origin`, with the user's own options kept."""
    path = str(PRELOAD / "lead_fetch.cjs").replace("\\", "\\\\").replace('"', '\\"')
    theirs = variables.get(VAR_OPTIONS, "")
    return {VAR_OPTIONS: f'{theirs} --require="{path}"'.strip(), VAR_LED_TO: origin}
