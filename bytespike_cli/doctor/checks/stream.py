"""How does an answer arrive: in pieces, whole, and in a form that clients can read?

Everything here is read from the one trial; what the shim repairs is no alarm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.dial import address_of
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.doctor.told import of_failure
from bytespike_cli.wire.classify import classify_parsed
from bytespike_cli.wire.stream_repair import StreamEnd

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import StreamTrace

MANY = 4
"""Fewer events than this tell nothing of their spacing."""
HELD_S = 0.15
"""Headers came at once, and then nothing for this long, and then everything: held back."""
ALL_HELD_S = 1.0
"""The same where the headers were held back too, beyond the gateway's usual time to answer."""
BURST_S = 0.05

_REPAIRS = {
    "done": "[DONE] at the end, on which Google's SDKs fail",
    "framing": "comments, event: lines or spacing that strict clients refuse",
    "last-blank-line": "no blank line after the last event",
    "line-separators": "line separators inside of strings",
    "json-body": "a JSON array where events were asked for",
    "not-json": "events that are no JSON",
    "finish-reason": "no finishReason, without which gemini-cli sends a turn four times",
}
_WAIT = "send it again; a stream that broke is not billed. If it lasts: bytespike doctor --report"


def form(case: Case) -> Iterator[Finding]:
    """Look whether a stream came at all, and what clients cannot read of it as it is."""
    trace = asked.trial(case)
    repair = trace.repair
    kind = trace.headers.get("content-type", "").partition(";")[0].strip().lower()
    whole = trace.body.lstrip()
    if repair.empty and not trace.broken:
        yield _nothing(trace, kind)
        return
    if kind == "application/json" and whole[:1] == b"{" and repair.events == 1:
        yield error(
            "stream.not-streamed",
            "A stream was asked for, and one whole answer came, as if the method had been "
            "generateContent: something on the way changes the suffix of the path.",
            evidence=f"{asked.trial_path(case)}: {kind}, one JSON object",
            fix="leave out what rewrites paths between here and the gateway (a proxy, an nginx)",
        )
        return
    repairs = [_REPAIRS[rule] for rule in sorted(repair.rules) if rule in _REPAIRS]
    if repair.end is not StreamEnd.COMPLETE and not repair.saw_done:
        repairs = [words for words in repairs if words != _REPAIRS["finish-reason"]]
    if repairs:
        yield info(
            "stream.repaired",
            f"The stream has what clients fail on, and the shim repairs it: {'; '.join(repairs)}.",
            f"{repair.events} events, {kind}",
            rules=sorted(repair.rules),
        )
    else:
        yield ok("stream.form", "The stream is what every client can read as it is.")


def end(case: Case) -> Iterator[Finding]:
    """Look whether the stream came to its end."""
    trace = asked.trial(case)
    repair = trace.repair
    came = f"{len(trace.documents)} event{'' if len(trace.documents) == 1 else 's'} came"
    if repair.error is not None and repair.error.shape != "text":
        failure = classify_parsed(repair.error, path=asked.trial_path(case), now=case.env.now())
        yield of_failure("stream", failure, seen=f"in the stream, after {came}: {failure.message}")
    elif repair.error is not None:
        yield error(
            "stream.garbled",
            "An event of the stream is damaged: its JSON breaks off.",
            evidence=f"{repair.error.message}; {came}",
            fix=_WAIT,
        )
    elif trace.stalled:
        yield error(
            "stream.stalled",
            "The stream fell silent before its end.",
            evidence=f"{came}, then silence: {trace.broken}",
            fix=f"a proxy that holds the rest back? {_around(case)}",
        )
    elif repair.end is StreamEnd.CUT and len(trace.documents) <= 1:
        yield error(
            "stream.cut-first",
            "The stream is cut after its first event: what stands on the way cannot stream.",
            evidence=f"{came}; {trace.broken or 'the last event breaks off'}",
            fix=_around(case),
        )
    elif repair.end is StreamEnd.CUT:
        yield error(
            "stream.cut",
            "The connection was lost in the middle of the stream.",
            evidence=f"{came}; {trace.broken or 'the last event breaks off'}",
            fix=_WAIT,
        )
    elif repair.end is StreamEnd.UNFINISHED and not repair.saw_done:
        yield error(
            "stream.early-end",
            "The stream ended before the answer was complete.",
            evidence=f"{came}; no finishReason, no [DONE]",
            fix=_WAIT,
        )
    elif repair.end is not StreamEnd.EMPTY:
        yield ok("stream.end", f"The stream came to its end ({came}).")


