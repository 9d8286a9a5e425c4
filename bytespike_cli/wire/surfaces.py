"""The gateway's own paths beside the models: which of them a client of the shim may use.

A client holds a session token in the place of the key. It may use every surface that the key is
for, and none that would manage keys or accounts: a reveal would hand out the real key (C20).
"""

import re
from enum import StrEnum

_SURFACE = re.compile(r"/(?:v1beta|v1)/([a-z][a-z0-9_-]*)(?:[/:].*)?")
"""The surface's name must stand there plainly: `/v1/%6beys` is `/v1/keys` to the gateway."""
_OWN_ACCOUNT = "/api/v1/me/"
_MANAGEMENT = frozenset(
    {"account", "accounts", "admin", "auth", "groups", "keys", "org", "orgs", "user", "users"}
)
"""Names of contract.md 2.1, 3.5 and 3.9 and their kin, under whatever prefix."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


class Use(StrEnum):
    """What a request to the gateway's own paths would do."""

    WORK = "work"
    """What the key is for: messages, chat/completions, tasks, images, the account's own figures."""
    MANAGE = "manage"
    """Read or change keys, or change the account."""
    NOTHING = "nothing"
    """The gateway documents nothing there."""


def use_of(method: str, raw_path: str) -> Use:
    """Return what a request would do; `raw_path` is one that `paths.parse` understood."""
    if method not in _METHODS:
        return Use.NOTHING
    if raw_path.startswith(_OWN_ACCOUNT):
        return Use.WORK if method in ("GET", "HEAD") else Use.MANAGE
    if raw_path.startswith("/api/"):
        return Use.MANAGE
    found = _SURFACE.fullmatch(raw_path)
    if found is None:
        return Use.NOTHING
    return Use.MANAGE if found.group(1) in _MANAGEMENT else Use.WORK
