from bytespike_cli.doctor.finding import Finding, Verdict, error, ok, unknown
from bytespike_cli.doctor.report import report
from bytespike_cli.doctor.verdict import Diagnosis
from tests.doctor.conftest import MakeCase

KEY = "sk-byts-report-0001"


def found(id_: str, sentence: str = "It is so.") -> Finding:
    made = error(id_, sentence, evidence="seen `this`", fix="do that")
    return Finding(made.id, made.verdict, made.sentence, made.evidence, made.fix, check=id_)


def test_a_report_has_versions_findings_and_what_follows(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY=KEY, client="gemini-cli")
    bad = found("network.tls", f"Look at {case.env.home}/cert.")
    late = unknown("key.not-tried", "Not tried.", evidence="x")
    skipped = Finding(late.id, Verdict.UNKNOWN, "", check="key.alive", because="network.tls")
    text = report(Diagnosis((ok("network.dns", "A name."), bad, skipped), bad), case)
    assert text.startswith("# bytespike doctor\n\n- bytespike: ")
    assert "- client: gemini-cli" in text
    assert "**Look at ~/cert.** (`network.tls`)" in text
    assert "- `network.dns` ok: A name." in text
    assert "  - seen: `seen 'this'`" in text
    assert "- because of `network.tls`: `key.alive`" in text


def test_what_can_be_shown_with_curl_is_with_the_key_as_a_variable(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY=KEY)
    bad = found("key.bad-key")
    text = report(Diagnosis((bad,), bad), case)
    assert "curl -isS 'https://llm.bytespike.ai/v1/models'" in text
    assert '"Authorization: Bearer $BYTESPIKE_API_KEY"' in text
    assert KEY not in text


def test_what_is_on_this_machine_needs_no_curl(make_case: MakeCase) -> None:
    bad = found("config.key")
    assert "To reproduce" not in report(Diagnosis((bad,), bad), make_case())


def test_a_healthy_run_says_so(make_case: MakeCase) -> None:
    text = report(Diagnosis((ok("network.dns", "A name."),), None), make_case())
    assert "Nothing is wrong." in text
    assert "To reproduce" not in text


def test_settings_that_cannot_be_read_do_not_stop_a_report(make_case: MakeCase) -> None:
    bad = found("config.settings")
    text = report(Diagnosis((bad,), bad), make_case(BYTESPIKE_BASE_URL="ftp://x"))
    assert "- gateway: not known" in text
