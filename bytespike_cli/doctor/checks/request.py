"""Does a request work: straight to the gateway, and through the shim? What is left to spend?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from bytespike_cli.constants import CONSOLE_BILLING_URL, CONSOLE_KEYS_URL
from bytespike_cli.direct.outcome import Outcome
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, of_error, ok, warning
from bytespike_cli.doctor.shim_trip import round_trip
from bytespike_cli.doctor.told import of_failure
from bytespike_cli.errors import NetworkError, ProtocolError, RequestError
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.classify import classify, classify_parsed
from bytespike_cli.wire.quota import Quota, duration, from_headers, line

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import StreamTrace

LOW_SHARE = Decimal("0.1")
"""Less than this part of a window left is worth a word."""
_FOLLOWS = ("stream", "request.quota", "key.low-balance")
"""What is not worth a word of its own where the request itself is refused."""


def generate(case: Case) -> Iterator[Finding]:
    """Send the trial, and say how it was refused. What a stream lacks is told by its own family."""
    model = asked.slug(case)
    if model is None:
        yield error(
            "request.no-model",
            "There is no model to try.",
            evidence="neither a configured model nor a Gemini model in the catalogue",
            fix="name one: bytespike doctor --model ID",
        )
        return
    try:
        trace = asked.trial(case)
    except NetworkError as failed:
        yield of_error("request.no-answer", failed)
        return
    refusal = _refusal(case, trace)
    if refusal is not None:
        yield refusal
        return
    note = _declined(trace)
    if note is not None:
        yield note
        return
    yield ok(
        "request.generate",
        f"{model} answers ({trace.headers_at_s * 1000:.0f} ms to the first byte).",
        text=_text(trace),
    )


def quota(case: Case) -> Iterator[Finding]:
    """Read what is left to spend from the headers; words of a call that succeeded count more."""
    headers = asked.models(case).headers
    succeeded = False
    if case.billable:
        try:
            trace = asked.trial(case)
        except NetworkError:
            trace = None
        if trace is not None and trace.status:
            headers, succeeded = trace.headers or headers, trace.status == 200
    found, now = from_headers(headers), case.env.now()
    words = line(found, now).removeprefix("quota: ") or "The headers name no limit"
    if found.suspicious_units:
        yield info("request.quota-units", "The unit of the quota headers is unclear.", words)
        return
    low = _low(found, now, succeeded)
    if low is not None:
        yield low
        return
    yield ok("request.quota", f"{words}.", quota=_facts(found))


def shim(case: Case) -> Iterator[Finding]:
    """Ask for the models through a shim of our own: loopback, token, its own way to the gateway."""
    trip = round_trip(case)
    if trip.status == 200:
        yield ok("request.shim", f"The shim works ({trip.elapsed_s * 1000:.0f} ms).")
        return
    yield error(
        "request.shim",
        "What works straight to the gateway does not work through the shim.",
        evidence=trip.seen,
        fix="does a firewall or a proxy (HTTP_PROXY without NO_PROXY) catch connections to "
        "127.0.0.1? If not, please report it: bytespike doctor --report",
    )


def _refusal(case: Case, trace: StreamTrace) -> Finding | None:
    now, path = case.env.now(), asked.trial_path(case)
    seen = f"POST {path}: HTTP {trace.status}"
    if 300 <= trace.status < 400:
        return error(
            "request.redirect",
            "The gateway sends requests elsewhere, where the key may not follow.",
            evidence=f"{seen} to {trace.headers.get('location', 'nowhere')}",
            fix="check the base URL: bytespike config show --origin",
        )
    if trace.status == 200:
        inside = trace.repair.error
        if inside is None or inside.shape == "text" or trace.documents:
            return None  # a stream that began well: its own family tells the rest
        failure = classify_parsed(inside, path=path, now=now)
        seen = f"{seen}, and an error in it: {failure.code} {failure.message}"
    else:
        failure = classify(trace.status, trace.body, headers=trace.headers, path=path, now=now)
        said = " ".join(filter(None, (failure.code, failure.message)))
        seen = f"{seen}, {said}" if said else seen
    if failure.cause is Cause.BAD_KEY_OR_CHANNEL:
        return error(
            "request.channel",
            "Your key is good, but the gateway's own key for this model is not accepted.",
            evidence=seen,
            fix="try another model (bytespike models), or later: ByteSpike has to mend this",
            explains=_FOLLOWS,
        )
    variable = case.credential.variable
    return of_failure("request", failure, seen=seen, variable=variable, explains=_FOLLOWS)


def _declined(trace: StreamTrace) -> Finding | None:
    outcome = Outcome()
    for document in trace.documents:
        outcome.add(document)
    try:
        outcome.check()
    except RequestError as declined:
        return warning(
            "request.declined",
            "The model declined to count to 40, so the trial tells little.",
            evidence=declined.cause,
            fix="try another model: bytespike doctor --model ID",
        )
    except ProtocolError:
        return None
    return None


def _text(trace: StreamTrace) -> str:
    outcome = Outcome()
    for document in trace.documents:
        outcome.add(document)
    return outcome.text


def _low(found: Quota, now: float, succeeded: bool) -> Finding | None:
    words = line(found, now).removeprefix("quota: ")
    resets = ""
    if found.reset_at is not None and found.reset_at > now:
        resets = f" It resets in {duration(found.reset_at - now)}."
    window, limit = found.remaining_usd, found.limit_usd
    nothing = 0 in (window, found.key_remaining_usd, found.org_remaining_usd)
    if nothing and succeeded:
        return info("request.quota-odd", "The headers say that nothing is left, wrongly.", words)
    if window == 0:
        return warning(
            "request.window-empty",
            f"The spending limit of this window is reached.{resets}",
            evidence=words,
            fix=f"wait for the reset, or raise the limit at {CONSOLE_KEYS_URL}",
        )
    if nothing:
        return warning(
            "request.quota-empty",
            "Nothing is left of the key's quota or the organisation's wallet.",
            evidence=words,
            fix=f"raise the quota at {CONSOLE_KEYS_URL}, or top up at {CONSOLE_BILLING_URL}",
            explains=("key.low-balance",),
        )
    if window is not None and limit and window < limit * LOW_SHARE:
        return warning(
            "request.window-low",
            f"Little is left of the spending limit of this window.{resets}",
            evidence=words,
            fix=f"wait for the reset, or raise the limit at {CONSOLE_KEYS_URL}",
        )
    return None


def _facts(found: Quota) -> dict[str, float]:
    named = {
        "limit_usd": found.limit_usd,
        "remaining_usd": found.remaining_usd,
        "key_remaining_usd": found.key_remaining_usd,
        "org_remaining_usd": found.org_remaining_usd,
    }
    return {name: float(amount) for name, amount in named.items() if amount is not None}


CHECKS = (
    Check(
        "request.generate",
        "whether a request is answered (a few tokens are billed)",
        generate,
        needs=("catalogue.models", "catalogue.model", "key.forms"),
        network=True,
        billable=True,
        timeout_s=15.0,
    ),
    Check(
        "request.quota",
        "what is left to spend, and until when",
        quota,
        needs=("key.alive", "key.forms"),
        network=True,
        timeout_s=15.0,
    ),
    Check(
        "request.shim",
        "whether the shim reaches the gateway",
        shim,
        needs=("key.alive",),
        network=True,
    ),
)
