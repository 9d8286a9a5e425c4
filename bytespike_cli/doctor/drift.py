"""The probes of `doctor contract`: each asks the gateway one thing and says which variant holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.constants import API_PREFIX, MODELS_PATH
from bytespike_cli.doctor import asked
from bytespike_cli.wire import catalogue
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.causes import Cause
from bytespike_cli.wire.money import usd
from bytespike_cli.wire.slug import is_gemini_text

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import Exchange

FOREIGN = ("claude-haiku-4-5", "gpt-5-4-nano", "gemini-3-flash", "deepseek-r1")
"""Models of which a key of one group reaches some and not others; the cheapest of each family."""
WRONG_KEY = "sk-byts-bytespike-doctor-no-such-key"
_ONE_TOKEN: dict[str, Any] = {
    "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
    "generationConfig": {"maxOutputTokens": 1},
}
_VEO = {"veo-3-1": "A", "veo-3.1": "B", "veo3.1": "C"}
_COST = re.compile(r"cost|estimated", re.IGNORECASE)
_NO_ROUTE = (404, 405, 501)


@dataclass(frozen=True, slots=True)
class Observation:
    """The letters of the variants that hold (None: it could not be told), and what was seen."""

    holds: tuple[str, ...] | None
    words: str


def check_key(case: Case) -> None:
    """Raise the error of a gateway that cannot be asked with this key."""
    from bytespike_cli.gateway.failures import Refused

    exchange = asked.models(case)
    failure = exchange.failure(case.env.now())
    if failure is not None:
        raise Refused(failure).as_error()


def slugs(case: Case) -> Observation:
    """C1, by the catalogue: the spelling that it uses is the one that is known."""
    found = [slug for slug in asked.slugs(case) or () if is_gemini_text(slug)]
    dotted = [slug for slug in found if "." in slug]
    dashed = [slug for slug in found if "." not in slug and re.search(r"\d-\d", slug)]
    if not dotted and not dashed:
        return Observation(None, "the catalogue has no Gemini text model with such a version")
    holds = ("A",) * bool(dashed) + ("B",) * bool(dotted)
    return Observation(holds, f"the catalogue has {', '.join((dashed + dotted)[:3])}")


def veo(case: Case) -> Observation:
    """C2, by the catalogue."""
    found = [slug for slug in asked.slugs(case) or () if slug in _VEO]
    if not found:
        return Observation(None, "the key reaches no Veo 3.1")
    return Observation(
        tuple(sorted(_VEO[s] for s in found)), f"the catalogue has {', '.join(found)}"
    )


def gemini_auth(case: Case) -> Observation:
    """C3, by asking for a model that does not exist."""
    working = asked.working_forms(case)
    if working is None:
        return Observation(None, "a request without a key is not refused as one with it is")
    holds = [("A", AuthForm.QUERY in working)]
    holds += [("B", bool({AuthForm.HEADER, AuthForm.BEARER} & set(working)))]
    words = ", ".join(form.name.lower() for form in working) or "no form"
    return Observation(tuple(letter for letter, true in holds if true), f"taken: {words}")


def one_form(case: Case) -> Observation:
    """C4: is there a form that /v1beta and /v1/models both take?"""
    gemini = set(asked.working_forms(case) or ())
    taken = {
        form
        for form in (AuthForm.HEADER, AuthForm.BEARER, AuthForm.API_KEY)
        if _ask(case, "GET", MODELS_PATH, form=form).status == 200
    }
    both = ", ".join(sorted(form.name.lower() for form in gemini & taken))
    if both:
        return Observation(("A",), f"on /v1beta and on {MODELS_PATH}: {both}")
    return Observation(("B",), f"no form is taken on /v1beta and on {MODELS_PATH}")


def video_paths(case: Case) -> Observation:
    """C6, by asking after a task that does not exist."""
    routes = _task_routes(case)
    holds = [("A", any("/v1/tasks" in route for route in routes))]
    holds += [("B", any("/v1/videos" in route for route in routes))]
    return _by_routes(tuple(letter for letter, true in holds if true), routes)


def task_query(case: Case) -> Observation:
    """C10."""
    routes = [route for route in _task_routes(case) if "/v1/tasks" in route]
    return _by_routes(tuple("A" if r.startswith("POST") else "B" for r in routes), routes)


def stream_end(case: Case) -> Observation:
    """C11, by the trial."""
    trace = asked.trial(case)
    if trace.status != 200 or trace.broken:
        return Observation(None, f"the trial did not come to its end: HTTP {trace.status}")
    if trace.repair.saw_done:
        return Observation(("A",), "[DONE] after the last event")
    return Observation(("B",), "no marker after the last event")


def foreign_model(case: Case) -> Observation:
    """C13, with a model that is in no catalogue of this key, for one token at the most."""
    reached = asked.slugs(case)
    if not reached:
        return Observation(None, "the catalogue is not known")
    foreign = next((slug for slug in FOREIGN if slug not in reached), None)
    if foreign is None:
        return Observation(None, "the key reaches a model of every family")
    exchange = _generate(case, foreign)
    failure = exchange.failure(case.env.now())
    code = failure.code if failure else ""
    holds = {403: ("A",), 400: ("B",) * (code == "model_not_allowed")}.get(exchange.status, ())
    return Observation(holds, f"{foreign}: {_said(case, exchange)}")


def no_model(case: Case) -> Observation:
    """C14."""
    working = asked.working_forms(case)
    if not working:
        return Observation(None, "the key is not taken on /v1beta")
    exchange = asked.forms(case)[working[0]]
    failure = exchange.failure(case.env.now())
    code = failure.code.lower() if failure else ""
    by_code = {"unsupported_model": "C", "model_not_found": "B", "not_found_error": "B"}
    letter = "A" if exchange.status == 404 else by_code.get(code, "")
    holds = (letter,) if letter and exchange.status in (400, 404) else ()
    return Observation(holds, _said(case, exchange))


def bad_key(case: Case) -> Observation:
    """C15, with a key that nobody has."""
    from bytespike_cli.gateway.probe import Prober

    working = asked.working_forms(case) or (AuthForm.HEADER,)
    stranger = Prober(case.origin, WRONG_KEY, proxy=proxy_for(case.origin, case.env.variables))
    try:
        exchange = stranger.ask(
            "POST",
            f"{API_PREFIX}/models/{asked.NO_MODEL}:generateContent",
            form=working[0],
            body=_ONE_TOKEN,
            timeout_s=case.within(asked.READ_S),
        )
    finally:
        stranger.close()
    letter = {401: "A", 400: "B"}.get(exchange.status)
    return Observation((letter,) if letter else (), _said(case, exchange))


def balance(case: Case) -> Observation:
    """C18."""
    exchange = _ask(case, "GET", "/v1/balance")
    return _present(case, exchange)


def usage(case: Case) -> Observation:
    """C19: which of three paths answers, and with what."""
    for path in ("/api/v1/me/usage", "/v1/usage", "/api/v1/usage"):
        exchange = _ask(case, "GET", path)
        document = exchange.document
        if exchange.status == 200 and isinstance(document, dict):
            sums = "buckets" in document or "totals" in document
            return Observation(("B",) if sums else ("A",), f"{path}: {', '.join(document)[:60]}")
    return Observation(None, "no path for it answers to this key")


def quota_unit(case: Case) -> Observation:
    """C22, by the size of the numbers (contract.md 5)."""
    quota = asked.models(case).quota
    if quota.key_remaining_usd is None and quota.remaining_usd is None:
        return Observation(None, "no amount is told")
    told = {"key": quota.key_remaining_usd, "window": quota.remaining_usd}
    amounts = ", ".join(f"{name} {usd(left)}" for name, left in told.items() if left is not None)
    return Observation(("B",) if quota.suspicious_units else ("A",), amounts)


def cost_header(case: Case) -> Observation:
    """C23, on the answers that there are."""
    headers = dict(asked.models(case).headers)
    if case.billable:
        headers.update(asked.trial(case).headers)
    found = [name for name in headers if _COST.search(name)]
    return Observation(("B",) if found else ("A",), ", ".join(found) or "no such header")


def embeddings(case: Case) -> Observation:
    """C27, with a body that nothing can be made of."""
    exchange = _ask(case, "POST", "/v1/embeddings", body={})
    absent = exchange.status in _NO_ROUTE
    return Observation(("A",) if absent else ("B",), _said(case, exchange))


def family(case: Case) -> Observation:
    """C29, by the entries of the list."""
    entries = catalogue.entries(asked.models(case).document) or []
    found = {
        str(entry["family"])
        for entry in entries
        if isinstance(entry, dict) and "family" in entry and is_gemini_text(str(entry.get("id")))
    }
    if not found:
        return Observation(None, "entries name no family")
    letters = {"google": "A", "gemini": "B"}
    return Observation(
        tuple(sorted(letters[f] for f in found if f in letters)), ", ".join(sorted(found))
    )


def task_cancel(case: Case) -> Observation:
    """C37, with a task that does not exist."""
    path = _ask(case, "POST", f"/v1/tasks/cancel/{asked.NO_TASK}")
    body = _ask(case, "POST", "/v1/tasks/cancel", body={"task_id": asked.NO_TASK})
    holds = [("A", _is_about_a_task(case, path)), ("B", _is_about_a_task(case, body))]
    words = f"by path {path.status}, by body {body.status}"
    return Observation(tuple(letter for letter, true in holds if true), words)


def _task_routes(case: Case) -> list[str]:
    answers = asked.tasks(case)
    return [route for route, got in answers.items() if route and _is_about_a_task(case, got)]


def _by_routes(holds: tuple[str, ...], routes: list[str]) -> Observation:
    return Observation(holds, ", ".join(routes) or "no route answers")


def _is_about_a_task(case: Case, exchange: Exchange) -> bool:
    failure = exchange.failure(case.env.now())
    return failure is None or failure.cause is Cause.TASK_NOT_FOUND


def _present(case: Case, exchange: Exchange) -> Observation:
    if exchange.status in _NO_ROUTE:
        return Observation(("B",), _said(case, exchange))
    return Observation(("A",) if exchange.status == 200 else None, _said(case, exchange))


def _generate(case: Case, slug: str) -> Exchange:
    working = asked.working_forms(case) or (AuthForm.HEADER,)
    path = f"{API_PREFIX}/models/{slug}:generateContent"
    return _ask(case, "POST", path, form=working[0], body=_ONE_TOKEN)


def _ask(
    case: Case,
    method: str,
    path: str,
    *,
    form: AuthForm = AuthForm.BEARER,
    body: dict[str, Any] | None = None,
) -> Exchange:
    return asked.prober(case).ask(
        method, path, form=form, body=body, timeout_s=case.within(asked.READ_S)
    )


def _said(case: Case, exchange: Exchange) -> str:
    failure = exchange.failure(case.env.now())
    code = f" {failure.code}" if failure and failure.code else ""
    return f"HTTP {exchange.status}{code}"
