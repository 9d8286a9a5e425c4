"""What an answer of the gateway tells, as a finding: the one table of causes, in our words.

Where a cause covers several cases (mistyped, revoked, expired), the gateway's own words may tell
which; they only choose between what the status and code allow already (contract.md 4.2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bytespike_cli.constants import KEY_PREFIX
from bytespike_cli.doctor.finding import Finding, error
from bytespike_cli.wire.causes import CAUSES, Cause, fix_of
from bytespike_cli.wire.quota import duration

if TYPE_CHECKING:
    from bytespike_cli.gateway.probe import Exchange
    from bytespike_cli.wire.classify import Failure

_REVOKED = re.compile(r"\brevoked\b|\bdisabled\b|\bdeleted\b|吊销|禁用|已删除", re.IGNORECASE)
_MISSING = re.compile(
    r"\bmissing\b|\bis required\b|\bnot provided\b|\bno api key\b|缺少", re.IGNORECASE
)
_PAUSED = re.compile(r"\borgani[sz]ation\b|\bpaused\b|\bsuspended\b|组织|暂停", re.IGNORECASE)
_IP = re.compile(r"\bIP\b|\baddress\b", re.IGNORECASE)


def of_failure(
    family: str,
    failure: Failure,
    *,
    seen: str,
    key: str = "",
    variable: str = "",
    explains: tuple[str, ...] = (),
) -> Finding:
    """Return the finding for an answer that is an error; its id is `family.cause`.

    `key` is the secret that was sent, for what its looks say; it is not shown. `variable` is the
    one that it stands in, if it does.
    """
    name, sentence, fix = _split(failure, key, variable)
    if failure.reset_at is not None and failure.wait_s and "resets in" not in sentence:
        sentence = f"{sentence} It can be tried again in {duration(failure.wait_s)}."
    return error(f"{family}.{name}", sentence, evidence=seen, fix=fix, explains=explains)


def words_of(exchange: Exchange, failure: Failure) -> str:
    """Return what was seen, in one line: the request, the status, the gateway's code and words."""
    said = " ".join(filter(None, (failure.code, failure.message)))
    line = f"{exchange.method} {exchange.path}: HTTP {exchange.status}"
    return f"{line}, {said}" if said else exchange.seen


def _split(failure: Failure, key: str, variable: str) -> tuple[str, str, str]:
    """Return the name, the sentence and the fix of a failure, as exactly as its words allow."""
    cause, words = failure.cause, failure.message
    if cause is Cause.BAD_KEY:
        return _bad_key(words, key, variable)
    if cause in (Cause.PERMISSION, Cause.MODEL_NOT_IN_GROUP):
        for said, meant in ((_PAUSED, Cause.PAUSED_ORG), (_IP, Cause.IP_NOT_ALLOWED)):
            if said.search(words):
                return meant.value, CAUSES[meant].sentence, CAUSES[meant].fix
    return cause.value, failure.sentence, fix_of(cause, variable)


def _bad_key(words: str, key: str, variable: str) -> tuple[str, str, str]:
    if _REVOKED.search(words):
        return "revoked-key", "The key was revoked.", fix_of(Cause.EXPIRED_KEY, variable)
    if _MISSING.search(words):
        return (
            "missing-key",
            "The gateway says that no key arrived, although one was sent: something on the way "
            "takes it off.",
            "leave the proxy out for this host: export NO_PROXY=HOST; then: bytespike doctor key",
        )
    if key and not key.startswith(KEY_PREFIX):
        return (
            "bad-key",
            "The gateway does not accept the key, which does not look like one of its own "
            f"({KEY_PREFIX}…): was it copied whole, and from the right place?",
            fix_of(Cause.BAD_KEY, variable),
        )
    return "bad-key", CAUSES[Cause.BAD_KEY].sentence, fix_of(Cause.BAD_KEY, variable)
