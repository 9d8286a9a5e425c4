"""The seeded keys and groups: fixed, public, obviously fake, one for every case a user can meet."""

from collections.abc import Mapping
from dataclasses import dataclass

USD = 1_000_000
"""Credits in a dollar (contract.md 6.5)."""

GEMINI_TEXT = ("gemini-3-1-pro", "gemini-3-5-flash", "gemini-3-flash", "gemini-2-5-flash")
CLAUDE_TEXT = ("claude-opus-4-8", "claude-sonnet-4-6", "claude-haiku-4-5")
OTHER_TEXT = (
    "gpt-5-5", "gpt-5-4", "gpt-5-4-mini", "gpt-5-4-nano", "deepseek-v4-pro", "deepseek-v4-flash",
    "deepseek-v3-anthropic", "deepseek-r1", "deepseek-v3-2",
)  # fmt: skip
GEMINI_MEDIA = (
    "nano-banana", "nano-banana-v2", "veo-3.1", "veo-3.1-fast", "veo3.1", "veo3.1-fast",
    "veo3.1-lite", "veo-3-1",
)  # fmt: skip
OTHER_MEDIA = (
    "sora-2", "sora2", "sora-2-pro", "sora2-pro", "seedance-1.5-pro", "seedream-4", "seedream-4.5",
    "gpt-image-2", "gpt-image-2-official",
)  # fmt: skip

GROUPS: Mapping[str, tuple[str, ...]] = {
    "gemini-default": GEMINI_TEXT,
    "claude-default": CLAUDE_TEXT,
    "default": (*GEMINI_TEXT, *CLAUDE_TEXT, *OTHER_TEXT, *GEMINI_MEDIA, *OTHER_MEDIA),
    "": (),
}
"""What a group reaches (contract.md 6.4); the group without a name reaches nothing (C36)."""


@dataclass(frozen=True, slots=True)
class SeededKey:
    """A key of the sandbox. Amounts in USD, as the gateway's own fields are (contract.md 2.1)."""

    secret: str
    name: str
    group: str
    note: str
    refused: str = ""
    """Row of `errors.FAILURES` with which every request is answered."""
    unpaid: str = ""
    """The same for requests that cost money."""
    quota_usd: float = 100.0
    window_usd: float = 20.0
    org_usd: float | None = None
    spent_usd: float = 0.0
    """Spent before the sandbox began."""
    reset_s: int = 5 * 3600
    """Seconds from the sandbox's start to the end of the spend window."""
    in_flight_max: int = 500


def _key(name: str, group: str, note: str, **rest: object) -> SeededKey:
    return SeededKey(f"sk-byts-sandbox-{name}", name, group, note, **rest)  # type: ignore[arg-type]


_GEMINI = "gemini-default"

KEYS: tuple[SeededKey, ...] = (
    _key("gemini-0001", _GEMINI, "the usual one"),
    _key("gemini-0002", _GEMINI, "a second one, with its own purse"),
    _key("claude-0001", "claude-default", "reaches no Gemini model"),
    _key("default-0001", "default", "reaches every model"),
    _key(
        "studio-0001",
        "default",
        "the same, for many videos",
        quota_usd=10_000.0,
        window_usd=10_000.0,
    ),
    SeededKey("my-own-sandbox-secret", "custom", _GEMINI, "a custom key, without the prefix"),
    _key("org-0001", _GEMINI, "owned by an organisation", org_usd=250.0),
    _key("nogroup-0001", "", "reaches no model at all"),
    _key("limited-0001", _GEMINI, "one request at a time", in_flight_max=1),
    _key("expired-0001", _GEMINI, "expired: 401", refused="expired"),
    _key("revoked-0001", _GEMINI, "revoked: 401", refused="revoked"),
    _key("blocked-0001", _GEMINI, "not from this IP address: 403", refused="ip"),
    _key(
        "paused-0001", _GEMINI, "of a paused organisation: 403", refused="paused-org", org_usd=9.0
    ),
    _key("quota-0001", _GEMINI, "quota used up: 402", quota_usd=5.0, spent_usd=5.0),
    _key("low-0001", _GEMINI, "a few cents left", quota_usd=5.0, spent_usd=4.97),
    _key("narrow-0001", _GEMINI, "spend window nearly used up", spent_usd=19.5, reset_s=3600),
    _key("wallet-0001", _GEMINI, "wallet empty: 402", unpaid="empty-wallet"),
    _key("capped-0001", _GEMINI, "spend cap reached: 429", spent_usd=20.0, reset_s=2 * 3600),
)

GEMINI_KEY = KEYS[0].secret
CLAUDE_KEY = KEYS[2].secret
DEFAULT_KEY = KEYS[3].secret
STUDIO_KEY = KEYS[4].secret

BY_SECRET: Mapping[str, SeededKey] = {key.secret: key for key in KEYS}
BY_NAME: Mapping[str, SeededKey] = {key.name: key for key in KEYS}
