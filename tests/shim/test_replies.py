"""Answers that the shim gives itself."""

import json

from bytespike_cli.redact import remember
from bytespike_cli.shim.replies import absent, document, envelope, refusal


def test_the_envelope_is_googles_with_an_integer_code() -> None:
    assert json.loads(envelope(403, "No.")) == {
        "error": {"code": 403, "message": "[bytespike] No.", "status": "PERMISSION_DENIED"}
    }


def test_a_secret_in_the_words_is_masked() -> None:
    remember("a-secret-in-a-sentence")
    assert b"a-secret" not in envelope(400, "You sent a-secret-in-a-sentence.")


def test_a_refusal_has_its_status() -> None:
    answer = refusal(404, "Nothing here.")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("application/json")


def test_header_names_of_a_document() -> None:
    assert document({}, x_bytespike_estimate="true").headers["x-bytespike-estimate"] == "true"


def test_what_the_gateway_does_not_have() -> None:
    body = absent("/v1beta/cachedContents").body
    assert isinstance(body, bytes)
    assert "ByteSpike has no '/v1beta/cachedContents'" in json.loads(body)["error"]["message"]


def test_interactions_are_refused_with_a_way_out() -> None:
    answer = absent("/v1beta/interactions")
    assert answer.status == 404
    assert isinstance(answer.body, bytes)
    assert b"generate_videos of google-genai 2" in answer.body
