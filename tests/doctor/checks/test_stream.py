import json
from typing import Any

import pytest

from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.checks.stream import CHECKS
from bytespike_cli.doctor.finding import Finding, Verdict
from bytespike_cli.gateway.probe import Exchange, StreamTrace
from bytespike_cli.sandbox.dialects import DIALECTS
from tests.conftest import MakeSandbox
from tests.doctor.conftest import Examine, MakeCase, alarms, first, names


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("cut:1", "stream.cut-first"),
        ("cut:3", "stream.cut"),
        ("early-end", "stream.early-end"),
        ("garbled", "stream.garbled"),
        ("empty-body", "stream.empty"),
        ("mid-error-google", "stream.overloaded"),
        ("mid-error-openai", "stream.overloaded"),
        ("mid-error-anthropic", "stream.overloaded"),
    ],
)
def test_a_stream_that_does_not_come_to_its_end(
    make_sandbox: MakeSandbox, examine: Examine, fault: str, cause: str
) -> None:
    diagnosis = examine(make_sandbox(faults=[fault]), "stream")
    assert first(diagnosis) == cause
    assert names(diagnosis, Verdict.ERROR) == {cause}


def test_a_stream_that_falls_silent(make_sandbox: MakeSandbox, examine: Examine) -> None:
    diagnosis = examine(make_sandbox(faults=["stall:1"]), "stream.end", timeout_s=2.0)
    assert first(diagnosis) == "stream.stalled"


@pytest.mark.parametrize("name", ["done", "framing", "finish-reason", "thoughts", "compression"])
def test_no_dialect_of_a_stream_is_an_alarm(
    make_sandbox: MakeSandbox, examine: Examine, name: str
) -> None:
    for value in DIALECTS[name].values:
        diagnosis = examine(make_sandbox(dialects={name: value}), "stream")
        assert alarms(diagnosis) == set(), value


def test_what_the_shim_repairs_is_said_and_no_alarm(
    make_sandbox: MakeSandbox, examine: Examine
) -> None:
    diagnosis = examine(make_sandbox(dialects={"framing": "array"}), "stream.form")
    (form,) = [f for f in diagnosis.findings if f.check == "stream.form"]
    assert (form.id, form.verdict) == ("stream.repaired", Verdict.INFO)
    assert "JSON array" in form.sentence


CHUNK = b'data: {"candidates":[{"content":{"parts":[{"text":"1 "}]}}]}\n\n'
LAST = b'data: {"candidates":[{"finishReason":"STOP"}]}\n\n'


def traced(
    pieces: list[tuple[float, bytes]], *, headers_at_s: float = 0.1, **named: str
) -> StreamTrace:
    headers = {name.replace("_", "-"): value for name, value in named.items()}
    trace = StreamTrace(status=200, headers=headers, headers_at_s=headers_at_s)
    for at_s, data in pieces:
        trace.arrivals_s.append(at_s)
        trace.body += data
        for event in trace.repair.feed(data):
            trace.documents.append(json.loads(event.partition(b":")[2]))
    trace.repair.finish(clean=True)
    return trace


def judge(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, check: str, trace: StreamTrace, **env: Any
) -> Finding:
    case = make_case(BYTESPIKE_API_KEY="sk-byts-stream-1", **env)
    monkeypatch.setattr(asked, "trial", lambda _: trace)
    monkeypatch.setattr(asked, "trial_path", lambda _: "/v1beta/models/m:streamGenerateContent")
    monkeypatch.setattr(asked, "models", lambda _: Exchange("GET", "/", 200, {}, b"", 0.1))
    probe: dict[str, Check] = {c.id: c for c in CHECKS}
    (finding,) = probe[check].probe(case)
    return finding


HELD = [(0.6, CHUNK * 6 + LAST)]
PACED = [(0.2 + 0.1 * n, CHUNK) for n in range(6)] + [(0.9, LAST)]


def test_one_burst_after_a_wait_was_held_back(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judge(make_case, monkeypatch, "stream.spacing", traced(HELD))
    assert (found.id, found.verdict) == ("stream.buffered", Verdict.WARNING)
    assert "by the gateway itself" in found.sentence


def test_who_holds_it_back_is_told_as_far_as_it_can_be(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged(trace: StreamTrace, **env: str) -> str:
        return judge(make_case, monkeypatch, "stream.spacing", trace, **env).sentence

    proxied = judged(traced(HELD), HTTPS_PROXY="http://proxy.test:3128")
    assert "the proxy proxy.test:3128" in proxied
    assert "'1.1 squid'" in judged(traced(HELD, via="1.1 squid"))
    assert "compresses" in judged(traced(HELD, content_encoding="gzip"))


@pytest.mark.parametrize(
    "trace",
    [
        traced(PACED),
        traced([(0.6, CHUNK + LAST)]),
        traced([(0.11, CHUNK * 6 + LAST)]),
        traced([(0.8, CHUNK * 6 + LAST)], headers_at_s=0.79),
    ],
    ids=["paced", "two events", "at once", "late headers"],
)
def test_what_was_not_held_back(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, trace: StreamTrace
) -> None:
    found = judge(make_case, monkeypatch, "stream.spacing", trace)
    assert (found.id, found.verdict) == ("stream.spacing", Verdict.OK)


def test_a_burst_with_late_headers_after_seconds_was_held_back_as_well(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = traced([(3.0, CHUNK * 6 + LAST)], headers_at_s=2.99)
    assert judge(make_case, monkeypatch, "stream.spacing", late).id == "stream.buffered"


def test_a_whole_answer_in_the_place_of_a_stream_is_a_changed_suffix(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b'{"candidates":[{"content":{"parts":[{"text":"1 2 3"}]},"finishReason":"STOP"}]}'
    trace = traced([(0.2, whole)], content_type="application/json")
    found = judge(make_case, monkeypatch, "stream.form", trace)
    assert found.id == "stream.not-streamed"
    assert "suffix" in found.sentence


def test_a_page_is_no_stream(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = traced([(0.2, b"<html>Log in</html>")], content_type="text/html")
    assert judge(make_case, monkeypatch, "stream.form", trace).id == "stream.not-gateway"
