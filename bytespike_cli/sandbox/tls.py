"""TLS of the sandbox: certificates that are right, and that are wrong in one way each.

They are committed files, made by `tests/sandbox/make_certificates.sh`, so that the faults need
neither a library nor a program. Their keys are public, their names are loopback's, and the key of
the authority that signed them is gone.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent / "certificates"
AUTHORITY = _FOLDER / "authority.pem"
"""What a client has to trust (SSL_CERT_FILE, NODE_EXTRA_CA_CERTS) to get past the signature."""

CERTIFICATES: Mapping[str, str] = {
    "tls": "as it should be, signed by an authority that nobody knows",
    "tls-expired": "with a certificate that has expired",
    "tls-wrong-host": "with a certificate for another name",
    "tls-self-signed": "with a certificate that has signed itself",
}
"""Names of faults, with what is the matter."""


def server_context(fault: str) -> ssl.SSLContext:
    """Return the context with which a sandbox listens under a fault of `CERTIFICATES`."""
    name = fault.removeprefix("tls").removeprefix("-") or "right"
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(_FOLDER / f"{name}.pem")
    return context
