"""Scenarios: what is wrong, as data, and the one cause that the doctor has to name first.

In variables and files, `{origin}` stands for the sandbox's origin, `{port}` for its port,
`{silent}` for a port at which nobody answers, `{bin}` for the folder of the programs and `{home}`
for the user's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bytespike_cli.sandbox.dialects import DIALECTS
from bytespike_cli.sandbox.seed import BY_NAME, CLAUDE_KEY, GEMINI_KEY

WRONG_KEY = "sk-byts-nobody-knows-this-one"
GOOGLE_KEY = "AIza" + "C0rpus" * 6
NOWHERE = "http://127.0.0.1:9"
"""The port of `discard`: nothing listens there."""


@dataclass(frozen=True)
class Scenario:
    """One scenario. `first` is the id of the finding that has to come first; "": all is well.

    `key` is in BYTESPIKE_API_KEY ("" leaves it out), `files` are written under the home folder,
    `config/…` under ours and `cwd/…` under the working folder.
    """

    first: str
    what: str
    faults: Sequence[str] = ()
    dialects: Mapping[str, str] = field(default_factory=dict)
    key: str = GEMINI_KEY
    variables: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    programs: Mapping[str, str] = field(default_factory=dict)
    """Programs on PATH, with the version that each prints."""
    does: Mapping[str, str] = field(default_factory=dict)
    """What a program does, in the words of sh, when it is not asked for its version."""
    seen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The models that stored keys were seen to reach, by the keys' names."""
    caught: bool = False
    """Something on this machine catches connections to loopback, as a firewall may."""
    words: Sequence[str] = ()
    """The checks that are asked for; none: all."""
    origin: str = "{origin}"
    client: str = ""
    word_delay_ms: float = 8.0
    """Slow enough that a busy machine does not make one burst of a stream."""
    timeout_s: float = 20.0
    billable: bool = True


def _key(name: str) -> str:
    return BY_NAME[name].secret


def _store(secret: str, default: str = "work", group: str = "") -> str:
    noted = f'group = "{group}"\n' if group else ""
    return (
        f'default = "{default}"\n[keys.work]\norigin = "{{origin}}"\nsecret = "{secret}"\n{noted}'
    )


def _by_hand(**variables: str) -> dict[str, str]:
    return {"GOOGLE_GEMINI_BASE_URL": "https://llm.bytespike.ai", **variables}


PAGE: Mapping[str, Scenario] = {
    "page-401-not-valid": Scenario(
        "key.bad-key", "ByteSpike's page: 401 API key not valid", key=WRONG_KEY
    ),
    "page-401-no-query": Scenario(
        "key.header-refused",
        "ByteSpike's page: 401 without the query parameter",
        dialects={"auth": "query-only"},
        variables=_by_hand(GEMINI_API_KEY=GEMINI_KEY),
    ),
    "page-403-group": Scenario(
        "catalogue.no-gemini",
        "ByteSpike's page: 403, the key's group has no such model",
        key=CLAUDE_KEY,
    ),
    "page-404-dotted": Scenario(
        "catalogue.dotted-id",
        "ByteSpike's page: 404 for a dotted id",
        variables={"BYTESPIKE_MODEL": "gemini-3.1-pro"},
    ),
    "page-cut-suffix": Scenario(
        "stream.not-streamed",
        "ByteSpike's page: the suffix is lost, one piece comes",
        faults=["suffix-ignored"],
    ),
    "page-cut-first": Scenario(
        "stream.cut-first",
        "ByteSpike's page: the stream is cut after its first chunk",
        faults=["cut:1"],
    ),
}
"""Every row of the troubleshooting table of ByteSpike's page (contract.md 4.2, clients.md 6)."""

