"""Is the key alive, in which forms, and what else is told to it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bytespike_cli.constants import CONSOLE_BILLING_URL
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.doctor.origins import variables_of
from bytespike_cli.doctor.repair import Repair, SetSetting
from bytespike_cli.doctor.rules import by_hand
from bytespike_cli.doctor.told import of_failure, words_of
from bytespike_cli.errors import NetworkError
from bytespike_cli.wire.auth import FALLBACK_ORDER, AuthForm
from bytespike_cli.wire.money import usd

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

_NAMES = {
    AuthForm.HEADER: "x-goog-api-key",
    AuthForm.QUERY: "query parameter",
    AuthForm.BEARER: "Bearer",
    AuthForm.API_KEY: "x-api-key",
}
_ABSENT = (404, 405, 501)


def alive(case: Case) -> Iterator[Finding]:
    """Prove the key by `GET /v1/models`, or say how exactly it is refused."""
    exchange = asked.models(case)
    if exchange.status in _ABSENT:
        exchange = asked.available(case)
    failure = exchange.failure(case.env.now())
    if failure is not None:
        yield of_failure(
            "key",
            failure,
            seen=words_of(exchange, failure),
            key=case.credential.secret,
            variable=case.credential.variable,
        )
        return
    took = f"{exchange.elapsed_s * 1000:.0f} ms"
    yield ok("key.alive", f"The gateway accepts the key '{case.credential.name}' ({took}).")


def forms(case: Case) -> Iterator[Finding]:
    """Find the forms of the key that /v1beta takes (contract.md C3), without paying."""
    try:
        answers = asked.forms(case)
    except NetworkError as silent:
        yield error(
            "request.no-answer",
            "The gateway answers for /v1/models, but not for /v1beta, where Gemini's protocol is.",
            evidence=f"{silent.cause} {silent.detail}",
            fix="does a proxy or firewall hold POST requests back? Else try again in a minute",
        )
        return
    working = asked.working_forms(case)
    statuses = {form.name.lower(): answers[form].status for form in FALLBACK_ORDER}
    # Without a colon: what stands behind `x-api-key:` is taken for a secret, and masked.
    seen = ", ".join(f"{_NAMES[form]} {answers[form].status}" for form in FALLBACK_ORDER)
    if working is None:
        yield info(
            "key.forms-untold",
            "Which forms of the key /v1beta takes cannot be told without paying.",
            f"without a key: HTTP {answers[None].status}",
            statuses=statuses,
        )
        return
    names = ", ".join(_NAMES[form] for form in working)
    if not working:
        failure = answers[AuthForm.HEADER].failure(case.env.now())
        assert failure is not None
        yield error(
            "key.no-form",
            "The key is alive, but /v1beta takes it in none of its forms.",
            evidence=seen,
            fix="is the key for Gemini's protocol? look at its group: bytespike keys show "
            f"{case.credential.name}",
        )
    elif case.settings.sent_as not in (None, *working):
        yield error(
            "key.auth-form",
            f"The setting auth_form sends the key as {_NAMES[AuthForm(case.settings.auth_form)]}, "
            f"and /v1beta takes it as {names} alone.",
            evidence=seen,
            fix="bytespike config unset auth_form",
            repair=_send_as(working[0]),
        )
    elif len(working) == len(FALLBACK_ORDER):
        yield ok("key.forms", f"/v1beta takes the key in every form: {names}.", statuses=statuses)
    elif AuthForm.HEADER not in working and by_hand(variables_of(case.env)):
        yield warning(
            "key.header-refused",
            f"/v1beta takes the key as {names} alone. Clients that are started by hand, as your "
            "variables ask for, send x-goog-api-key, and get a 401.",
            evidence=seen,
            fix="start them through the shim: bytespike gemini, or bytespike exec -- PROGRAM",
        )
    else:
        yield info(
            "key.forms",
            f"/v1beta takes the key as {names} alone. The shim and our own commands do so by "
            "themselves; a client without the shim must.",
            seen,
            repair=_send_as(working[0]) if _asks_in_vain(case, working) else None,
            statuses=statuses,
        )


def _asks_in_vain(case: Case, working: Sequence[AuthForm]) -> bool:
    """Return whether each run begins with a form that is refused."""
    return case.settings.sent_as is None and FALLBACK_ORDER[0] not in working


def _send_as(form: AuthForm) -> Repair:
    return Repair(f"send the key as {_NAMES[form]} at once", (SetSetting("auth_form", form.value),))


def management(case: Case) -> Iterator[Finding]:
    """Ask the account; a refusal says nothing of the key (contract.md 2.2)."""
    exchange = asked.account(case)
    failure = exchange.failure(case.env.now())
    if failure is not None or not isinstance(exchange.document, dict):
        yield info(
            "key.management",
            "The account cannot be asked with this key, which says nothing of its models.",
            exchange.seen if failure is None else words_of(exchange, failure),
        )
        return
    balance = _dict(exchange.document.get("balance"))
    left = balance.get("available_usd")
    if balance.get("low_balance_flagged") is True:
        yield warning(
            "key.low-balance",
            "The balance is low.",
            evidence=f"{_usd(left)} left, warning below "
            f"{_usd(balance.get('low_balance_threshold_usd'))}",
            fix=f"top up at {CONSOLE_BILLING_URL}",
        )
    else:
        words = f": {usd(left)} left" if isinstance(left, int | float) else ""
        yield ok("key.management", f"The account answers{words}.")


def _usd(amount: Any) -> str:
    return usd(amount) if isinstance(amount, int | float) else "an untold amount"


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


CHECKS = (
    Check(
        "key.alive",
        "whether the gateway accepts the key",
        alive,
        needs=("config.key", "network.answer"),
        network=True,
    ),
    Check(
        "key.forms",
        "in which forms /v1beta takes the key",
        forms,
        needs=("key.alive",),
        network=True,
    ),
    Check(
        "key.management",
        "whether the account can be asked, and what is left in it",
        management,
        needs=("key.alive",),
        network=True,
    ),
)
