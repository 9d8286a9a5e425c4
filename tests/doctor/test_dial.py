import socket
import ssl

import pytest

from bytespike_cli.doctor import dial
from bytespike_cli.doctor.dial import Address, address_of, issuer_of
from tests.doctor.servers import CERTIFICATES, DATE, SIGNER, answer, closed_port, listening, serving


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://llm.bytespike.ai", Address("llm.bytespike.ai", 443, True)),
        ("http://127.0.0.1:8787", Address("127.0.0.1", 8787, False)),
        ("https://[::1]:9", Address("::1", 9, True)),
        ("http://proxy.test", Address("proxy.test", 80, False)),
    ],
)
def test_a_url_leads_to_a_host_and_a_port(url: str, address: Address) -> None:
    assert address_of(url) == address


def test_a_name_is_resolved_or_not() -> None:
    assert dial.resolve("127.0.0.1", 80) == ["127.0.0.1"]
    with pytest.raises(OSError, match=r".+"):
        dial.resolve("no-such-host.invalid", 80)


def test_a_connection_goes_through_a_proxy_with_its_password() -> None:
    seen: list[bytes] = []

    def talk(plug: socket.socket) -> None:
        with plug:
            seen.append(plug.recv(65536))
            plug.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            if plug.recv(100):
                plug.sendall(b"through")

    with listening(talk) as port:
        proxy = f"http://kim:p%40ss@127.0.0.1:{port}"
        with dial.connect(Address("gateway.test", 443, True), proxy, 10) as plug:
            plug.sendall(b"hello")
            assert plug.recv(100) == b"through"
    assert seen[0].startswith(b"CONNECT gateway.test:443")
    assert b"Basic a2ltOnBAc3M=" in seen[0]


def test_a_proxy_that_refuses_is_an_error() -> None:
    with serving(answer("403 Forbidden")) as port, pytest.raises(OSError, match="403"):
        dial.connect(Address("gateway.test", 443, True), f"http://127.0.0.1:{port}", 10)


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        dial.connect(Address("127.0.0.1", closed_port(), False), None, 10)


def test_the_signer_of_a_certificate_is_named() -> None:
    pem = (CERTIFICATES / "right.pem").read_text()
    der = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERTIFICATE") :])
    assert issuer_of(der) == SIGNER
    assert issuer_of(b"") == ""
    assert issuer_of(b"garbage") == ""


def test_a_certificate_can_be_looked_at_without_being_trusted() -> None:
    with serving(answer("200 OK", date=DATE), certificate="right") as port:
        target = Address("127.0.0.1", port, True)
        assert dial.signer(target, None, 10) == SIGNER
        assert dial.date_of(target, None, 10) == DATE
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            dial.secured(target, None, 10),
        ):
            pass
