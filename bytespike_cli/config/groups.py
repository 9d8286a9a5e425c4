"""Groups, as far as this machine knows them: from the stored keys, each bound to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bytespike_cli.config.keystore import StoredKey
from bytespike_cli.wire.catalogue import family

GEMINI_GROUP, CLAUDE_GROUP, EVERY_GROUP = "gemini-default", "claude-default", "default"
"""The groups that the gateway's documentation names (contract.md 6.4)."""

_GOOGLE = frozenset({"gemini", "veo", "nano-banana", "imagen"})


def guess_group(models: Sequence[str]) -> str:
    """Return the documented group that a catalogue looks like, to be offered, never assumed."""
    families = {family(slug) for slug in models}
    if families == {"claude"}:
        return CLAUDE_GROUP
    if families <= _GOOGLE:
        return GEMINI_GROUP
    return EVERY_GROUP


def keys_by_group(keys: Iterable[StoredKey]) -> dict[str, list[StoredKey]]:
    """Return the keys of each known group, the groups in alphabetical order."""
    found: dict[str, list[StoredKey]] = {}
    for key in keys:
        if key.group:
            found.setdefault(key.group, []).append(key)
    return dict(sorted(found.items()))
