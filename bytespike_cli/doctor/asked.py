"""What the gateway was asked, each thing once a run, whichever check wants to know it first.

At most one of these requests is billed: the trial, a stream of a few tokens. Everything else is a
free read, or is refused before a model is reached (contract.md 6.5: failures do not bill).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.constants import ACCOUNT_PATH, API_PREFIX, AVAILABLE_MODELS_PATH, MODELS_PATH
from bytespike_cli.direct.connect import choose_from
from bytespike_cli.doctor.together import together
from bytespike_cli.errors import BytespikeError
from bytespike_cli.wire import catalogue
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import Exchange, Prober, StreamTrace

READ_S = 4.0
"""Longest silence for what the gateway answers from memory."""
TRIAL_S = 10.0
"""Longest silence of the trial: a model may think before its first word."""
TRIAL_TOKENS = 64
TRIAL_BODY: dict[str, Any] = {
    "contents": [{"role": "user", "parts": [{"text": "Count from 1 to 40, with spaces between."}]}],
    "generationConfig": {"maxOutputTokens": TRIAL_TOKENS},
}
NO_MODEL = "bytespike-doctor-no-such-model"
"""Asked for to see whether the key is let through; no gateway serves, or bills, it."""
NO_TASK = "task_00000000000000000000000000"
_REFUSED = (401, 403)


def prober(case: Case) -> Prober:
    """Return the one client of this run. Raises NoKeyError and ConfigurationError."""
    from bytespike_cli.gateway.probe import Prober

    def make() -> Prober:
        made = Prober(
            case.origin,
            case.credential.secret,
            proxy=proxy_for(case.origin, case.env.variables),
            clock=case.env.monotonic,
        )
        case.at_end(made.close)
        return made

    return case.memo("prober", make)


def models(case: Case) -> Exchange:
    """Return the answer of `GET /v1/models`, the documented proof of a key (contract.md 3.4).

    A 401 to a Bearer token is asked again with x-api-key, the other form of this path.
    """

    def ask() -> Exchange:
        bearer = _get(case, MODELS_PATH, AuthForm.BEARER)
        if bearer.status != 401:
            return bearer
        other = _get(case, MODELS_PATH, AuthForm.API_KEY)
        return bearer if other.status == 401 else other

    return case.memo("models", ask)


def account(case: Case) -> Exchange:
    """Return the answer of `GET /api/v1/me/account` (contract.md 3.6)."""
    return case.memo("account", lambda: _get(case, ACCOUNT_PATH, AuthForm.BEARER))


def available(case: Case) -> Exchange:
    """Return the answer of `GET /api/v1/me/available-models` (contract.md 3.5)."""
    return case.memo("available", lambda: _get(case, AVAILABLE_MODELS_PATH, AuthForm.BEARER))


def slugs(case: Case) -> tuple[str, ...] | None:
    """Return what the key reaches, from the first list that names anything; None: nobody says."""
    answers = (models, available)
    told = False
    for answer in answers:
        exchange = answer(case)
        if exchange.status == 200 and catalogue.entries(exchange.document) is not None:
            told = True
            if found := catalogue.slugs(exchange.document):
                return tuple(found)
    return () if told else None


def slug(case: Case) -> str | None:
    """Return the model to try: the configured one, else the default; None where there is none."""
    try:
        reached = slugs(case)
        choice = choose_from(case.settings.model, reached, case.settings.aliases)
    except BytespikeError:
        return None
    return choice.slug if choice else None


def forms(case: Case) -> Mapping[AuthForm | None, Exchange]:
    """Return how /v1beta answers to the key in each form, and (None) without it; all free.

    A model that does not exist is asked for: who is let through is told that it does not.
    """
    asked: tuple[AuthForm | None, ...] = (None, *FALLBACK_ORDER)

    def ask(form: AuthForm | None) -> Exchange:
        return prober(case).ask(
            "POST",
            f"{API_PREFIX}/models/{NO_MODEL}:generateContent",
            form=form,
            body=TRIAL_BODY,
            timeout_s=case.within(READ_S),
        )

    return case.memo("forms", lambda: together(ask, asked))


def working_forms(case: Case) -> tuple[AuthForm, ...] | None:
    """Return the forms of the key that /v1beta takes; None where the answers do not tell."""
    answers = forms(case)
    without = answers[None]
    if not _is_refusal(without):
        return None
    return tuple(form for form in FALLBACK_ORDER if not _is_same_refusal(answers[form], without))


def trial(case: Case) -> StreamTrace:
    """Return how the trial stream arrived: the one request that is billed.

    It goes straight to the gateway, so that every byte can be looked at; what the shim makes of
    it is told by the same code that the shim runs. Raises NetworkError and its like.
    """

    def ask() -> StreamTrace:
        working = working_forms(case) or FALLBACK_ORDER[:1]
        return prober(case).stream(
            trial_path(case), form=working[0], body=TRIAL_BODY, timeout_s=case.within(TRIAL_S)
        )

    return case.memo("trial", ask)


def trial_path(case: Case) -> str:
    """Return the path of the trial."""
    return f"{API_PREFIX}/models/{quote(slug(case) or '', safe='')}:streamGenerateContent"


def tasks(case: Case) -> Mapping[str, Exchange]:
    """Return the answers to questions about a task that does not exist, by dialect; all free."""
    questions: Mapping[str, tuple[str, str, str, dict[str, Any] | None]] = {
        "POST /v1/tasks/query": ("POST", "/v1/tasks/query", "", {"task_id": NO_TASK}),
        "GET /v1/tasks/query": ("GET", "/v1/tasks/query", f"task_id={NO_TASK}", None),
        "GET /v1/videos/tasks/ID": ("GET", f"/v1/videos/tasks/{NO_TASK}", "", None),
        "": ("GET", "/v1/bytespike-doctor-no-such-path", "", None),
    }

    def ask(name: str) -> Exchange:
        method, path, query, body = questions[name]
        return prober(case).ask(
            method,
            path,
            form=AuthForm.BEARER,
            query=query,
            body=body,
            timeout_s=case.within(READ_S),
        )

    return case.memo("tasks", lambda: together(ask, questions))


def _get(case: Case, path: str, form: AuthForm) -> Exchange:
    return prober(case).ask("GET", path, form=form, timeout_s=case.within(READ_S))


def _is_refusal(exchange: Exchange) -> bool:
    failure = exchange.failure(0.0)
    return failure is not None and (exchange.status in _REFUSED or failure.exit_status == 4)


def _is_same_refusal(exchange: Exchange, without: Exchange) -> bool:
    """Return whether a form was refused as no key is: the key in it was not found, or not taken."""
    return _is_refusal(exchange) and exchange.status == without.status
