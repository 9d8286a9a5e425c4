"""How long prompts and answers may be: as the gateway's list says, else as ByteSpike's pages do."""

from collections.abc import Mapping
from typing import Any

_MILLION = 1_000_000
_DOCUMENTED: Mapping[str, tuple[int, int]] = {
    "gemini-3-1-pro": (_MILLION, 32_768),
    "gemini-3-5-flash": (_MILLION, 0),
    "gemini-3-flash": (200_000, 8_192),
    "gemini-2-5-flash": (_MILLION, 0),
}
"""Tokens of context and of an answer by slug (contract.md 6.2); 0 where no page says."""
_FIELDS = (
    ("inputTokenLimit", "context_window"),
    ("outputTokenLimit", "max_output_tokens"),
)
"""Google's names, and those of GET /v1/models (contract.md 3.4)."""


def token_limits(slug: str, entry: Mapping[str, Any]) -> dict[str, int]:
    """Return the limits of a model by Google's names; what nobody says is left out.

    `entry` is the gateway's own: of its list (contract.md 3.4), or in Google's shape.
    """
    limits: dict[str, int] = {}
    for (google, ours), documented in zip(_FIELDS, _DOCUMENTED.get(slug, (0, 0)), strict=True):
        given = [entry.get(ours), entry.get(google), documented]
        known = [value for value in given if type(value) is int and value > 0]
        if known:
            limits[google] = known[0]
    return limits