def spacing(case: Case) -> Iterator[Finding]:
    """Look whether the answer came in pieces, or was held back to the end, and by whom."""
    trace = asked.trial(case)
    events = trace.repair.events
    if events < MANY or not trace.arrivals_s:
        yield ok("stream.spacing", "Too few events came to tell how they are spaced.")
        return
    first_s = trace.arrivals_s[0]
    held = first_s - trace.headers_at_s
    usual_s = asked.models(case).elapsed_s
    burst = trace.spread_s < BURST_S and trace.spread_s < first_s / 10
    if burst and (held > HELD_S or first_s - usual_s > ALL_HELD_S):
        yield warning(
            "stream.buffered",
            f"The answer is held back and comes all at once: {_holder(case, trace)}.",
            evidence=f"{events} events within {trace.spread_s * 1000:.0f} ms, after "
            f"{first_s:.1f} s of waiting",
            fix=_around(case),
        )
        return
    yield ok(
        "stream.spacing",
        f"{events} events came over {trace.spread_s * 1000:.0f} ms, the first after "
        f"{first_s * 1000:.0f} ms.",
    )


def _nothing(trace: StreamTrace, kind: str) -> Finding:
    if trace.body.lstrip()[:1] == b"<":
        return error(
            "stream.not-gateway",
            "A page came in the place of the stream: something on the way answers for the gateway.",
            evidence=f"HTTP {trace.status}, {kind}",
            fix="check HTTPS_PROXY and NO_PROXY, and the base URL: bytespike config show --origin",
        )
    return error(
        "stream.empty",
        "The gateway answered with success, and nothing that is an answer.",
        evidence=f"HTTP {trace.status}, {kind or 'no content type'}, {len(trace.body)} bytes",
        fix=_WAIT,
    )


def _holder(case: Case, trace: StreamTrace) -> str:
    """Return who may hold a stream back, as far as can be told."""
    proxy = proxy_for(case.origin, case.env.variables)
    if proxy:
        via = address_of(proxy)
        return f"by the proxy {via.host}:{via.port}, most likely"
    if trace.headers.get("via"):
        return f"by '{trace.headers['via']}' (its Via header), most likely"
    if trace.headers.get("content-encoding", "identity") != "identity":
        return "by whatever compresses it on the way"
    return "by the gateway itself, or what stands before it"


def _around(case: Case) -> str:
    if proxy_for(case.origin, case.env.variables):
        return f"go around the proxy: export NO_PROXY={address_of(case.origin).host}"
    return (
        "is there a VPN, a virus scanner or a reverse proxy on the way (nginx: "
        "proxy_buffering off)? If not, tell ByteSpike: bytespike doctor --report"
    )


_NEEDS = ("request.generate",)

CHECKS = (
    Check(
        "stream.form",
        "whether clients can read the stream as it is",
        form,
        needs=_NEEDS,
        network=True,
        billable=True,
    ),
    Check(
        "stream.end",
        "whether the stream comes to its end",
        end,
        needs=_NEEDS,
        network=True,
        billable=True,
    ),
    Check(
        "stream.spacing",
        "whether the answer comes in pieces, or is held back",
        spacing,
        needs=_NEEDS,
        network=True,
        billable=True,
    ),
)
