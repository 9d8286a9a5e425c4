"""Variables, and what they do to clients that are started by hand; proxies and certificates.

Launches of ours are safe from most of them. They are a warning only where clients were evidently
set up for ByteSpike by hand, and worth knowing elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bytespike_cli.config.proxies import LOOPBACK_NAMES, proxy_for
from bytespike_cli.constants import DEFAULT_ORIGIN, GOOGLE_KEY_PREFIX, VAR_API_KEY
from bytespike_cli.doctor import rules
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.doctor.origins import Seen, place_of, variables_of
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.redact import mask, scrub

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

OURS_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""bytespike's own requests read these; the others are for clients."""
CERTIFICATES = (*OURS_CERTIFICATES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_VERIFY_OFF = "NODE_TLS_REJECT_UNAUTHORIZED"


def addresses(case: Case) -> Iterator[Finding]:
    """Look whether clients that are started by hand reach the gateway."""
    found = _variables(case)
    led = {
        name: seen
        for name in rules.ADDRESSES
        if rules.concerns(case.client, name) and (seen := found.get(name)) and seen.value
    }
    unread = {n: s for n in rules.UNREAD if (s := found.get(n)) and s.value}
    keys = {n: s for n in rules.KEYS if (s := found.get(n)) and rules.is_bytespike_key(s.value)}
    problems = 0
    if keys and not led:
        name, seen = next(iter(keys.items()))
        reason = f"; {' and '.join(unread)} is read by no SDK" if unread else ""
        yield warning(
            "environment.key-to-google",
            f"{name} holds a ByteSpike key, and nothing leads clients to ByteSpike: what is "
            f"started without bytespike sends the key and the prompts to Google{reason}.",
            evidence=", ".join(_shown(case, n, s) for n, s in {**keys, **unread}.items()),
            fix=f"unset {name} and use bytespike gemini or bytespike exec; or "
            f"export GOOGLE_GEMINI_BASE_URL={DEFAULT_ORIGIN}",
        )
        problems += 1
    elif unread and not led:
        yield warning(
            "environment.unread-variable",
            "Google's clients read none of these variables, though ByteSpike's page names them.",
            evidence=", ".join(_shown(case, n, s) for n, s in unread.items()),
            fix=f"export GOOGLE_GEMINI_BASE_URL={DEFAULT_ORIGIN}, or use bytespike gemini",
        )
        problems += 1
    for name, seen in led.items():
        wrong = rules.wrong_address(name, seen.value.strip())
        if wrong is not None:
            id_, sentence, fix = wrong
            yield warning(id_, sentence, evidence=_shown(case, name, seen), fix=fix)
            problems += 1
    if not problems:
        yield ok("environment.addresses", _led_words(led))


def outranking(case: Case) -> Iterator[Finding]:
    """Look for variables that outrank what leads a client to the gateway."""
    found = _variables(case)
    by_hand = rules.by_hand(found)
    quiet = True
    for rule in rules.OUTRANKING:
        seen = found.get(rule.variable)
        if seen is None or not rule.wrong(seen.value):
            continue
        if not rules.concerns(case.client, rule.variable):
            continue
        quiet = False
        readers = ", ".join(rules.readers_of(rule.variable))
        evidence = _shown(case, rule.variable, seen) + (f"; read by {readers}" if readers else "")
        sentence = f"{rule.variable} is set. {rule.sentence}"
        if by_hand:
            yield warning(rule.id, sentence, evidence=evidence, fix=rule.fix.format(rule.variable))
        else:
            yield info(rule.id, f"{sentence} ({rules.LAUNCH}.)", evidence)
    google = found.get("GOOGLE_API_KEY")
    prefers_it = rules.concerns(case.client, "GOOGLE_API_KEY")
    if google and google.value.startswith(GOOGLE_KEY_PREFIX) and by_hand and prefers_it:
        quiet = False
        yield warning(
            "environment.google-key",
            "GOOGLE_API_KEY holds a key of Google's, which most SDKs prefer to GEMINI_API_KEY: "
            "they send it to the gateway.",
            evidence=_shown(case, "GOOGLE_API_KEY", google),
            fix="unset GOOGLE_API_KEY, or use bytespike exec, which keeps it from the client",
        )
    if quiet:
        yield ok("environment.outranking", "No variable outranks the way to the gateway.")


def ours(case: Case) -> Iterator[Finding]:
    """Look whether a variable hides the stored key."""
    from bytespike_cli.config.keystore import KeyStore

    text = case.env.variables.get(VAR_API_KEY, "").strip()
    try:
        keys = KeyStore(case.env).keys()
    except ConfigurationError:
        keys = []
    stored = [key.name for key in keys]
    if text and stored:
        place = place_of(case.env, VAR_API_KEY, Seen(text, ""))
        yield info(
            "environment.key-variable",
            f"{VAR_API_KEY} is used instead of the stored keys ({', '.join(stored)}).",
            f"set in {place}",
            fix=f"unset {VAR_API_KEY}, if that is not meant",
        )
    else:
        yield ok("environment.key-variable", "No variable stands in the way of a stored key.")


def proxies(case: Case) -> Iterator[Finding]:
    """Look which proxy the gateway is asked through, and which clients ask loopback through."""
    found = _variables(case)
    here = {name: s for name in PROXIES if (s := found.get(name)) and s.value}
    try:
        proxy = proxy_for(case.origin, case.env.variables)
    except ConfigurationError as bad:
        yield error(
            "environment.proxy",
            bad.cause,
            evidence=", ".join(_shown(case, n, s) for n, s in here.items()),
            fix=bad.fix,
            explains=("network",),
        )
        return
    exempt = (found.get("NO_PROXY") or found.get("no_proxy") or Seen("", "")).value
    catches = bool(here) and not {"127.0.0.1", "*"} & {e.strip() for e in exempt.split(",")}
    local = [n for n in rules.ADDRESSES if (s := found.get(n)) and _is_loopback(s.value)]
    if catches and local:
        yield warning(
            "environment.proxy-loopback",
            f"The proxy catches loopback, where {local[0]} leads: clients ask the proxy for it, "
            "and show it the key.",
            evidence=", ".join(_shown(case, n, s) for n, s in here.items()),
            fix="export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost",
        )
    elif proxy is not None:
        host = urlsplit(case.origin).hostname
        yield info(
            "environment.proxy",
            "The gateway is asked through a proxy; one that keeps streams back spoils them.",
            scrub(_without_password(proxy)),
            fix=f"if streams arrive in one burst: export NO_PROXY={host}",
        )
    else:
        yield ok("environment.proxy", "The gateway is asked directly, without a proxy.")


def certificates(case: Case) -> Iterator[Finding]:
    """Look whether the certificate variables name something that can be read."""
    found = _variables(case)
    wrong = 0
    for name in CERTIFICATES:
        seen = found.get(name)
        if seen is None or not seen.value or (why := _unusable(case, name, seen.value)) is None:
            continue
        wrong += 1
        sentence = f"{name} names {why}."
        fix = f"unset {name}, or let it name a file of PEM certificates"
        evidence = _shown(case, name, seen)
        if name in OURS_CERTIFICATES:
            yield error(
                "environment.certificates", sentence, evidence=evidence, fix=fix,
                explains=("network", "key", "catalogue", "request", "stream", "tasks"),
            )  # fmt: skip
        else:
            yield warning("environment.certificates", sentence, evidence=evidence, fix=fix)
    off = found.get(_VERIFY_OFF)
    if off is not None and off.value == "0":
        wrong += 1
        yield warning(
            "environment.tls-off",
            "Programs of node check no certificate: anyone on the way can read the key.",
            evidence=_shown(case, _VERIFY_OFF, off),
            fix=f"unset {_VERIFY_OFF}; for a company's certificate use NODE_EXTRA_CA_CERTS",
        )
    if not wrong:
        yield ok("environment.certificates", "The certificate variables are in order.")


def _variables(case: Case) -> dict[str, Seen]:
    return case.memo("variables", lambda: variables_of(case.env))


def _shown(case: Case, name: str, seen: Seen) -> str:
    value = mask(seen.value) if name in rules.KEYS else scrub(_without_password(seen.value))
    return f"{name}={value} in {place_of(case.env, name, seen)}"


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://…@{tail}" if at else url


def _is_loopback(url: str) -> bool:
    try:
        return urlsplit(url).hostname in LOOPBACK_NAMES
    except ValueError:
        return False


def _unusable(case: Case, name: str, value: str) -> str | None:
    path = case.env.cwd / Path(value).expanduser()
    if name == "SSL_CERT_DIR" or (path.is_dir() and name == "REQUESTS_CA_BUNDLE"):
        return None if path.is_dir() else "a folder that does not exist"
    if not path.is_file():
        return "a file that does not exist"
    try:
        pem = path.read_bytes()
    except OSError:
        return "a file that cannot be read"
    return None if b"-----BEGIN" in pem else "a file without a PEM certificate"


def _led_words(led: dict[str, Seen]) -> str:
    if led:
        return f"The addresses in {', '.join(led)} are as their clients want them."
    return "No variable leads a client to a gateway; bytespike sets what is needed."


CHECKS = (
    Check("environment.addresses", "whether variables lead clients to the gateway", addresses),
    Check("environment.outranking", "whether a variable outranks that", outranking),
    Check("environment.key-variable", "whether a variable hides a stored key", ours),
    Check("environment.proxy", "which proxies are in the way", proxies, needs=("config.settings",)),
    Check("environment.certificates", "whether certificate variables are usable", certificates),
)
