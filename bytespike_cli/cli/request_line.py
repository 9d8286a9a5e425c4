"""One request of the ledger as one line for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bytespike_cli.wire.money import usd


def request_line(line: Mapping[str, Any]) -> str:
    """Return `21:38:38 200 an-sdk/1.2 asked → served 7→31 tokens, 420 ms, $4.20 left (ids)`.

    What is not known is left out; a line of another version may lack anything.
    """
    words = [
        _when(line),
        str(line.get("status") or "-"),
        str(line.get("client") or "-"),
        _what(line),
    ]
    told = [words_ for words_ in (_tokens(line), _first_byte(line), _credits(line)) if words_]
    if line.get("cause"):
        told.insert(0, str(line["cause"]))
    rules = line.get("rules")
    applied = f" ({' '.join(map(str, rules))})" if isinstance(rules, list) and rules else ""
    return f"{' '.join(words)} {', '.join(told)}".rstrip() + applied


def _when(line: Mapping[str, Any]) -> str:
    at: Any = line.get("at")
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M:%S}" if _is_number(at) else "-"


def _what(line: Mapping[str, Any]) -> str:
    asked, served, method = (str(line.get(name) or "") for name in ("asked", "served", "method"))
    if not asked:
        return method or "refused"
    model = f"{asked} → {served}" if served and served != asked else asked
    return model if method in ("generateContent", "streamGenerateContent") else f"{model}:{method}"


def _tokens(line: Mapping[str, Any]) -> str:
    counts = [line.get("tokens_in"), line.get("tokens_out")]
    if counts == [None, None]:
        return ""
    return "→".join("?" if count is None else str(count) for count in counts) + " tokens"


def _first_byte(line: Mapping[str, Any]) -> str:
    value = line.get("first_byte_ms")
    return f"{value:.0f} ms" if _is_number(value) else ""


def _credits(line: Mapping[str, Any]) -> str:
    for name, words in (("credits_after_usd", "left"), ("credits_before_usd", "before it")):
        value: Any = line.get(name)
        if _is_number(value):
            return f"{usd(value)} {words}"
    return ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
