"""Causes of a failed request: one table of what each is called, means, and is cured by."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bytespike_cli.constants import CONSOLE_BILLING_URL, CONSOLE_KEYS_URL, VAR_API_KEY


class Cause(StrEnum):
    """Why a request failed, as far as the answer tells."""

    INVALID_REQUEST = "invalid-request"
    CONTEXT_TOO_LONG = "context-too-long"
    DUPLICATE_TASK = "duplicate-task"
    BAD_KEY = "bad-key"
    BAD_KEY_OR_CHANNEL = "bad-key-or-channel"
    """400 with API_KEY_INVALID: Google's form of a bad key, or the gateway's own key upstream."""
    EXPIRED_KEY = "expired-key"
    NO_BALANCE = "no-balance"
    KEY_QUOTA = "key-quota"
    IP_NOT_ALLOWED = "ip-not-allowed"
    MODEL_NOT_IN_GROUP = "model-not-in-group"
    PAUSED_ORG = "paused-org"
    PERMISSION = "permission"
    UNKNOWN_MODEL = "unknown-model"
    NOT_FOUND = "not-found"
    TASK_NOT_FOUND = "task-not-found"
    TOO_LARGE = "too-large"
    SPEND_CAP = "spend-cap"
    CONCURRENCY = "concurrency"
    UPSTREAM_QUOTA = "upstream-quota"
    RATE_LIMITED = "rate-limited"
    CONTENT_BLOCKED = "content-blocked"
    GATEWAY_ERROR = "gateway-error"
    OVERLOADED = "overloaded"
    MANAGEMENT_UNAVAILABLE = "management-unavailable"
    NOT_GATEWAY = "not-gateway"
    UNKNOWN = "unknown"


class Retry(StrEnum):
    """Whether a request may be sent again (contract.md 4.4), always before its first byte only."""

    NEVER = "never"
    AFTER_RESET = "after-reset"
    BACKOFF = "backoff"
    """Exponential from 1 s, at most four attempts."""
    JITTER = "jitter"
    """After 1 to 3 s."""


@dataclass(frozen=True, slots=True)
class CauseInfo:
    """A row of the table.

    `sentence` may name `{model}`: "the model 'x'", or "this model". `exit_status` is a number of
    status.py.
    """

    sentence: str
    fix: str
    exit_status: int
    retry: Retry = Retry.NEVER


_STORE = "store it: bytespike login"
_NEW_KEY = f"check or replace the key at {CONSOLE_KEYS_URL}, then {_STORE}"
_OTHER_KEY = (
    "use a key whose group has the model: bytespike keys list, then bytespike keys use NAME"
)

CAUSES: Mapping[Cause, CauseInfo] = MappingProxyType(
    {
        Cause.INVALID_REQUEST: CauseInfo(
            "The gateway refused the request as invalid.",
            "correct what the gateway's words name",
            1,
        ),
        Cause.CONTEXT_TOO_LONG: CauseInfo(
            "The prompt and the answer together are longer than {model} can take.",
            "shorten the conversation (in gemini-cli: /compress), or choose a model with a larger "
            "context",
            1,
        ),
        Cause.DUPLICATE_TASK: CauseInfo(
            "A different task with the same out_task_id exists already.",
            "use another out_task_id",
            1,
        ),
        Cause.BAD_KEY: CauseInfo(
            "The gateway does not accept the key: it is mistyped, revoked or expired.",
            _NEW_KEY,
            4,
        ),
        Cause.BAD_KEY_OR_CHANNEL: CauseInfo(
            "Either the key is not valid, or the gateway's own access to {model} is broken.",
            "find out which: bytespike keys verify; if the key is good, try another model or later",
            4,
        ),
        Cause.EXPIRED_KEY: CauseInfo(
            "The key has expired.",
            f"make a new key at {CONSOLE_KEYS_URL}, then {_STORE}",
            4,
        ),
        Cause.NO_BALANCE: CauseInfo(
            "The balance does not cover this request; the gateway reserves its highest possible "
            "cost first.",
            f"top up at {CONSOLE_BILLING_URL}, or ask for fewer output tokens (maxOutputTokens)",
            7,
        ),
        Cause.KEY_QUOTA: CauseInfo(
            "The key's own spending quota is used up.",
            f"raise the key's quota at {CONSOLE_KEYS_URL}, or use another key: "
            "bytespike keys use NAME",
            7,
        ),
        Cause.IP_NOT_ALLOWED: CauseInfo(
            "The key may not be used from this IP address.",
            f"add the address to the key's whitelist at {CONSOLE_KEYS_URL}, or use another key",
            5,
        ),
        Cause.MODEL_NOT_IN_GROUP: CauseInfo(
            "The key's group does not reach {model}.", _OTHER_KEY, 5
        ),
        Cause.PAUSED_ORG: CauseInfo(
            "The key belongs to an organisation that is paused.",
            "ask the organisation's owner, or use another key: bytespike keys use NAME",
            5,
        ),
        Cause.PERMISSION: CauseInfo(
            "The key is known, but may not do this: its group, its IP list or its organisation "
            "forbids it.",
            f"look at the key's settings at {CONSOLE_KEYS_URL}, or use another key: "
            "bytespike keys use NAME",
            5,
        ),
        Cause.UNKNOWN_MODEL: CauseInfo(
            "The gateway does not know {model}.",
            "choose one of the key's models: bytespike models list",
            6,
        ),
        Cause.NOT_FOUND: CauseInfo(
            "The gateway has nothing at this path.",
            "check the base URL (an origin, without /v1beta): bytespike config show --origin",
            1,
        ),
        Cause.TASK_NOT_FOUND: CauseInfo(
            "The gateway knows no task with this id.", "check the id of the task", 1
        ),
        Cause.TOO_LARGE: CauseInfo(
            "The request is larger than the gateway accepts.",
            "send smaller or fewer files",
            1,
        ),
        Cause.SPEND_CAP: CauseInfo(
            "The key's spending limit for this window is reached.",
            f"wait for the reset, raise the limit at {CONSOLE_KEYS_URL}, or use another key: "
            "bytespike keys use NAME",
            8,
            Retry.AFTER_RESET,
        ),
        Cause.CONCURRENCY: CauseInfo(
            "Too many requests of this account are running at the same time.",
            "wait for the others to end, then send it again",
            8,
            Retry.JITTER,
        ),
        Cause.UPSTREAM_QUOTA: CauseInfo(
            "The gateway's own quota for {model} is used up for the moment.",
            "send it again in a minute, or choose another model",
            8,
            Retry.BACKOFF,
        ),
        Cause.RATE_LIMITED: CauseInfo(
            "The gateway is asked too often.",
            "send it again in a minute",
            8,
            Retry.BACKOFF,
        ),
        Cause.CONTENT_BLOCKED: CauseInfo(
            "The model's safety rules refused the prompt.",
            "change the prompt",
            1,
        ),
        Cause.GATEWAY_ERROR: CauseInfo(
            "The gateway failed inside.",
            "send it again; failed requests are not billed",
            10,
            Retry.BACKOFF,
        ),
        Cause.OVERLOADED: CauseInfo(
            "The gateway has no capacity or timed out.",
            "send it again in a minute; failed requests are not billed",
            10,
            Retry.BACKOFF,
        ),
        Cause.MANAGEMENT_UNAVAILABLE: CauseInfo(
            "The gateway's account functions do not accept this key; that says nothing about its "
            "models.",
            "see whether the key itself works: bytespike keys verify",
            5,
        ),
        Cause.NOT_GATEWAY: CauseInfo(
            "Something between here and the gateway answered in its place: a proxy, a login page "
            "or a CDN.",
            "check HTTPS_PROXY and NO_PROXY, and the base URL: bytespike config show --origin",
            11,
        ),
        Cause.UNKNOWN: CauseInfo(
            "The gateway refused the request for a reason that is not documented.",
            "see the gateway's own words",
            1,
        ),
    }
)
"""Every cause, for the commands, the shim, the doctor and `explain` alike."""


def fix_of(cause: Cause, variable: str = "") -> str:
    """Return what cures a cause; `variable` is the one that the key stands in, if it does.

    To store another key is no cure then: the variable would go before it, or still be read.
    """
    fix = CAUSES[cause].fix
    if not variable or not fix.endswith(_STORE):
        return fix
    unset = ", or unset it to use a stored key" if variable == VAR_API_KEY else ""
    return f"{fix.removesuffix(_STORE)}set {variable} to it{unset}"