GATEWAY: Mapping[str, Scenario] = {
    "expired": Scenario("key.expired-key", "a key that has expired", key=_key("expired-0001")),
    "revoked": Scenario("key.revoked-key", "a key that was revoked", key=_key("revoked-0001")),
    "expired-403": Scenario(
        "key.expired-key", "an expired key, as 403", faults=["any/expired-403"]
    ),
    "bad-key-400": Scenario(
        "key.bad-key",
        "a bad key where /v1beta says 400",
        key=WRONG_KEY,
        dialects={"bad-key": "400"},
    ),
    "ip": Scenario("key.ip-not-allowed", "an IP that is not allowed", key=_key("blocked-0001")),
    "paused": Scenario("key.paused-org", "a paused organisation", key=_key("paused-0001")),
    "no-group": Scenario("catalogue.empty", "a key of no group", key=_key("nogroup-0001")),
    "wallet": Scenario("request.no-balance", "an empty wallet", key=_key("wallet-0001")),
    "wallet-403": Scenario(
        "request.no-balance", "an empty wallet, as 403", faults=["empty-wallet-403"]
    ),
    "quota": Scenario("request.key-quota", "the key's quota used up", key=_key("quota-0001")),
    "quota-429": Scenario("request.key-quota", "the same, as 429", faults=["quota-429"]),
    "capped": Scenario("request.spend-cap", "a spend cap", key=_key("capped-0001")),
    "spend-cap": Scenario("request.spend-cap", "a spend cap, by fault", faults=["spend-cap:7200"]),
    "spend-cap-sub2api": Scenario(
        "request.spend-cap",
        "a spend cap in sub2api's words",
        faults=["spend-cap-sub2api"],
        dialects={"quota-headers": "missing"},
    ),
    "concurrency": Scenario("request.concurrency", "too many at once", faults=["concurrency"]),
    "upstream-quota": Scenario(
        "request.upstream-quota", "the gateway's own quota", faults=["upstream-quota"]
    ),
    "channel": Scenario(
        "request.channel", "the gateway's own key is bad", faults=["stream/channel-key"]
    ),
    "model-in-group-403": Scenario(
        "request.model-not-in-group",
        "a listed model is refused",
        faults=["stream/model-not-in-group"],
    ),
    "unknown-model": Scenario(
        "catalogue.unknown-model",
        "a model that is not there",
        variables={"BYTESPIKE_MODEL": "gemini-9-ultra"},
    ),
    "retired": Scenario(
        "catalogue.retired",
        "a model that is retired",
        variables={"BYTESPIKE_MODEL": "gemini-1-5-pro"},
    ),
    "retired-404": Scenario(
        "request.unknown-model", "a listed model that is gone", faults=["stream/retired-model"]
    ),
    "internal": Scenario("request.gateway-error", "500", faults=["stream/internal"]),
    "unavailable": Scenario("request.overloaded", "503", faults=["stream/unavailable"]),
    "overloaded": Scenario("request.overloaded", "529", faults=["stream/overloaded"]),
    "bad-gateway-html": Scenario(
        "request.not-gateway", "502 with a page", faults=["stream/bad-gateway-html"]
    ),
    "error-in-200": Scenario(
        "request.overloaded", "an error in a 200", faults=["stream/error-in-200"]
    ),
    "blocked-prompt": Scenario(
        "request.declined", "a prompt is blocked", faults=["stream/blocked-prompt"]
    ),
    "too-large": Scenario("request.too-large", "413", faults=["stream/too-large"]),
    "low": Scenario("key.low-balance", "a few cents left", key=_key("low-0001")),
    "narrow": Scenario(
        "request.window-low", "a spend window nearly used up", key=_key("narrow-0001")
    ),
    "quota-free": Scenario(
        "request.quota-empty",
        "the quota used up, seen for free",
        key=_key("quota-0001"),
        billable=False,
    ),
    "capped-free": Scenario(
        "request.window-empty",
        "a spend cap, seen for free",
        key=_key("capped-0001"),
        billable=False,
    ),
    "no-accounts": Scenario(
        "key.overloaded", "a 401 about the gateway's own accounts", faults=["any/no-accounts"]
    ),
    "not-allowed-400": Scenario(
        "request.model-not-in-group",
        "a listed model is refused, as 400",
        faults=["stream/model-not-allowed"],
        dialects={"error-shape": "openai"},
    ),
    "unsupported-400": Scenario(
        "request.unknown-model",
        "a listed model is gone, as 400",
        faults=["stream/unsupported-model"],
        dialects={"error-shape": "openai"},
    ),
    "invalid": Scenario("request.invalid-request", "400", faults=["stream/invalid-param"]),
    "unprocessable": Scenario("request.invalid-request", "422", faults=["stream/unprocessable"]),
    "context": Scenario(
        "request.context-too-long",
        "a prompt that is too long",
        faults=["stream/context-length"],
        dialects={"error-shape": "openai"},
    ),
    "blocked-451": Scenario("request.content-blocked", "451", faults=["stream/blocked"]),
    "timeout-504": Scenario("request.overloaded", "504", faults=["stream/timeout"]),
    "cdn-524": Scenario("request.not-gateway", "524 of a CDN", faults=["stream/cdn-524"]),
    "no-answer": Scenario(
        "request.no-answer", "POST requests are held back", faults=["generate/close"]
    ),
    "redirected": Scenario(
        "request.redirect", "streams are redirected", faults=["stream/redirect"]
    ),
    "page-for-stream": Scenario(
        "stream.not-gateway", "a page for a stream", faults=["stream/captive-portal"]
    ),
    "mid-error-openai": Scenario(
        "stream.overloaded", "OpenAI's error in mid-stream", faults=["mid-error-openai:3"]
    ),
    "mid-error-anthropic": Scenario(
        "stream.overloaded", "Anthropic's error in mid-stream", faults=["mid-error-anthropic:3"]
    ),
    "early-end": Scenario(
        "stream.early-end",
        "a stream that ends early",
        faults=["early-end:3"],
        dialects={"done": "never"},
    ),
    "cut-later": Scenario("stream.cut", "a stream cut in the middle", faults=["cut:6"]),
    "garbled": Scenario("stream.garbled", "a damaged event", faults=["stream/garbled:3"]),
    "buffered": Scenario(
        "stream.buffered", "a stream kept back to its end", faults=["buffered"], word_delay_ms=40.0
    ),
    "stall": Scenario("stream.stalled", "silence in mid-stream", faults=["stall:3"], timeout_s=6.0),
    "mid-error": Scenario(
        "stream.overloaded", "an error in mid-stream", faults=["mid-error-google:3"]
    ),
    "empty-stream": Scenario("stream.empty", "an empty stream", faults=["stream/empty-body"]),
    "no-form": Scenario(
        "key.no-form", "the key never arrives at /v1beta", faults=["generate/key-lost"]
    ),
    "no-stream": Scenario("request.not-found", "no route for streams", faults=["stream/not-found"]),
    "missing-key": Scenario(
        "key.missing-key", "the key never arrives anywhere", faults=["models/management-401"]
    ),
    "stream-bad-key": Scenario(
        "request.bad-key", "a good key that streams refuse", faults=["stream/bad-key"]
    ),
    "no-catalogue": Scenario(
        "request.no-model",
        "no catalogue, and no model that is named",
        faults=["models/not-found", "account/garbled"],
    ),
}

