"""The corpus of real texts, and texts made for what a real run cannot show."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bytespike_cli.explain.clients import recognise
from bytespike_cli.explain.explain import explain, readable, secrets_in
from tests.explain.cases import CASES

CORPUS = Path(__file__).parent / "corpus"
CLIENT_OF = {
    "gemini-cli-shim": "gemini-cli",
    "google-genai-2": "google-genai",
    "google-genai-shim": "google-genai",
    "genai-js": "google-genai-js",
    "genai-js-shim": "google-genai-js",
}
WITHOUT_A_NAME = {"genai-js--done-marker", "genai-js--cut"}
"""Texts in which nothing says who wrote them."""


def captured(name: str) -> str:
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8")


def first(text: str) -> str:
    found = explain(text)
    return found[0].name if found else ""


@pytest.mark.parametrize("name", CASES)
def test_what_real_clients_print(name: str) -> None:
    found = explain(captured(name))
    assert [found[0].name] == [CASES[name].cause]
    assert found[0].evidence
    assert found[0].fix
    client = name.partition("--")[0]
    if name not in WITHOUT_A_NAME:
        assert recognise(captured(name)) == CLIENT_OF.get(client, client)


def test_every_text_has_its_case() -> None:
    assert {path.stem for path in CORPUS.iterdir()} == set(CASES)


def test_the_corpus_names_no_machine_and_no_key() -> None:
    for path in CORPUS.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("/root/", "capture-", "mistyped-key"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("404 NOT_FOUND: model not found: gemini-3.1-pro", "unknown-model"),
        ("error unmarshalling data data: [DONE]. error: invalid character 'D'", "done-marker"),
        ("[API Error: API key not valid. (Status: UNAUTHENTICATED)]", "bad-key"),
        ('✕ [API Error: Unexpected token \'D\', "[DONE]" is not valid JSON]', "done-marker"),
        ("npm error 404 GET …/@google%2fgenerative-ai-cli - Not found", "no-such-package"),
        ("POST https://generativelanguage.googleapis.com/v1beta/models/x 400", "sent-to-google"),
        ("Error: unable to get local issuer certificate", "certificate-untrusted"),
        ("code: 'CERT_HAS_EXPIRED'", "certificate-expired"),
        ("code: 'ERR_TLS_CERT_ALTNAME_INVALID'", "certificate-host"),
        ("SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON", "not-gateway"),
        ("gemini exited with code 41", "no-signin"),
        ("exit status 55", "untrusted-folder"),
        ("curl: (56) CONNECT tunnel failed, response 403", "proxy-refused"),
        ("TypeError: fetch failed\n  cause: ConnectTimeout ETIMEDOUT", "timeout"),
        ("litellm.NotFoundError: 404 http://h:1/models/gemini-x:generateContent", "no-version"),
        ('{"code":"INSUFFICIENT_BALANCE","message":"Insufficient account balance"}', "no-balance"),
        ('{"error":{"code":"model_not_allowed","message":"no"}}', "model-not-in-group"),
        ("HTTP 451 from the gateway", "content-blocked"),
        ("bash: gemini: command not found", "wrong-executable"),
        ("Error: API key not valid. Please pass a valid API key.", "bad-key"),
        ("ModelHTTPError: insufficient_balance", "no-balance"),
        ("it says API_KEY_QUOTA_EXHAUSTED", "key-quota"),
        ("error: The gateway does not accept the key.\n  HTTP 401 invalid_api_key: no", "bad-key"),
        ("HTTP/1.1 402 Payment Required\n\n", "no-balance"),
    ],
)  # fmt: skip
def test_what_people_type(text: str, name: str) -> None:
    assert first(text) == name


@pytest.mark.parametrize(
    "text", ["", "hello", "200 OK", '{"a": {"b": 1}}', "listening on port 4040", '{"contents":[]}']
)
def test_what_is_no_error_is_not_explained(text: str) -> None:
    assert explain(text) == []


def test_two_causes_that_look_alike_are_both_named() -> None:
    (found,) = explain(
        'HTTP/1.1 403 Forbidden\n\n{"error":{"code":403,"status":"PERMISSION_DENIED"}}'
    )
    assert found.name == "model-not-in-group"
    assert [other.name for other in found.alternatives] == ["ip-not-allowed", "paused-org"]
    assert found.check == "bytespike doctor key"


def test_a_code_leaves_no_alternative() -> None:
    (found,) = explain('{"error":{"code":"model_not_in_group","type":"permission_error"}}')
    assert found.name == "model-not-in-group"
    assert not found.alternatives


def test_what_bytespike_has_said_already_is_not_doubted() -> None:
    (found,) = explain(captured("gemini-cli-shim--bad-key"))
    assert not found.alternatives


def test_a_dotted_id_is_spelt_out() -> None:
    (found,) = explain(captured("curl--dotted-id"))
    assert "gemini-3-5-flash" in found.fix


def test_the_reset_of_a_spend_cap_is_reckoned_from_now() -> None:
    (found,) = explain("429 RESOURCE_EXHAUSTED rate_limit_5h: resets at 2026-06-01 14:00:00 UTC",
                       now=1_780_315_200.0)  # fmt: skip
    assert found.name == "spend-cap"
    assert "resets in 2 h" in found.sentence


def test_the_last_error_of_a_log_counts() -> None:
    log = "\n".join(
        ['{"error":{"code":503,"status":"UNAVAILABLE","message":"busy"}}', "retrying",
         '{"error":{"code":401,"status":"UNAUTHENTICATED","message":"no"}}']
    )  # fmt: skip
    assert first(log) == "bad-key"


def test_colours_are_no_obstacle() -> None:
    assert first("\x1b[31m401 UNAUTHENTICATED\x1b[0m") == "bad-key"


def test_of_a_report_only_the_error_is_read() -> None:
    report = {
        "error": {"message": '{"error":{"code":401,"status":"UNAUTHENTICATED"}}', "stack": "x"},
        "context": [{"parts": [{"text": "what does ECONNREFUSED mean? <!DOCTYPE html>"}]}],
    }
    assert first(json.dumps(report)) == "bad-key"
    assert "ECONNREFUSED" not in readable(json.dumps(report))


@pytest.mark.parametrize(
    "text", ["GEMINI_API_KEY=my-own-secret", '"apiKey": "my-own-secret"', "api_key: my-own-secret"]
)
def test_secrets_are_found_by_their_names(text: str) -> None:
    assert list(secrets_in(text)) == ["my-own-secret"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_read(text: str) -> None:
    for found in explain(text):
        assert found.sentence


@pytest.mark.parametrize(
    "text",
    [
        '{"error":' * 60_000,
        "{'message': '" * 60_000,
        "[4" * 200_000,
        " " * 400_000,
        "status" + " " * 400_000,
        "\x1b]" * 200_000,
    ],
    ids=["json", "python", "brackets", "spaces", "status", "escapes"],
)
def test_hostile_texts_end(text: str) -> None:
    explain(text)
