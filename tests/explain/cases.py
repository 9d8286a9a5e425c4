"""The cases of the corpus: a client, what is wrong, and the cause that `explain` has to name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One run of a real client. `how` is for the runner; `cause` is what is expected first."""

    cause: str
    runner: str
    how: Mapping[str, str]
    key: str = ""
    dialects: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    down: bool = False
    """Nothing listens at the address."""
    origin: str = ""
    """An address to use in place of the sandbox's."""


def _sdk(cause: str, program: str, /, **rest: object) -> Case:
    known = {k: rest.pop(k) for k in list(rest) if k in Case.__dataclass_fields__}
    how = {"program": program, **{k: str(v) for k, v in rest.items()}}
    return Case(cause, "sdk", how, **known)  # type: ignore[arg-type]


def _gemini(cause: str, /, **rest: object) -> Case:
    known = {k: rest.pop(k) for k in list(rest) if k in Case.__dataclass_fields__}
    return Case(cause, "gemini", {k: str(v) for k, v in rest.items()}, **known)  # type: ignore[arg-type]


def _shell(cause: str, line: str, /, **rest: object) -> Case:
    return Case(cause, "shell", {"line": line}, **rest)  # type: ignore[arg-type]


_ASK = (
    " -H 'content-type: application/json' -H 'x-goog-api-key: KEY'"
    """ -d '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}'"""
)
_NO_KEY = (
    " -H 'content-type: application/json'"
    """ -d '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}'"""
)
_GENERATE = " ORIGIN/v1beta/models/gemini-3-5-flash:generateContent"
_DOTTED = " ORIGIN/v1beta/models/gemini-3.5-flash:generateContent"