NETWORK: Mapping[str, Scenario] = {
    "refused": Scenario("network.refused", "nothing listens", origin=NOWHERE),
    "silent": Scenario(
        "network.unreachable",
        "a host that does not answer",
        origin="http://127.0.0.1:{silent}",
        timeout_s=4.0,
    ),
    "no-host": Scenario("network.tcp", "an address that is no host's", origin="https://224.0.0.1"),
    "dns": Scenario(
        "network.dns", "a name that does not exist", origin="https://gateway.bytespike.invalid"
    ),
    "tls-untrusted": Scenario("network.tls-untrusted", "TLS by nobody", faults=["tls"]),
    "tls-self-signed": Scenario(
        "network.tls-untrusted", "a certificate that signed itself", faults=["tls-self-signed"]
    ),
    "tls-expired": Scenario(
        "network.tls-expired",
        "an expired certificate",
        faults=["tls-expired"],
        variables={"SSL_CERT_FILE": "{authority}"},
    ),
    "tls-wrong-host": Scenario(
        "network.tls-host",
        "a certificate for another name",
        faults=["tls-wrong-host"],
        variables={"SSL_CERT_FILE": "{authority}"},
    ),
    "not-tls": Scenario(
        "network.tls", "https where there is http", origin="https://127.0.0.1:{port}"
    ),
    "portal": Scenario("network.captive-portal", "a login page", faults=["captive-portal"]),
    "redirect": Scenario("network.captive-portal", "a redirect to one", faults=["redirect"]),
    "proxy-login": Scenario("network.proxy-auth", "a proxy wants a name", faults=["proxy-login"]),
    "clock": Scenario("network.clock", "a clock that is a day off", faults=["clock-skew:86400"]),
    "close": Scenario("network.no-answer", "closed without an answer", faults=["any/close"]),
    "reset": Scenario("network.no-answer", "reset without an answer", faults=["any/reset"]),
    "hang": Scenario("network.no-answer", "no answer ever", faults=["any/hang"]),
    "proxy-refused": Scenario(
        "network.proxy",
        "a proxy that is not there",
        origin="https://llm.bytespike.invalid",
        variables={"HTTPS_PROXY": NOWHERE},
    ),
    "proxy-refuses": Scenario(
        "network.proxy-refuses",
        "a proxy that lets nobody through",
        origin="https://llm.bytespike.invalid",
        variables={"HTTPS_PROXY": "{origin}"},
    ),
    "other-server": Scenario(
        "network.not-gateway", "something that is no gateway", faults=["models/garbled"]
    ),
    "proxy-socks": Scenario(
        "environment.proxy",
        "a proxy of another kind",
        origin="https://llm.bytespike.invalid",
        variables={"HTTPS_PROXY": "socks5://127.0.0.1:9"},
    ),
    "proxy-socks-network": Scenario(
        "network.proxy-setting",
        "the same, where the network alone is asked about",
        origin="https://llm.bytespike.invalid",
        variables={"HTTPS_PROXY": "socks5://127.0.0.1:9"},
        words=("network",),
    ),
    "loopback-caught": Scenario("request.shim", "a firewall that catches loopback", caught=True),
}

