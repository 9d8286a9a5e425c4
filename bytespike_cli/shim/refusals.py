"""Failures of the gateway as the client is told them."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.shim.headers import downstream_headers
from bytespike_cli.shim.record import current
from bytespike_cli.shim.replies import JSON_TYPE, refusal, scrubbed
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.shim.upstream import Refused, Unreachable
from bytespike_cli.wire.envelope import fix_of, google_envelope, without_not_found

FAILED_DEPENDENCY = 424
"""Hardly a client repeats a 424 (`GivenUp.insists`); the envelope says UNAVAILABLE."""


class Refusals:
    """Words refusals, with the settings of one shim."""

    def __init__(self, settings: ShimSettings) -> None:
        self._settings = settings

    def of_gateway(
        self, answer: Refused, *, by_client: bool = False, ends: bool = False
    ) -> web.Response:
        """Return the gateway's refusal in Google's envelope.

        `by_client`: of an id of its own; `ends`: so that no client repeats it.
        """
        record = current()
        record.apply("errors")
        record.cause = answer.failure.cause
        record.credits_left(answer.headers, before=False)
        failure = without_not_found(answer.failure) if by_client else answer.failure
        variable = VAR_API_KEY if self._settings.key_name == VAR_API_KEY else ""
        failure = replace(failure, fix=fix_of(failure.cause, variable))
        status = self._ending(failure.google_code, ends=ends)
        if status != failure.google_code:
            failure = replace(failure, google_code=status)
        hint = f"(This is about {self._settings.key_words}.)"
        headers = downstream_headers(answer.headers)
        headers["content-type"] = JSON_TYPE
        return web.Response(
            status=status, body=scrubbed(google_envelope(failure, hint=hint)), headers=headers
        )

    def of_silence(self, silence: Unreachable, *, ends: bool = False) -> web.Response:
        """Return the answer to a request that the gateway did not answer; `ends` as above."""
        current().apply("errors")
        current().cause = "unreachable"
        return refusal(self._ending(503, ends=ends), silence.sentence)

    def _ending(self, status: int, *, ends: bool) -> int:
        """Return a status that ends the turn where that is wanted, else the status.

        Of a 429, too: the shim has waited as long as the contract allows, and gemini-cli would ask
        ten times more, each with the shim's own attempts behind it.
        """
        repeated = status == 429 or status >= 500
        if not ((ends or self._settings.ends_turns) and repeated):
            return status
        current().apply("ends-turn")
        return FAILED_DEPENDENCY
