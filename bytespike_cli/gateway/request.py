"""One request to the gateway, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bytespike_cli.constants import API_PREFIX
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm
from bytespike_cli.wire.tasks import Call

OTHER_SURFACES = (AuthForm.BEARER, AuthForm.API_KEY)
"""Forms of the key outside /v1beta (contract.md 2.2, C4)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. `repeatable` is what creates nothing twice: after a broken connection, of which
    nobody knows whether the request arrived, it is sent again. `once` is what may create something
    at every attempt and cannot be looked up: not even a 5xx is followed by another attempt.
    `timeout_s` is the longest silence, None that of the client.
    """

    method: str
    path: str
    query: str = ""
    body: bytes | None = field(default=None, repr=False)
    streamed: bool = False
    repeatable: bool = False
    once: bool = False
    content_type: str = "application/json"
    timeout_s: float | None = None

    @classmethod
    def of(cls, call: Call, **how: Any) -> Request:
        """Return the request for a call of wire/; `how`: the other fields."""
        how.setdefault("content_type", call.content_type)
        return cls(call.method, call.path, call.query, call.content, **how)

    @property
    def forms(self) -> tuple[AuthForm, ...]:
        """The forms of the key to try, in their order."""
        return FALLBACK_ORDER if self.path.startswith(API_PREFIX) else OTHER_SURFACES