_TWO_KEYS = _store(GEMINI_KEY) + f'[keys.claude]\norigin = "{{origin}}"\nsecret = "{CLAUDE_KEY}"\n'

LOCAL: Mapping[str, Scenario] = {
    "no-key": Scenario("config.no-key", "no key anywhere", key=""),
    "google-key": Scenario("config.google-key", "a key of Google's", key=GOOGLE_KEY),
    "quotes": Scenario("config.key-form", "quotes around the key", key=f'"{GEMINI_KEY}"'),
    "base-url": Scenario("config.settings", "a base URL that is none", origin="ftp://x.test"),
    "base-url-path": Scenario(
        "config.settings", "a base URL with a path", origin="{origin}/api/gemini"
    ),
    "auth-form": Scenario(
        "key.auth-form",
        "a setting sends the key in a form that is refused",
        dialects={"auth": "header-only"},
        files={"config/config.toml": 'auth_form = "query"\n'},
    ),
    "broken-config": Scenario(
        "config.syntax", "a broken config.toml", files={"config/config.toml": "model = \n"}
    ),
    "broken-store": Scenario(
        "config.syntax", "a broken keys.toml", key="", files={"config/keys.toml": "[keys.work\n"}
    ),
    "mode": Scenario(
        "config.mode",
        "keys that others can read",
        key="",
        files={"config/keys.toml": _store(GEMINI_KEY)},
        modes={"config/keys.toml": 0o644},
    ),
    "default-missing": Scenario(
        "config.default-missing",
        "a default that names nothing",
        key="",
        files={"config/keys.toml": _store(GEMINI_KEY, default="gone")},
    ),
    "unknown-key": Scenario(
        "config.unknown-key",
        "a key name that is not stored",
        key="",
        files={"config/keys.toml": _store(GEMINI_KEY)},
        variables={"BYTESPIKE_KEY": "other"},
    ),
    "stored-google-key": Scenario(
        "config.google-key",
        "a stored key of Google's",
        key="",
        files={"config/keys.toml": _store(GOOGLE_KEY)},
    ),
    "other-origin": Scenario(
        "config.key",
        "a key that is stored for another gateway",
        key="",
        files={"config/keys.toml": _store(GEMINI_KEY).replace("{origin}", "https://x.test")},
    ),
    "project-redirects": Scenario(
        "config.project-file",
        "a project file that redirects the key",
        files={"cwd/.bytespike.toml": 'base_url = "https://evil.test"\n'},
    ),
    "misspelt-setting": Scenario(
        "config.unknown-setting",
        "a setting that is misspelt",
        files={"config/config.toml": 'modle = "gemini-3-flash"\n'},
    ),
    "config-dotted": Scenario(
        "catalogue.dotted-id",
        "a dotted default model",
        files={"config/config.toml": 'model = "gemini-3.5-flash"\n'},
    ),
    "other-key-serves": Scenario(
        "catalogue.no-gemini",
        "another stored key would serve",
        key="",
        variables={"BYTESPIKE_KEY": "work"},
        files={"config/keys.toml": _store(CLAUDE_KEY, group="claude-default")},
    ),
    "other-key": Scenario(
        "catalogue.other-key",
        "a model that another stored key reaches",
        key="",
        variables={"BYTESPIKE_MODEL": "claude-opus-4-8"},
        files={"config/keys.toml": _TWO_KEYS},
        seen={"claude": ["claude-opus-4-8"]},
    ),
    "key-to-google": Scenario(
        "environment.key-to-google",
        "variables of ByteSpike's page, which nobody reads",
        variables={
            "GEMINI_API_KEY": GEMINI_KEY,
            "GEMINI_BASE_URL": "https://llm.bytespike.ai/v1beta",
        },
    ),
    "unread-variable": Scenario(
        "environment.unread-variable",
        "a variable that nobody reads",
        variables={"GEMINI_BASE_URL": "https://llm.bytespike.ai"},
    ),
    "no-node": Scenario("install.node", "no node for gemini-cli", client="gemini-cli"),
    "no-gemini": Scenario(
        "install.no-gemini", "no gemini-cli", client="gemini-cli", programs={"node": "v22.1.0"}
    ),
    "doubled-version": Scenario(
        "environment.base-url-version",
        "a base URL with /v1beta",
        variables={"GOOGLE_GEMINI_BASE_URL": "https://llm.bytespike.ai/v1beta"},
    ),
    "no-version": Scenario(
        "environment.base-url-no-version",
        "LiteLLM without /v1beta",
        variables={"GEMINI_API_BASE": "https://llm.bytespike.ai"},
    ),
    "no-scheme": Scenario(
        "environment.base-url-scheme",
        "a base URL without a scheme",
        variables={"GOOGLE_GEMINI_BASE_URL": "llm.bytespike.ai"},
    ),
    "vertex": Scenario(
        "environment.vertex", "Vertex by hand", variables=_by_hand(GOOGLE_GENAI_USE_VERTEXAI="true")
    ),
    "api-version": Scenario(
        "environment.api-version",
        "another version for Google's SDKs",
        variables=_by_hand(GOOGLE_GENAI_API_VERSION="v1"),
    ),
    "auth-mechanism": Scenario(
        "environment.auth-form",
        "the key in two forms at once",
        variables=_by_hand(GEMINI_API_KEY_AUTH_MECHANISM="bearer"),
    ),
    "auth-choice": Scenario(
        "environment.auth-choice",
        "another sign-in is proposed",
        variables=_by_hand(GEMINI_DEFAULT_AUTH_TYPE="vertex-ai"),
    ),
    "other-spelling": Scenario(
        "catalogue.other-spelling",
        "a model as Google names it",
        variables={"BYTESPIKE_MODEL": "gemini-3-flash-preview"},
    ),
    "base-url-parts": Scenario(
        "environment.base-url-parts",
        "a base URL with a question in it",
        variables={"GOOGLE_GEMINI_BASE_URL": "https://llm.bytespike.ai?key=x"},
    ),
    "code-assist": Scenario(
        "environment.code-assist",
        "Code Assist in the project's .env",
        variables=_by_hand(),
        files={"cwd/.env": "GOOGLE_GENAI_USE_GCA=true\n"},
    ),
    "google-key-outranks": Scenario(
        "environment.google-key",
        "Google's key outranks",
        variables=_by_hand(GOOGLE_API_KEY=GOOGLE_KEY),
    ),
    "proxy-loopback": Scenario(
        "environment.proxy-loopback",
        "a proxy that catches loopback",
        variables={"GOOGLE_GEMINI_BASE_URL": "{origin}", "HTTPS_PROXY": "http://proxy.test:3128"},
    ),
    "cert-file": Scenario(
        "environment.certificates",
        "SSL_CERT_FILE names nothing",
        variables={"SSL_CERT_FILE": "/nowhere/ca.pem"},
    ),
    "tls-off": Scenario(
        "environment.tls-off",
        "node checks no certificate",
        variables={"NODE_TLS_REJECT_UNAUTHORIZED": "0"},
    ),
    "other-gemini": Scenario(
        "install.other-gemini",
        "a gemini that is something else",
        programs={"gemini": "Gemini, a browser"},
    ),
    "several-gemini": Scenario(
        "install.several-gemini",
        "two versions of gemini on PATH",
        programs={"gemini": "0.61.0"},
        variables={"PATH": "{bin}:{home}/npm"},
        files={
            "npm/gemini": "#!/bin/sh\necho 0.44.0\n",
            "npm/package.json": '{"name": "@google/gemini-cli", "version": "0.44.0"}',
        },
        modes={"npm/gemini": 0o755},
    ),
    "old-node": Scenario("install.node-old", "an old node", programs={"node": "v16.20.0"}),
    "wrong-package": Scenario(
        "install.wrong-package",
        "the package of ByteSpike's page",
        files={"cwd/package.json": '{"dependencies": {"@google/generative-ai-cli": "1"}}'},
    ),
    "gemini-bin": Scenario(
        "install.gemini",
        "BYTESPIKE_GEMINI_BIN names nothing",
        variables={"BYTESPIKE_GEMINI_BIN": "/nowhere/gemini"},
    ),
}

