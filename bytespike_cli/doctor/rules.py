"""Variables that lead clients elsewhere, as a table: what each one does, and when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bytespike_cli.constants import API_PREFIX, DEFAULT_ORIGIN, KEY_PREFIX
from bytespike_cli.context import TRUE_WORDS
from bytespike_cli.doctor.origins import Seen
from bytespike_cli.launch.client import Shape
from bytespike_cli.launch.registry import CLIENTS

GOOGLE_HOSTS = ("googleapis.com", "google.com")
UNREAD = ("GEMINI_BASE_URL", "GOOGLE_API_BASE_URL")
"""ByteSpike's page names them; no client of Google's reads either (clients.md 6).

The second leads promptfoo alone, and there it wants no version.
"""
ADDRESSES = {
    name: shape
    for client in CLIENTS.values()
    for name, shape in client.addresses.items()
    if client.name != "generic" and name not in UNREAD
}
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
LAUNCH = "bytespike gemini and bytespike exec turn it off for what they start"

_SCHEME = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One variable. `id` is the finding's; `sentence` says what it does to a client."""

    id: str
    variable: str
    wrong: Callable[[str], bool]
    sentence: str
    fix: str = "unset {0}, or start the client with bytespike, which turns it off"


def _is_true(value: str) -> bool:
    return value.strip().lower() in TRUE_WORDS


def _is_other_version(value: str) -> bool:
    return value not in ("", API_PREFIX.strip("/"), "beta")


OUTRANKING: tuple[Rule, ...] = (
    Rule(
        "environment.vertex", "GOOGLE_GENAI_USE_VERTEXAI", _is_true,
        "It sends Google's SDKs and gemini-cli to Vertex AI, with other paths and another sign-in.",
    ),
    Rule(
        "environment.vertex", "GOOGLE_GENAI_USE_ENTERPRISE", _is_true,
        "It sends Google's SDKs to Vertex AI, with other paths and another sign-in.",
    ),
    Rule(
        "environment.code-assist", "GOOGLE_GENAI_USE_GCA", _is_true,
        "It makes gemini-cli sign in with a Google account, and look at no key and no base URL.",
    ),
    Rule(
        "environment.code-assist", "CODE_ASSIST_ENDPOINT", bool,
        "It leads gemini-cli to Google's Code Assist instead of a gateway.",
    ),
    Rule(
        "environment.api-version", "GOOGLE_GENAI_API_VERSION", _is_other_version,
        "It makes Google's SDKs ask under another version than /v1beta, which the gateway lacks.",
        "export {0}=v1beta, or start the client with bytespike",
    ),
    Rule(
        "environment.auth-form", "GEMINI_API_KEY_AUTH_MECHANISM", bool,
        "It makes gemini-cli send the key in two forms at once.",
    ),
    Rule(
        "environment.auth-choice", "GEMINI_DEFAULT_AUTH_TYPE",
        lambda value: value not in ("", "gemini-api-key"),
        "It makes gemini-cli propose another sign-in than the key.",
    ),
)  # fmt: skip
"""Variables that outrank what was set up by hand; launches of ours set every one of them off."""


def by_hand(found: Mapping[str, Seen]) -> bool:
    """Return whether somebody has set clients up for a gateway by variables."""
    led = any(
        (seen := found.get(name)) and seen.value and not is_google(seen.value)
        for name in (*ADDRESSES, *UNREAD)
    )
    return led or any((seen := found.get(name)) and is_bytespike_key(seen.value) for name in KEYS)


def readers_of(variable: str) -> list[str]:
    """Return the clients that read a variable."""
    return [
        client.name
        for client in CLIENTS.values()
        if client.name != "generic"
        and variable in (*client.off, *client.keys, *client.addresses, *client.extra)
    ]


def concerns(client: str, variable: str) -> bool:
    """Return whether a variable is about a client; without one ("") every variable is."""
    readers = readers_of(variable)
    return not client or client == "generic" or not readers or client in readers


def is_google(url: str) -> bool:
    """Return whether an address is Google's own."""
    host = _SCHEME.sub("", url).partition("/")[0].partition(":")[0].lower()
    return any(host == name or host.endswith("." + name) for name in GOOGLE_HOSTS)


def wrong_address(variable: str, url: str) -> tuple[str, str, str] | None:
    """Return id, sentence and fix for an address that its clients cannot use, or None."""
    shape = ADDRESSES[variable]
    if not _SCHEME.match(url):
        return (
            "environment.base-url-scheme",
            f"{variable} has no scheme, and clients do not guess one.",
            f"export {variable}=https://{url.removeprefix('//')}",
        )
    if any(mark in url for mark in "?#") or re.search(r"\s", url):
        return (
            "environment.base-url-parts",
            f"{variable} has more in it than an address: a query, a fragment or a space.",
            f"export {variable}={_right(DEFAULT_ORIGIN, shape)}",
        )
    rest = _SCHEME.sub("", url)
    path = "/" + rest.partition("/")[2].strip("/")
    origin = url[: len(url) - len(rest.partition("/")[1] + rest.partition("/")[2])]
    right = f"export {variable}={_right(origin, shape)}"
    if shape is Shape.ORIGIN and path in (API_PREFIX, "/v1", "/v1alpha", "/v1beta/models"):
        return (
            "environment.base-url-version",
            f"{variable} ends with {path}, and the clients that read it append {API_PREFIX} "
            "themselves: they ask under a doubled path and get a 404.",
            right,
        )
    if shape is Shape.VERSIONED and path == "/":
        return (
            "environment.base-url-no-version",
            f"{variable} has to end with {API_PREFIX} for the clients that read it.",
            right,
        )
    if path not in ("/", API_PREFIX):
        return (
            "environment.base-url-parts",
            f"{variable} has a path ({path}) that the gateway does not have.",
            right,
        )
    return None


def is_bytespike_key(value: str) -> bool:
    """Return whether a value is a key that ByteSpike made."""
    return value.strip().strip("'\"").startswith(KEY_PREFIX)


def _right(origin: str, shape: Shape) -> str:
    return origin + API_PREFIX if shape is Shape.VERSIONED else origin
