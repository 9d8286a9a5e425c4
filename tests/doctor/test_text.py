from dataclasses import replace

from bytespike_cli.doctor.finding import Finding, Verdict, error, info, ok, unknown
from bytespike_cli.doctor.registry import Selection
from bytespike_cli.doctor.text import (
    Style,
    finding_lines,
    heading,
    not_tried_lines,
    verdict_lines,
)
from bytespike_cli.doctor.verdict import Diagnosis

LONG = "The certificate of https://llm.bytespike.ai is signed by nobody that is trusted here."
BAD = error("network.tls", LONG, evidence="self-signed certificate " * 4, fix="export X=… " * 9)
NOTHING = Selection((), frozenset(), {})


def text(findings: tuple[Finding, ...], first: Finding | None, left_out: dict[str, str]) -> str:
    selection = Selection((), frozenset(), left_out)
    return "\n".join(line.text for line in verdict_lines(Diagnosis(findings, first), selection))


def test_an_error_has_what_was_seen_and_what_to_do_within_the_width() -> None:
    lines = finding_lines(BAD, 80)
    assert lines[0].text.startswith("  ERROR network.tls: The certificate of")
    assert lines[0].style is Style.ERROR
    assert all(len(line.text) <= 80 for line in lines)
    joined = "\n".join(line.text for line in lines)
    assert "\n        seen: self-signed" in joined
    assert "\n        fix:  export X=" in joined


def test_a_good_line_is_one_line() -> None:
    assert [line.text for line in finding_lines(ok("key.alive", "Yes.", "200"))] == [
        "  ok    key.alive: Yes."
    ]
    assert len(finding_lines(info("key.forms", "So.", "seen so"))) == 2


def test_a_long_word_is_not_broken() -> None:
    url = "https://example.test/" + "x" * 90
    lines = finding_lines(error("network.dns", "No.", evidence=url, fix="mend it"), 80)
    assert any(line.text.endswith(url) for line in lines)


def test_what_was_not_tried_is_one_line_for_each_reason() -> None:
    late = unknown("key.not-tried", "Not tried.", evidence="x")
    found = [replace(late, check=f"key.{name}", because="network.dns") for name in "abc"]
    (line,) = not_tried_lines(found)
    assert line.text == "  ?     not tried, because of network.dns: key.a, key.b, key.c"


def test_a_heading_is_the_family() -> None:
    assert [line.text for line in heading("key")] == ["key"]


def test_the_verdict_counts_and_names_the_first_thing_to_do() -> None:
    effect = replace(BAD, id="stream.cut", because="network.tls")
    said = text((BAD, effect), BAD, {})
    assert "1 error, no warnings, 1 more follow from these." in said
    assert "First: The certificate" in said
    assert "  fix: export X" in said


def test_the_verdict_of_a_healthy_run_says_so_and_what_was_left_out() -> None:
    said = text((), None, {"request.generate": "--no-billable"})
    assert "Nothing is wrong." in said
    assert "Left out by --no-billable: request.generate." in said


def test_what_could_not_be_learnt_is_counted() -> None:
    late = unknown("key.timeout", "Not learnt.", evidence="x")
    assert late.verdict is Verdict.UNKNOWN
    assert "1 could not be learnt" in text((late,), late, {})