_INSTALLED = {"node": "v22.1.0", "gemini": "0.61.0"}
_TRUSTED = {"GEMINI_CLI_TRUST_WORKSPACE": "true"}

RUN: Mapping[str, Scenario] = {
    "client-left": Scenario(
        "client.settings-left",
        "settings that a killed gemini-cli left",
        client="gemini-cli",
        billable=False,
        programs=_INSTALLED,
        variables=_TRUSTED,
        files={".gemini/settings.json.bytespike-unreadable": "{"},
    ),
    "client-fails": Scenario(
        "client.failed",
        "a gemini-cli that fails, nobody knows why",
        client="gemini-cli",
        programs=_INSTALLED,
        does={"gemini": "echo words that nobody knows >&2; exit 1"},
        variables=_TRUSTED,
    ),
    "client-no-signin": Scenario(
        "client.no-signin",
        "a gemini-cli that says that it cannot sign in",
        client="gemini-cli",
        programs=_INSTALLED,
        does={"gemini": "echo Invalid auth method selected. >&2; exit 41"},
        variables=_TRUSTED,
    ),
    "client-hangs": Scenario(
        "client.slow",
        "a gemini-cli that does not end",
        client="gemini-cli",
        programs=_INSTALLED,
        does={"gemini": "while kill -0 $PPID; do /bin/sleep 0.1; done 2>/dev/null"},
        variables=_TRUSTED,
        timeout_s=10.0,
    ),
}
"""What a real run of the client tells; it ends with whoever started it."""

