"""The certificates: each is wrong in one way alone."""

import http.client
import ssl
from typing import Any
from urllib.parse import urlsplit

import pytest

from bytespike_cli.sandbox.tls import AUTHORITY, CERTIFICATES, server_context

VERDICTS = {
    "tls": None,
    "tls-expired": "certificate has expired",
    "tls-wrong-host": "IP address mismatch",
    "tls-self-signed": "self.signed certificate",
}


def ask_over_tls(origin: str, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection(urlsplit(origin).netloc, context=context, timeout=20)
    try:
        connection.request(
            "GET", "/v1/models", headers={"x-api-key": "sk-byts-sandbox-gemini-0001"}
        )
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("fault", CERTIFICATES)
def test_whoever_trusts_the_authority_sees_the_one_thing_that_is_wrong(
    make_sandbox: Any, fault: str
) -> None:
    origin = make_sandbox(faults=[fault]).origin
    assert origin.startswith("https://")
    trusting = ssl.create_default_context(cafile=str(AUTHORITY))
    words = VERDICTS[fault]
    if words is None:
        assert ask_over_tls(origin, trusting) == 200
        return
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        ask_over_tls(origin, trusting)


def test_nobody_trusts_it_by_default(make_sandbox: Any) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="issuer"):
        ask_over_tls(make_sandbox(faults=["tls"]).origin, ssl.create_default_context())


def test_every_fault_has_its_verdict_and_its_file() -> None:
    assert VERDICTS.keys() == CERTIFICATES.keys()
    for fault in CERTIFICATES:
        server_context(fault)
