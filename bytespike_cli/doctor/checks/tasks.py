"""Can videos be made with this key, and which dialect of tasks is spoken? Nothing is submitted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, info, ok
from bytespike_cli.wire.causes import Cause

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case
    from bytespike_cli.gateway.probe import Exchange

_VIDEO = re.compile(r"^(?:veo|sora|seedance|kling)")
_NO_ROUTE = (404, 405, 501)


def models(case: Case) -> Iterator[Finding]:
    """Look for a video model (contract.md 6.4: granted apart from chat)."""
    found = [slug for slug in asked.slugs(case) or () if _VIDEO.match(slug.lower())]
    if found:
        yield ok("tasks.models", f"The key reaches video models: {', '.join(found[:4])}.")
    else:
        yield info(
            "tasks.no-video",
            "The key reaches no video model; they are granted apart from chat.",
            "no such id in its catalogue",
        )


def dialect(case: Case) -> Iterator[Finding]:
    """Ask after a task that does not exist, in every way (contract.md C6, C10)."""
    answers = asked.tasks(case)
    nowhere = answers[""]
    spoken = [
        question
        for question, answer in answers.items()
        if question and _knows(case, answer, nowhere)
    ]
    seen = ", ".join(f"{question}: {a.status}" for question, a in answers.items() if question)
    if spoken:
        yield ok("tasks.dialect", f"Tasks can be asked after by {', '.join(spoken)}.", seen)
    else:
        yield info("tasks.none", "No way to ask after tasks was found at this gateway.", seen)


def _knows(case: Case, answer: Exchange, nowhere: Exchange) -> bool:
    """Return whether an answer comes from a route that exists, compared with one that does not."""
    failure = answer.failure(case.env.now())
    if failure is None or failure.cause is Cause.TASK_NOT_FOUND:
        return True
    return answer.status not in _NO_ROUTE and answer.status != nowhere.status


_NEEDS = ("key.alive",)

CHECKS = (
    Check(
        "tasks.models",
        "whether the key reaches a video model",
        models,
        needs=_NEEDS,
        network=True,
    ),
    Check(
        "tasks.dialect",
        "how the gateway wants to be asked after tasks",
        dialect,
        needs=_NEEDS,
        network=True,
    ),
)