CLIENT: Mapping[str, Scenario] = {
    name: Scenario(
        first,
        what,
        client="gemini-cli",
        billable=False,
        programs=_INSTALLED,
        variables=_TRUSTED | variables,
        files={".gemini/settings.json": settings} if settings else {},
    )
    for name, first, what, settings, variables in (
        ("client-healthy", "", "gemini-cli, as it is installed", "", {}),
        ("client-login", "", "a Google login, which launches pass over",
         '{"security": {"auth": {"selectedType": "oauth-personal"}}}', {}),
        ("client-enforced", "client.enforced-signin", "another sign-in is enforced",
         '{"security": {"auth": {"enforcedType": "oauth-personal"}}}', {}),
        ("client-broken", "client.settings-broken", "settings that cannot be read",
         '{"security": ', {}),
        ("client-container", "client.container", "a container",
         '{"tools": {"sandbox": "docker"}}', {}),
        ("client-untrusted", "client.untrusted", "a folder that is not trusted",
         "", {"GEMINI_CLI_TRUST_WORKSPACE": "false"}),
    )
}  # fmt: skip

MIXED: Mapping[str, Scenario] = {
    "wrong-key-and-dotted": Scenario(
        "key.bad-key",
        "a wrong key, and a dotted id",
        key=WRONG_KEY,
        variables={"BYTESPIKE_MODEL": "gemini-3.1-pro"},
    ),
    "portal-and-doubled": Scenario(
        "network.captive-portal",
        "a login page, and a doubled version",
        faults=["captive-portal"],
        variables={"GOOGLE_GEMINI_BASE_URL": "https://llm.bytespike.ai/v1beta"},
    ),
    "no-key-and-down": Scenario(
        "config.no-key", "no key, and nobody there", key="", origin=NOWHERE
    ),
    "wallet-and-buffered": Scenario(
        "request.no-balance",
        "an empty wallet, and streams kept back",
        key=_key("wallet-0001"),
        faults=["buffered"],
    ),
    "query-and-cut": Scenario(
        "stream.cut-first",
        "the key in the query alone, and a cut stream",
        dialects={"auth": "query-only"},
        faults=["cut:1"],
    ),
    "vertex-and-capped": Scenario(
        "request.spend-cap",
        "Vertex by hand, and a spend cap",
        key=_key("capped-0001"),
        variables=_by_hand(GOOGLE_GENAI_USE_VERTEXAI="true"),
    ),
}

