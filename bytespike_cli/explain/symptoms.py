"""Symptoms: what a text shows of causes that are not in the gateway's answer, as a table.

Most come from what real clients printed in real runs (clients.md 2, 3 and 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bytespike_cli.constants import CONSOLE_KEYS_URL, DEFAULT_ORIGIN
from bytespike_cli.explain.lines import line_at
from bytespike_cli.wire.causes import CAUSES, Cause

GOOGLE_HOST = "generativelanguage.googleapis.com"

_SHIM = "run it through the shim: bytespike gemini, or bytespike exec -- PROGRAM"
_ORIGIN = (
    f"give the origin alone, GOOGLE_GEMINI_BASE_URL={DEFAULT_ORIGIN}, or let bytespike set it: "
    "bytespike gemini, or bytespike exec -- PROGRAM"
)
_NETWORK = "bytespike doctor network"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One row. It is there when `shows` and all of `also` match, and none of `unless`.

    `outranks` an error of the gateway in the same text: it says why the gateway was asked for
    something wrong. `may_be` names rows or causes that look the same, `check` tells them apart.
    """

    name: str
    shows: str
    sentence: str
    fix: str
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    outranks: bool = False
    may_be: tuple[str, ...] = ()
    check: str = ""


SYMPTOMS: tuple[Symptom, ...] = (
    Symptom(
        "sent-to-google",
        rf"(?:https?://|Host: |Connected to |resolve host:? ?|ENOTFOUND ){re.escape(GOOGLE_HOST)}",
        "The request went to Google, with the ByteSpike key and the prompt in it: the client does "
        "not read the variable or the option that was to lead it to ByteSpike.",
        f"replace the key, which Google has seen, at {CONSOLE_KEYS_URL}; then {_SHIM}",
        outranks=True,
    ),
    Symptom(
        "google-answered",
        rf"service['\"]?: ?['\"]{re.escape(GOOGLE_HOST)}",
        "Google itself refused the key: the request may have gone to Google instead of ByteSpike.",
        f"see where the client sends it: bytespike doctor environment; then {_SHIM}",
        outranks=True,
        may_be=(Cause.BAD_KEY_OR_CHANNEL,),
        check="bytespike doctor key",
    ),
    Symptom(
        "google-key",
        r"(?i)(?:key|bearer)['\"]?[=: ]+['\"]?AIza",
        "The key is one of Google's (AIza…); ByteSpike takes its own (sk-byts-…).",
        "store a ByteSpike key: bytespike login",
        also=(r"bytespike", r"\b40[013]\b"),
        outranks=True,
    ),
    Symptom(
        "doubled-version",
        r"/v1(?:beta|alpha)?/v1(?:beta|alpha)?\d?/",
        "The version stands twice in the address: the client appends /v1beta to a base URL that "
        "has it already.",
        _ORIGIN,
        outranks=True,
    ),
    Symptom(
        "wrong-version",
        r"(?<!beta)/v1(?:alpha)?/(?:models/[\w.\-]+:\w*[gG]enerateContent|interactions\b)",
        "The client asks under a version that the gateway does not serve Gemini at: its place is "
        "/v1beta.",
        f"export GOOGLE_GENAI_API_VERSION=v1beta, or {_SHIM}",
        also=(r"\b404\b",),
        outranks=True,
    ),
    Symptom(
        "no-version",
        r"https?://[\w.\-]+(?::\d+)?/models/[\w.\-]+:\w*[gG]enerateContent",
        "The address has no version: this client wants /v1beta at the end of its base URL.",
        f"give it {DEFAULT_ORIGIN}/v1beta (LiteLLM: GEMINI_API_BASE), or {_SHIM}",
        also=(r"\b404\b",),
        outranks=True,
    ),
    Symptom(
        "missing-key",
        r"(?m)^> (?:GET|POST|HEAD) /v1beta\S*",
        "The request carries no key: neither a header nor ?key=.",
        'send it: curl -H "x-goog-api-key: $BYTESPIKE_API_KEY" …',
        also=(r"\b401\b",),
        unless=(
            r"(?im)^> (?:x-goog-api-key|x-api-key|authorization):",
            r"(?m)^> \w+ \S*[?&]key=",
        ),
        outranks=True,
    ),
    Symptom(
        "key-has-quotes",
        r"(?i)(?:x-goog-api-key|x-api-key|bearer)[:=]? +[\"'\u2018\u201c]{1,2}sk-byts-",
        "The key is sent with quotes around it.",
        "take the quotes out of the variable or the file that the key stands in",
        also=(r"\b40[01]\b",),
        outranks=True,
    ),
    Symptom(
        "done-marker",
        r"Unexpected token '?D'?.{0,40}DONE|Unexpected token D in JSON|Raw response: \[DONE\]"
        r"|Failed to parse[^\n]{0,80}\[DONE\]|(?:parsing|unmarshalling)[^\n]{0,80}\[DONE\]",
        "The stream ends with the marker [DONE], which ByteSpike sends and Google does not, and "
        "the client's SDK cannot read it. The answer itself was complete.",
        f"{_SHIM}, which takes the marker out",
        outranks=True,
    ),
    Symptom(
        "array-expected",
        r"Can only parse array of JSON objects|lexical error: invalid char in json text",
        "The client wants its stream as a JSON array and was sent events (SSE).",
        f"{_SHIM}, which answers in the form that the client asks for",
        outranks=True,
    ),
    Symptom(
        "not-gateway",
        r"(?i)<!doctype html|<html|Unexpected token '?<'?",
        CAUSES[Cause.NOT_GATEWAY].sentence,
        CAUSES[Cause.NOT_GATEWAY].fix,
        outranks=True,
        may_be=(Cause.OVERLOADED,),
        check=_NETWORK,
    ),
    Symptom(
        "no-such-package",
        r"@google(?:/|%2f)generative-ai-cli",
        "There is no npm package @google/generative-ai-cli, though ByteSpike's page names it.",
        "npm install -g @google/gemini-cli",
        also=(r"(?i)\b404\b|not found|not in this registry",),
        outranks=True,
    ),
    Symptom(
        "untrusted-folder",
        r"not running in a trusted directory|\bexit(?:ed with)?(?: code| status)?:? 55\b",
        "gemini-cli refuses to run in a folder that it was not told to trust.",
        "bytespike gemini --skip-trust …, or trust the folder once: bytespike gemini chat",
    ),
    Symptom(
        "google-login",
        r"Manual authorization is required|oauth-personal|Please sign in again|LOGIN_WITH_GOOGLE",
        "gemini-cli is set to sign in with a Google account, and does not look at its key and "
        "base URL then.",
        "bytespike gemini, which pins the sign-in by key; or choose 'Use Gemini API key' at /auth",
    ),
    Symptom(
        "no-signin",
        r"Invalid auth method selected|Please set an Auth method|How would you like to authenticate"
        r"|\bexit(?:ed with)?(?: code| status)?:? 41\b",
        "gemini-cli has no sign-in that it accepts: with a base URL set, variables alone do not "
        "do since 0.44.",
        "bytespike gemini, which pins the sign-in by key",
    ),
    Symptom(
        "key-variable-missing",
        r"GEMINI_API_KEY (?:environment variable )?(?:not found|is not set|must be)"
        r"|No API_KEY or ADC found|Missing key inputs argument|api_key client option must be set",
        "The client found no key in its variables.",
        f"{_SHIM}, which gives it one",
    ),
    Symptom(
        "certificate-expired",
        r"(?i)certificate has expired|CERT_HAS_EXPIRED|SEC_E_CERT_EXPIRED",
        "The certificate of the server has expired, or this machine's clock is wrong.",
        "compare `date` with the real time; if it is right, see who answers: "
        "bytespike doctor network",
    ),
    Symptom(
        "certificate-host",
        r"(?i)Hostname mismatch|ERR_TLS_CERT_ALTNAME_INVALID|does not match (?:target )?host"
        r"|altnames|no alternative certificate subject name",
        "The server's certificate is for another name than the one that was asked.",
        "check the base URL: bytespike config show --origin; a login page or proxy may answer",
    ),
    Symptom(
        "certificate-untrusted",
        r"(?i)self[- ]signed certificate|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT"
        r"|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER|unable to get (?:local )?issuer"
        r"|CERTIFICATE_VERIFY_FAILED|SSL certificate problem",
        "The server's certificate is not signed by anyone whom this machine trusts; a company "
        "proxy that looks into TLS is the usual reason.",
        "point SSL_CERT_FILE (and for node NODE_EXTRA_CA_CERTS) at the company's certificate",
    ),
    Symptom(
        "not-tls",
        r"(?i)WRONG_VERSION_NUMBER|EPROTO\b|packet length too long|wrong version number",
        "The client speaks TLS to something that does not: https:// where http:// is meant, or a "
        "proxy.",
        "write the scheme of the base URL out, and check HTTPS_PROXY",
    ),
    Symptom(
        "dns",
        r"ENOTFOUND|EAI_AGAIN|Could not resolve host|Name or service not known"
        r"|nodename nor servname|getaddrinfo failed|Temporary failure in name resolution"
        r"|No address associated with hostname|NameResolutionError",
        "The name of the server cannot be resolved: no network, or the base URL is mistyped.",
        f"{_NETWORK}, and bytespike config show --origin",
    ),
    Symptom(
        "proxy-refused",
        r"(?i)CONNECT tunnel failed|Proxy CONNECT aborted|ProxyError|Received HTTP code 40[37] from"
        r"|Unable to connect to proxy|ERR_PROXY|\b407\b[^\n]{0,40}Proxy",
        "A proxy stands between the client and the server, and refuses the connection.",
        "check HTTPS_PROXY and NO_PROXY; for a local address, NO_PROXY needs 127.0.0.1,localhost",
    ),
    Symptom(
        "connection-refused",
        r"ECONNREFUSED|(?i:connection refused)|Couldn't connect to server|actively refused",
        "Nothing listens at the address: a shim or sandbox that has ended, a wrong port, or a "
        "proxy that is not there.",
        "bytespike config show --origin, and start the client through bytespike gemini or exec",
    ),
    Symptom(
        "timeout",
        r"ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|(?:Read|Connect)Timeout"
        r"|(?i:timed out|timeout was reached)|curl: \(28\)",
        "No answer came in time.",
        f"{_NETWORK}; behind a proxy, set HTTPS_PROXY",
    ),
    Symptom(
        "stream-cut",
        r"curl: \((?:18|56|92)\)|ERR_STREAM_PREMATURE_CLOSE|IncompleteRead|incomplete chunked read"
        r"|TransferEncodingError|TypeError: terminated|stream ended without"
        r"|(?i:streams? (?:is |was |gets? )?cut|cuts? off|stops) after (?:the )?first chunk",
        "The stream broke before its end, and its beginning alone has arrived.",
        "send it again; if it always breaks at the same place, see where: bytespike doctor stream",
        may_be=("buffering-proxy", "no-stream-suffix"),
        check="bytespike doctor stream",
    ),
    Symptom(
        "connection-broken",
        r"ECONNRESET|EPIPE|socket hang up|other side closed|Server disconnected"
        r"|Connection aborted|(?i:connection reset)|curl: \((?:52|35)\)|Empty reply from server",
        "The connection broke before an answer came; the request may have been billed.",
        f"send it again; if it stays so, {_NETWORK}",
    ),
    Symptom(
        "no-stream-suffix",
        r":generateContent\?\S*alt=sse",
        "The address ends in :generateContent, which answers in one piece; a stream needs "
        ":streamGenerateContent.",
        "ask for :streamGenerateContent?alt=sse, or bytespike generate --stream",
    ),
    Symptom(
        "buffering-proxy",
        r"(?i)(?:arrives|comes) (?:all )?at once|one burst|stalls? after (?:the )?first chunk",
        "A proxy on the way keeps the stream back.",
        "put the gateway's host into NO_PROXY",
        may_be=("no-stream-suffix",),
        check="bytespike doctor stream",
    ),
    Symptom(
        "unreadable-answer",
        r"Incomplete JSON segment|Expecting value: line 1 column 1 \(char 0\)"
        r"|Unexpected end of JSON input|UnknownApiResponseError",
        "What came as an answer is no JSON, or breaks off.",
        "see what answers: bytespike doctor network stream",
        may_be=("not-gateway", "stream-cut"),
        check="bytespike doctor network stream",
    ),
    Symptom(
        "unreachable",
        r"fetch failed|APIConnectionError|ConnectError|Failed to fetch",
        "The client could not connect, and does not say why.",
        _NETWORK,
        may_be=("dns", "connection-refused", "certificate-untrusted"),
        check=_NETWORK,
    ),
    Symptom(
        "wrong-executable",
        r"gemini: command not found|gemini: not found|'gemini' is not recognized",
        "gemini-cli is not installed, or not on PATH.",
        "npm install -g @google/gemini-cli",
    ),
)

BY_NAME = {symptom.name: symptom for symptom in SYMPTOMS}
_COMPILED = [
    (
        symptom,
        re.compile(symptom.shows),
        [re.compile(pattern) for pattern in symptom.also],
        [re.compile(pattern) for pattern in symptom.unless],
    )
    for symptom in SYMPTOMS
]


def symptoms_of(text: str) -> Iterator[tuple[Symptom, str]]:
    """Yield the symptoms that a text shows, in the order of the table, each with its line."""
    for symptom, shows, also, unless in _COMPILED:
        found = shows.search(text)
        if (
            found
            and all(pattern.search(text) for pattern in also)
            and not any(pattern.search(text) for pattern in unless)
        ):
            yield symptom, line_at(text, found.start())


def sentence_of(name: str) -> str:
    """Return the sentence of a symptom, or of a cause of wire/."""
    if name in BY_NAME:
        return BY_NAME[name].sentence
    return CAUSES[Cause(name)].sentence.format(model="the model")
