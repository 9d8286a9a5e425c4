from pathlib import Path

import pytest

from bytespike_cli.doctor.checks.environment import CHECKS
from bytespike_cli.doctor.finding import Finding, Verdict
from tests.doctor.conftest import MakeCase, by_id, run_all

ORIGIN = "https://llm.bytespike.ai"
KEY = "sk-byts-environment-0001"
GOOGLE_KEY = "AIza" + "x" * 35
QUIET = (Verdict.OK, Verdict.INFO)


def found_by(make_case: MakeCase, **variables: str) -> dict[str, Finding]:
    results = run_all(CHECKS, make_case(**variables))
    return by_id(finding for result in results.values() for finding in result.findings)


def alarms(found: dict[str, Finding]) -> set[str]:
    return {id_ for id_, finding in found.items() if finding.verdict not in QUIET}


@pytest.mark.parametrize(
    ("variables", "id_"),
    [
        ({"GEMINI_API_KEY": KEY}, "environment.key-to-google"),
        ({"GEMINI_API_KEY": KEY, "GEMINI_BASE_URL": ORIGIN}, "environment.key-to-google"),
        ({"GEMINI_BASE_URL": ORIGIN + "/v1beta"}, "environment.unread-variable"),
        ({"GOOGLE_GEMINI_BASE_URL": ORIGIN + "/v1beta"}, "environment.base-url-version"),
        ({"GEMINI_API_BASE": ORIGIN}, "environment.base-url-no-version"),
        (
            {"GOOGLE_GEMINI_BASE_URL": ORIGIN, "GOOGLE_GENAI_USE_VERTEXAI": "true"},
            "environment.vertex",
        ),
        (
            {"GOOGLE_GEMINI_BASE_URL": ORIGIN, "GOOGLE_GENAI_USE_GCA": "true"},
            "environment.code-assist",
        ),
        (
            {"GOOGLE_GEMINI_BASE_URL": ORIGIN, "GOOGLE_GENAI_API_VERSION": "v1"},
            "environment.api-version",
        ),
        (
            {"GOOGLE_GEMINI_BASE_URL": ORIGIN, "GOOGLE_API_KEY": GOOGLE_KEY},
            "environment.google-key",
        ),
        (
            {"GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:1", "HTTPS_PROXY": "http://proxy.test:3"},
            "environment.proxy-loopback",
        ),
        ({"HTTPS_PROXY": "socks5://proxy.test:1"}, "environment.proxy"),
        ({"SSL_CERT_FILE": "/nowhere/ca.pem"}, "environment.certificates"),
        ({"NODE_EXTRA_CA_CERTS": "/nowhere/ca.pem"}, "environment.certificates"),
        ({"NODE_TLS_REJECT_UNAUTHORIZED": "0"}, "environment.tls-off"),
    ],
)
def test_each_is_the_one_alarm(make_case: MakeCase, variables: dict[str, str], id_: str) -> None:
    found = found_by(make_case, **variables)
    assert alarms(found) == {id_}
    assert found[id_].fix
    assert found[id_].evidence
    text = found[id_].evidence + found[id_].sentence + found[id_].fix
    assert KEY not in text
    assert GOOGLE_KEY not in text


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"GOOGLE_GENAI_USE_VERTEXAI": "true", "GOOGLE_API_KEY": GOOGLE_KEY},
        {"GEMINI_API_KEY": GOOGLE_KEY},
        {"HTTPS_PROXY": "http://user:pw@proxy.test:3128"},
        {"GOOGLE_GEMINI_BASE_URL": ORIGIN, "GEMINI_API_KEY": KEY},
        {"GEMINI_API_BASE": ORIGIN + "/v1beta"},
        {
            "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:1",
            "HTTPS_PROXY": "http://proxy.test:3128",
            "NO_PROXY": "127.0.0.1,localhost",
        },
    ],
)
def test_no_false_alarm(make_case: MakeCase, variables: dict[str, str]) -> None:
    found = found_by(make_case, **variables)
    assert alarms(found) == set()
    assert not any("pw@" in finding.evidence for finding in found.values())


def test_what_our_launches_turn_off_is_worth_knowing(make_case: MakeCase) -> None:
    found = found_by(make_case, GOOGLE_GENAI_USE_VERTEXAI="true")["environment.vertex"]
    assert found.verdict is Verdict.INFO
    assert "google-genai" in found.evidence
    assert "turn it off" in found.sentence


def test_the_dotenv_that_gemini_cli_loads_counts(make_case: MakeCase) -> None:
    case = make_case(GOOGLE_GEMINI_BASE_URL=ORIGIN)
    (case.env.cwd / ".env").write_text("\nGOOGLE_GENAI_USE_GCA=true\n")
    found = run_all(CHECKS, case)["environment.outranking"].findings[0]
    assert found.verdict is Verdict.WARNING
    assert ".env, line 2" in found.evidence


def test_a_certificate_file_that_is_none(make_case: MakeCase, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    found = found_by(make_case, SSL_CERT_FILE=str(file))["environment.certificates"]
    assert found.verdict is Verdict.ERROR
    assert "without a PEM" in found.sentence
    file.write_text("-----BEGIN CERTIFICATE-----")
    assert not alarms(found_by(make_case, SSL_CERT_FILE=str(file)))


def test_a_variable_that_hides_a_stored_key(make_case: MakeCase) -> None:
    case = make_case(BYTESPIKE_API_KEY=KEY)
    case.env.paths.config.mkdir(parents=True)
    (case.env.paths.config / "keys.toml").write_text(
        '[keys.work]\norigin = "https://llm.bytespike.ai"\nsecret = "sk-byts-stored-0001"\n'
    )
    (found,) = run_all(CHECKS, case)["environment.key-variable"].findings
    assert found.verdict is Verdict.INFO
    assert "work" in found.sentence


def test_with_a_client_only_what_it_reads_counts(make_case: MakeCase) -> None:
    variables = {"GEMINI_API_BASE": ORIGIN, "GOOGLE_GEMINI_BASE_URL": ORIGIN + "/v1beta"}
    by_client = {"litellm": "base-url-no-version", "google-genai": "base-url-version"}
    for client, id_ in by_client.items():
        results = run_all(CHECKS, make_case(client=client, **variables))
        found = by_id(f for result in results.values() for f in result.findings)
        assert alarms(found) == {f"environment.{id_}"}