HEALTHY: Mapping[str, Scenario] = {
    "healthy": Scenario("", "everything in its default"),
    "healthy-slow": Scenario("", "every answer 150 ms late", faults=["any/slow:150"]),
    "healthy-words": Scenario("", "words at a pace", word_delay_ms=3.0),
    "healthy-custom": Scenario("", "a key of one's own", key=_key("custom")),
    "healthy-org": Scenario("", "a key of an organisation", key=_key("org-0001")),
    "healthy-default": Scenario("", "a key that reaches everything", key=_key("default-0001")),
    "healthy-stored": Scenario(
        "", "a stored key", key="", files={"config/keys.toml": _store(GEMINI_KEY)}
    ),
    "healthy-tls": Scenario(
        "", "TLS that is trusted", faults=["tls"], variables={"SSL_CERT_FILE": "{authority}"}
    ),
    "healthy-google-user": Scenario(
        "",
        "somebody who uses Google too",
        variables={"GOOGLE_API_KEY": GOOGLE_KEY, "GOOGLE_GENAI_USE_VERTEXAI": "true"},
    ),
    "healthy-by-hand": Scenario(
        "",
        "clients set up by hand, and rightly",
        variables=_by_hand(
            GEMINI_API_KEY=GEMINI_KEY, GEMINI_API_BASE="https://llm.bytespike.ai/v1beta"
        ),
    ),
}

UNHEALTHY_DIALECTS: frozenset[str] = frozenset()
"""Dialects under which something really is wrong."""

DIALECT: Mapping[str, Scenario] = {
    f"dialect-{name}={value}": Scenario("", f"{row.what}: {meaning}", dialects={name: value})
    for name, row in DIALECTS.items()
    for value, meaning in row.values.items()
    if value != row.default and f"{name}={value}" not in UNHEALTHY_DIALECTS
}
"""Every dialect is a gateway as it may be: none is an alarm."""

SCENARIOS: Mapping[str, Scenario] = {
    **PAGE,
    **GATEWAY,
    **NETWORK,
    **LOCAL,
    **CLIENT,
    **RUN,
    **MIXED,
    **HEALTHY,
    **DIALECT,
}