CASES: Mapping[str, Case] = {
    # gemini-cli, straight at the gateway, as ByteSpike's page tells people
    "gemini-cli--bad-key": _gemini("bad-key", key="wrong"),
    "gemini-cli--dotted-id": _gemini("unknown-model", model="gemini-3.1-pro"),
    "gemini-cli--foreign-group": _gemini("model-not-in-group", key="claude"),
    "gemini-cli--empty-wallet": _gemini("no-balance", faults=("empty-wallet",)),
    "gemini-cli--spend-cap": _gemini("spend-cap", faults=("spend-cap",)),
    "gemini-cli--done-marker": _gemini("done-marker"),
    "gemini-cli--no-signin": _gemini("no-signin", signin="none", status="1"),
    "gemini-cli--google-login": _gemini("google-login", signin="oauth-personal", status="1"),
    "gemini-cli--untrusted-folder": _gemini("untrusted-folder", trust="", status="1"),
    "gemini-cli--doubled-version": _gemini("doubled-version", suffix="/v1beta"),
    "gemini-cli--refused": _gemini("unreachable", down=True),
    "gemini-cli--bad-gateway": _gemini("not-gateway", faults=("bad-gateway-html",)),
    "gemini-cli--report": _gemini("bad-key", key="wrong", report="1"),
    # the same through the shim
    "gemini-cli-shim--bad-key": _gemini("bad-key", key="wrong", shim="1"),
    "gemini-cli-shim--quota": _gemini("key-quota", faults=("quota",), shim="1"),
    "gemini-cli-shim--unknown-model": _gemini("unknown-model", model="gemini-9-ultra", shim="1"),
    "gemini-cli--portal": _gemini("unreadable-answer", faults=("captive-portal",)),
    "gemini-cli--mid-stream": _gemini("stream-cut", faults=("cut:2",)),
    "gemini-cli--certificate": _gemini("unreachable", faults=("tls-self-signed",)),
    # google-genai for Python
    "google-genai--certificate": _sdk("certificate-untrusted", "genai", faults=("tls",)),
    "google-genai--expired": _sdk("expired-key", "genai", faults=("expired",)),
    "google-genai--portal": _sdk("unreadable-answer", "genai", faults=("captive-portal",)),
    "google-genai--internal": _sdk("gateway-error", "genai", faults=("internal",)),
    "google-genai--ip": _sdk("ip-not-allowed", "genai", faults=("ip",)),
    "google-genai--openai-error": _sdk(
        "key-quota", "genai", faults=("quota",), dialects={"error-shape": "openai"}
    ),
    "google-genai--cut": _sdk("stream-cut", "genai-stream", faults=("cut:2",)),
    "google-genai--bad-key": _sdk("bad-key", "genai", key="wrong"),
    "google-genai--dotted-id": _sdk("unknown-model", "genai", model="gemini-3.5-flash"),
    "google-genai--foreign-group": _sdk("model-not-in-group", "genai", key="claude"),
    "google-genai--spend-cap": _sdk("spend-cap", "genai", faults=("spend-cap",)),
    "google-genai--concurrency": _sdk("concurrency", "genai", faults=("concurrency",)),
    "google-genai--channel-key": _sdk("bad-key-or-channel", "genai", faults=("channel-key",)),
    "google-genai--done-marker": _sdk("done-marker", "genai-stream"),
    "google-genai-2--done-marker": _sdk("done-marker", "genai-stream", sdk="2"),
    "google-genai--doubled-version": _sdk("doubled-version", "genai", suffix="/v1beta"),
    "google-genai--default-version": _sdk("wrong-version", "genai", version="v1"),
    "google-genai--refused": _sdk("connection-refused", "genai", down=True),
    "google-genai--dns": _sdk("dns", "genai", origin="http://llm.bytespike.invalid:80"),
    "google-genai--closed": _sdk("connection-broken", "genai", faults=("close",)),
    "google-genai-shim--unknown-model": _sdk(
        "unknown-model", "genai", model="gemini-9-ultra", shim="1"
    ),
    "google-genai-shim--empty-wallet": _sdk(
        "no-balance", "genai", faults=("empty-wallet",), shim="1"
    ),
    # google-generativeai
    "google-generativeai--bad-key": _sdk("bad-key", "generativeai", key="wrong"),
    "google-generativeai--dotted-id": _sdk(
        "unknown-model", "generativeai", model="gemini-3.5-flash"
    ),
    "google-generativeai--sse": _sdk(
        "array-expected", "generativeai-stream", dialects={"without-alt-sse": "sse"}
    ),
    # npm @google/genai, @google/generative-ai, ai
    "genai-js--bad-key": _sdk("bad-key", "genai-js", key="wrong"),
    "genai-js--foreign-group": _sdk("model-not-in-group", "genai-js", key="claude"),
    "genai-js--done-marker": _sdk("done-marker", "genai-js-stream"),
    "genai-js--html": _sdk("not-gateway", "genai-js", faults=("bad-gateway-html",)),
    "genai-js--self-signed": _sdk("certificate-untrusted", "genai-js", faults=("tls-self-signed",)),
    "genai-js--portal": _sdk("not-gateway", "genai-js", faults=("captive-portal",)),
    "genai-js--cut": _sdk("stream-cut", "genai-js-stream", faults=("cut:2",)),
    "genai-js--refused": _sdk("connection-refused", "genai-js", down=True),
    "genai-js--dns": _sdk("dns", "genai-js", origin="http://llm.bytespike.invalid:80"),
    "genai-js-shim--quota": _sdk("key-quota", "genai-js", faults=("quota",), shim="1"),
    "generative-ai-js--dotted-id": _sdk(
        "unknown-model", "generative-ai-js", model="gemini-3.5-flash"
    ),
    "generative-ai-js--bad-key": _sdk("bad-key", "generative-ai-js", key="wrong"),
    "ai-sdk--foreign-group": _sdk("model-not-in-group", "ai-sdk", key="claude"),
    "ai-sdk--unavailable": _sdk("overloaded", "ai-sdk", faults=("unavailable",)),
    # LiteLLM
    "litellm--bad-key": _sdk("bad-key", "litellm", key="wrong"),
    "litellm--dotted-id": _sdk("unknown-model", "litellm", model="gemini-3.5-flash"),
    "litellm--spend-cap": _sdk("spend-cap", "litellm", faults=("spend-cap",)),
    "litellm--no-version": _sdk("no-version", "litellm", base=""),
    "litellm--certificate": _sdk("certificate-untrusted", "litellm", faults=("tls",)),
    "litellm--overloaded": _sdk("overloaded", "litellm", faults=("overloaded",)),
    "litellm--refused": _sdk("connection-refused", "litellm", down=True),
    # curl
    "curl--bad-key": _shell("bad-key", "curl -sS" + _GENERATE + _ASK, key="wrong"),
    "curl--no-key": _shell("missing-key", "curl -sS -v" + _GENERATE + _NO_KEY),
    "curl--dotted-id": _shell("unknown-model", "curl -sS -i" + _DOTTED + _ASK),
    "curl--foreign-group": _shell(
        "model-not-in-group", "curl -sS -v" + _GENERATE + _ASK, key="claude"
    ),
    "curl--spend-cap": _shell(
        "spend-cap", "curl -sS -v" + _GENERATE + _ASK, faults=("spend-cap:7200",)
    ),
    "curl--concurrency": _shell(
        "concurrency", "curl -sS -i" + _GENERATE + _ASK, faults=("concurrency",)
    ),
    "curl--html": _shell("not-gateway", "curl -sS -i" + _GENERATE + _ASK, faults=("cdn-524",)),
    "curl--self-signed": _shell(
        "certificate-untrusted", "curl -sS -v" + _GENERATE + _ASK, faults=("tls-self-signed",)
    ),
    "curl--not-tls": _shell("not-tls", "curl -sS" + _GENERATE.replace("ORIGIN", "SECURED") + _ASK),
    "curl--google": _shell(
        "sent-to-google",
        "curl -sS -v https://generativelanguage.googleapis.com/v1beta/models"
        " --connect-timeout 1 --resolve generativelanguage.googleapis.com:443:127.0.0.1" + _ASK,
    ),
    "curl--html-login": _shell(
        "not-gateway", "curl -sS -i" + _GENERATE + _ASK, faults=("captive-portal",)
    ),
    "curl--refused": _shell("connection-refused", "curl -sS" + _GENERATE + _ASK, down=True),
    "curl--dns": _shell(
        "dns", "curl -sS" + _GENERATE + _ASK, origin="http://llm.bytespike.invalid:80"
    ),
    "curl--cut": _shell(
        "stream-cut",
        "curl -sS -i -N ORIGIN/v1beta/models/gemini-3-5-flash:streamGenerateContent?alt=sse" + _ASK,
        faults=("cut:1",),
    ),
    "curl--no-suffix": _shell(
        "no-stream-suffix",
        "curl -sS -N ORIGIN/v1beta/models/gemini-3-5-flash:generateContent?alt=sse" + _ASK,
    ),
}
