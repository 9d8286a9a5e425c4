"""What bytespike itself has said in a text: it knew the gateway's answer, and named the cause."""

from __future__ import annotations

import re

from bytespike_cli.wire.causes import CAUSES, Cause

OURS = "[bytespike] "
"""With this the shim begins its line (`wire.envelope`)."""
_STREAM_CUT = "stream-cut"
_LINE = re.compile(re.escape(OURS) + r"([^\n]{10,})")
_QUOTE = re.compile(r"\\+(?=['\"])")
"""Before a quote, where a client shows the line inside JSON or as Python writes it."""
_SAID: tuple[tuple[str, str], ...] = (
    ("The gateway's stream was cut", _STREAM_CUT),
    ("The gateway ended the stream before any answer", _STREAM_CUT),
    *((info.sentence.partition("{")[0], str(cause)) for cause, info in CAUSES.items()),
)
"""How sentences begin, and the cause or the symptom that each stands for."""
_SHORTEST = 12
"""Characters of a sentence before the model's name that tell it from the others."""


def cause_said(text: str) -> tuple[str, int] | None:
    """Return the last cause, or symptom, that bytespike named in a text, and where it stands.

    A sentence that tells no more than that the cause is not known does not count.
    """
    named: tuple[str, int] | None = None
    for line in _LINE.finditer(text):
        words = _QUOTE.sub("", line[1])
        for begins, name in _SAID:
            if len(begins) >= _SHORTEST and words.startswith(begins) and name != Cause.UNKNOWN:
                named = name, line.start()
                break
    return named
