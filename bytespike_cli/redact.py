"""The one scrubber: every string that leaves the process goes through `scrub`."""

import re

MASK = "[redacted]"

_known: set[str] = set()

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # The sandbox's keys are public, and `sandbox serve` has to show them.
    (re.compile(r"sk-byts-(?!sandbox-)[A-Za-z0-9_\-]{3,}"), "sk-byts-" + MASK),
    (re.compile(r"AIza[A-Za-z0-9_\-]{10,}"), "AIza" + MASK),
    # A `$NAME` in the place of a secret is a shell variable: a printed curl has to work.
    (re.compile(r"(?i)([?&](?:key|api_key|access_token)=)(?!\$)[^&\s\"'#]+"), r"\1" + MASK),
    (
        re.compile(r"(?i)(authorization[\"']?\s*[:=]\s*[\"']?bearer\s+)(?!\$)[^\s\"',}]+"),
        r"\1" + MASK,
    ),
    (
        re.compile(r"(?i)((?:x-goog-api-key|x-api-key)[\"']?\s*[:=]\s*[\"']?)(?!\$)[^\s\"',}]+"),
        r"\1" + MASK,
    ),
)


def remember(secret: str) -> None:
    """Register a secret of any form, so that `scrub` removes it wherever it appears.

    Strings shorter than 6 characters are not registered: they would blot out ordinary text.
    """
    if len(secret) >= 6:
        _known.add(secret)


def scrub_known(text: str) -> str:
    """Return `text` with every known secret masked, and nothing else touched.

    For what a model wrote or a user typed: an `x-api-key: YOUR_KEY` in there is meant as it stands.
    """
    for secret in sorted(_known, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MASK)
    return text


def scrub(text: str) -> str:
    """Return `text` with every known secret and everything that looks like one masked."""
    text = scrub_known(text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask(secret: str) -> str:
    """Return a form of a secret by which its owner knows it: its ends, a quarter at the most.

    The prefix of generated keys is no part of the secret.
    """
    head = "sk-byts-" if secret.startswith("sk-byts-") else ""
    shown = (len(secret) - len(head)) // 4
    tail = min(shown, 4)
    head = head or secret[: min(shown - tail, 3)]
    return f"{head}…{secret[len(secret) - tail :]}"
