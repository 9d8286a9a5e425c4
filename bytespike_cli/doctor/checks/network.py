"""Is there a way to the gateway, and is it the gateway that answers at its end?"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.constants import MODELS_PATH
from bytespike_cli.doctor import asked, dial
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, of_error, ok, warning
from bytespike_cli.errors import ConfigurationError, NetworkError
from bytespike_cli.wire.quota import duration

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import Exchange

CONNECT_S = 3.0
SKEW_S = 300.0
"""A clock that is further off than this is worth setting; certificates allow more."""
SLOW_S = 2.0

_SHOW_URL = "check the base URL: bytespike config show --origin"
_SET_CLOCK = "set the clock: sudo timedatectl set-ntp true (macOS: sudo sntp -sS time.apple.com)"

_NOT_YET_VALID, _EXPIRED = 9, 10
_WRONG_HOST = (62, 64)
"""Verification codes of OpenSSL; every other one means that the signer is not trusted."""


def dns(case: Case) -> Iterator[Finding]:
    """Look up the name that is connected to: the gateway's, or the proxy's."""
    proxy = _proxy(case)
    target = dial.address_of(proxy or case.origin)
    whose = "the proxy" if proxy else "the gateway"
    try:
        addresses = dial.resolve(target.host, target.port)
    except OSError as failed:
        yield error(
            "network.dns",
            f"The name of {whose}, {target.host}, cannot be resolved.",
            evidence=_words(failed),
            fix="check the network (is there any? a VPN?) and the name: "
            + ("HTTPS_PROXY" if proxy else "bytespike config show --origin"),
        )
        return
    yield ok("network.dns", f"{target.host} is {', '.join(addresses[:3])}.")


def proxy(case: Case) -> Iterator[Finding]:
    """Say which way requests go, and whether the proxy on it can be used."""
    try:
        through = _proxy(case)
    except ConfigurationError as unusable:
        yield error(
            "network.proxy-setting",
            unusable.cause,
            evidence="a proxy variable of the environment",
            fix=unusable.fix,
        )
        return
    if through is None:
        yield ok("network.proxy", "No proxy stands between here and the gateway.")
        return
    via = dial.address_of(through)
    try:
        socket.create_connection((via.host, via.port), case.within(CONNECT_S)).close()
    except OSError as failed:
        yield error(
            "network.proxy",
            f"The proxy {via.host}:{via.port} cannot be reached.",
            evidence=_words(failed),
            fix="correct HTTPS_PROXY, or do without it for this host: "
            f"export NO_PROXY={dial.address_of(case.origin).host}",
            explains=("network.dns", "network.tcp", "network.tls"),
        )
        return
    yield info(
        "network.proxy",
        f"Requests go through the proxy {via.host}:{via.port}.",
        "from the variables of the environment",
    )


def tcp(case: Case) -> Iterator[Finding]:
    """Connect, and see how long that takes."""
    target, through = dial.address_of(case.origin), _proxy(case)
    place = f"{target.host}:{target.port}"
    start = case.env.monotonic()
    try:
        dial.connect(target, through, case.within(CONNECT_S)).close()
    except TimeoutError as failed:
        yield error(
            "network.unreachable",
            f"Nothing answers at {place}: a firewall drops the connection, or nobody is there.",
            evidence=f"{_words(failed)} after {case.env.monotonic() - start:.1f} s",
            fix=f"check the firewall and VPN; behind a company proxy, set HTTPS_PROXY; {_SHOW_URL}",
        )
        return
    except ConnectionRefusedError as failed:
        yield error(
            "network.refused",
            f"{place} refuses the connection: nothing listens there.",
            evidence=_words(failed),
            fix=_SHOW_URL,
        )
        return
    except OSError as failed:
        yield (
            _tunnel_failed(failed)
            if through
            else error(
                "network.tcp",
                f"No connection to {place} can be made.",
                evidence=_words(failed),
                fix=f"check the network; {_SHOW_URL}",
            )
        )
        return
    took_ms = (case.env.monotonic() - start) * 1000
    yield ok("network.tcp", f"{place} takes a connection ({took_ms:.0f} ms).")


def tls(case: Case) -> Iterator[Finding]:
    """Shake hands, and say why a certificate is not trusted."""
    target, through = dial.address_of(case.origin), _proxy(case)
    if not target.tls:
        yield ok("network.tls", "The gateway is asked without TLS, on this machine or network.")
        return
    try:
        with dial.secured(target, through, case.within(CONNECT_S)) as plug:
            version = plug.version()
    except ssl.SSLCertVerificationError as refused:
        yield _untrusted(case, refused)
        return
    except (ssl.SSLError, OSError) as failed:
        yield error(
            "network.tls",
            f"TLS with {target.host}:{target.port} failed: it is no https server, or something "
            "on the way cuts TLS off.",
            evidence=_words(failed),
            fix=_SHOW_URL,
        )
        return
    yield ok("network.tls", f"The certificate of {target.host} is trusted ({version}).")


def answer(case: Case) -> Iterator[Finding]:
    """Look whether it is the gateway that answers, and how fast."""
    try:
        exchange = asked.models(case)
    except NetworkError as failed:
        yield of_error("network.no-answer", failed)
        return
    odd = _not_gateway(case, exchange)
    if odd is not None:
        yield odd
        return
    took = f"{exchange.elapsed_s * 1000:.0f} ms"
    if exchange.elapsed_s > SLOW_S:
        yield info("network.slow", f"The gateway is slow to answer: {took}.", exchange.seen)
    else:
        yield ok("network.answer", f"The gateway answers in {took}.", latency_s=exchange.elapsed_s)


def clock(case: Case) -> Iterator[Finding]:
    """Compare this machine's clock with the gateway's."""
    date = asked.models(case).headers.get("date", "")
    skew_s = _skew_s(case, date)
    if skew_s is None:
        yield ok("network.clock", "The gateway's clock is not told.")
    elif abs(skew_s) > SKEW_S:
        yield warning(
            "network.clock",
            f"This machine's clock is {duration(abs(skew_s))} {'fast' if skew_s > 0 else 'slow'}.",
            evidence=f"the gateway's Date: {date}",
            fix=_SET_CLOCK,
        )
    else:
        yield ok("network.clock", "This machine's clock agrees with the gateway's.")


def _proxy(case: Case) -> str | None:
    return proxy_for(case.origin, case.env.variables)


def _untrusted(case: Case, refused: ssl.SSLCertVerificationError) -> Finding:
    target, through = dial.address_of(case.origin), _proxy(case)
    seen = refused.verify_message or _words(refused)
    if refused.verify_code in (_EXPIRED, _NOT_YET_VALID):
        date = ""
        with contextlib.suppress(OSError, http.client.HTTPException):
            date = dial.date_of(target, through, case.within(CONNECT_S))
        skew_s = _skew_s(case, date)
        if skew_s is not None and abs(skew_s) > SKEW_S:
            return error(
                "network.clock",
                f"This machine's clock is {duration(abs(skew_s))} "
                f"{'fast' if skew_s > 0 else 'slow'}, so that no certificate seems valid.",
                evidence=f"{seen}; the server's Date: {date}",
                fix=_SET_CLOCK,
            )
        return error(
            "network.tls-expired",
            f"The certificate of {target.host} has expired, or is not valid yet.",
            evidence=seen,
            fix="tell whoever runs this gateway; check the date of this machine: date",
        )
    if refused.verify_code in _WRONG_HOST:
        return error(
            "network.tls-host",
            f"The certificate is for another host than {target.host}: the address is wrong, or "
            "somebody else answers in its place.",
            evidence=seen,
            fix=_SHOW_URL,
        )
    issuer = ""
    with contextlib.suppress(OSError):
        issuer = dial.signer(target, through, case.within(CONNECT_S))
    by = f" by '{issuer}'" if issuer else ""
    return error(
        "network.tls-untrusted",
        f"The certificate of {target.host} is signed{by}, whom this machine does not trust: "
        "a company proxy or a virus scanner reads the traffic, or it is not the real gateway.",
        evidence=seen,
        fix="if it is your company's, export SSL_CERT_FILE=/path/to/its-ca.pem (and for node "
        "clients NODE_EXTRA_CA_CERTS); else do not send your key there",
    )


def _not_gateway(case: Case, exchange: Exchange) -> Finding | None:
    if exchange.status == 407:
        return error(
            "network.proxy-auth",
            "The proxy wants a name and a password.",
            evidence=exchange.seen,
            fix="export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        )
    html = exchange.content_type == "text/html" or exchange.body.lstrip()[:1] == b"<"
    portal = exchange.status == 511 or (html and exchange.status < 400)
    if portal or 300 <= exchange.status < 400:
        return error(
            "network.captive-portal",
            "A page answers in the place of the gateway: the login page of a network, or a "
            "website at this address.",
            evidence=exchange.seen,
            fix=f"open a browser and log in to the network; {_SHOW_URL}",
        )
    if html and exchange.status in (401, 403, 404):
        return error(
            "network.not-gateway",
            f"It is not the gateway that answers at {case.origin}{MODELS_PATH}.",
            evidence=exchange.seen,
            fix=f"{_SHOW_URL}; check HTTPS_PROXY and NO_PROXY",
        )
    if exchange.status == 200 and exchange.document is None:
        return error(
            "network.not-gateway",
            f"What answers at {case.origin} does not speak the gateway's protocol.",
            evidence=exchange.seen,
            fix=_SHOW_URL,
        )
    return None


def _tunnel_failed(failed: OSError) -> Finding:
    if "407" in str(failed):
        return error(
            "network.proxy-auth",
            "The proxy wants a name and a password.",
            evidence=_words(failed),
            fix="export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
        )
    return error(
        "network.proxy-refuses",
        "The proxy does not let connections to the gateway through.",
        evidence=_words(failed),
        fix="ask who runs the proxy to allow the host, or do without it: export NO_PROXY=HOST",
    )


def _skew_s(case: Case, date: str) -> float | None:
    try:
        return case.env.now() - parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError):
        return None


def _words(failed: BaseException) -> str:
    return f"{type(failed).__name__}: {failed}".removesuffix(": ")


_PROXY = ("config.settings", "network.proxy")

CHECKS = (
    Check(
        "network.proxy",
        "whether a proxy is in use, and can be reached",
        proxy,
        needs=("config.settings",),
        network=True,
    ),
    Check(
        "network.dns",
        "whether the gateway's name can be resolved",
        dns,
        needs=_PROXY,
        network=True,
    ),
    Check(
        "network.tcp",
        "whether the gateway takes a connection",
        tcp,
        needs=("network.dns",),
        network=True,
    ),
    Check(
        "network.tls",
        "whether its certificate is trusted",
        tls,
        needs=("network.tcp",),
        network=True,
    ),
    Check(
        "network.answer",
        "whether it is the gateway that answers, and how fast",
        answer,
        needs=("network.tls", "config.key"),
        network=True,
    ),
    Check(
        "network.clock",
        "whether the clock is right",
        clock,
        needs=("network.answer",),
        network=True,
    ),
)
