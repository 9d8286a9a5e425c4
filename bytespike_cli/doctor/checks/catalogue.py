"""Which models does the key reach, and is the wanted one among them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bytespike_cli.config.reach import other_key
from bytespike_cli.config.settings import Level
from bytespike_cli.constants import CONSOLE_KEYS_URL
from bytespike_cli.doctor import asked
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.doctor.repair import Repair, SetSetting
from bytespike_cli.wire.models import Resolution, resolve
from bytespike_cli.wire.slug import is_gemini_text, tier

if TYPE_CHECKING:
    from bytespike_cli.config.settings import Source
    from bytespike_cli.doctor.case import Case

SHOWN = 4


def models(case: Case) -> Iterator[Finding]:
    """Count what the key reaches."""
    slugs = asked.slugs(case)
    if slugs is None:
        yield info(
            "catalogue.untold",
            "The gateway does not say which models the key reaches; ids are sent as they are.",
            asked.models(case).seen,
        )
        return
    gemini = [slug for slug in slugs if is_gemini_text(slug)]
    if gemini:
        yield ok(
            "catalogue.models",
            f"The key reaches {_counted(len(slugs))}, {len(gemini)} of them Gemini: "
            f"{_shown(gemini)}.",
            models=list(slugs),
        )
        return
    wanted = case.settings.model
    if wanted and resolve(wanted, slugs, aliases=case.settings.aliases).served:
        yield info(
            "catalogue.models",
            "The key reaches no Gemini model, but the one that is configured.",
            f"it reaches {_shown(slugs)}",
        )
        return
    secret = case.credential.secret
    other = other_key(case.env, "auto", but=secret)
    way = f"use your key '{other}': bytespike keys use {other}" if other else ""
    if not slugs:
        yield error(
            "catalogue.empty",
            "The key reaches no model at all: it is bound to no group.",
            evidence=f"{asked.models(case).path}: an empty list",
            fix=way or f"bind it to a group at {CONSOLE_KEYS_URL}, e.g. gemini-default",
        )
    else:
        yield error(
            "catalogue.no-gemini",
            "The key's group reaches no Gemini model.",
            evidence=f"it reaches {_shown(slugs)}",
            fix=way
            or f"make a key in the group gemini-default at {CONSOLE_KEYS_URL}, then: "
            "bytespike login",
            explains=("request", "stream"),
        )


def model(case: Case) -> Iterator[Finding]:
    """Look for the configured model among what the key reaches."""
    wanted, slugs = case.settings.model, asked.slugs(case)
    if wanted is None:
        chosen = asked.slug(case)
        words = f", so that {chosen} is taken" if chosen else ""
        yield ok("catalogue.model", f"No model is configured{words}.")
        return
    if slugs is None:
        yield info(
            "catalogue.untold-model",
            f"Whether the key reaches '{wanted}' cannot be told without its catalogue.",
            asked.models(case).seen,
        )
        return
    resolution = resolve(wanted, slugs, aliases=case.settings.aliases)
    source = case.settings.origin_of("model")
    if resolution.served is None:
        yield _unknown(case, resolution, source)
    elif resolution.rule in ("normalised", "suffix"):
        yield _misspelled(resolution, source)
    else:
        arrow = "" if resolution.served == wanted else f" ({wanted} -> {resolution.served})"
        yield ok("catalogue.model", f"The key reaches the model {resolution.served}{arrow}.")


def _misspelled(resolution: Resolution, source: Source) -> Finding:
    asked_for, served = resolution.asked, resolution.served
    assert served is not None
    dotted = "." in asked_for
    name = "dotted-id" if dotted else "other-spelling"
    how = "with dots, as Google spells it" if dotted else "as Google spells it"
    by_user = source.level is Level.USER
    return warning(
        f"catalogue.{name}",
        f"The model '{asked_for}' is spelled {how}; the gateway knows it as {served}, and answers "
        "404 to any other spelling. bytespike translates it, a client without the shim does not.",
        evidence=f"model = {asked_for} from {source.where}; the catalogue has {served}",
        fix=f"bytespike config set model {served}" if by_user else _set_there(source, served),
        repair=Repair(f"set the default model to {served}", (SetSetting("model", served),))
        if by_user
        else None,
    )


def _unknown(case: Case, resolution: Resolution, source: Source) -> Finding:
    wanted = resolution.asked
    seen = f"model = {wanted} from {source.where}"
    other = other_key(case.env, wanted, but=case.credential.secret)
    if other:
        return error(
            "catalogue.other-key",
            f"This key does not reach the model '{wanted}', but your key '{other}' does.",
            evidence=seen,
            fix=f"bytespike keys use {other}, or: --key {other}",
            explains=("request", "stream"),
        )
    close = ", ".join(resolution.closest)
    slugs = asked.slugs(case) or ()
    chosen = resolution.closest[0] if resolution.closest else None
    repair = None
    if chosen and source.level is Level.USER:
        repair = Repair(f"set the default model to {chosen}", (SetSetting("model", chosen),))
    if _is_retired(wanted, slugs):
        return error(
            "catalogue.retired",
            f"The model '{wanted}' is older than all that the key reaches: it is retired.",
            evidence=f"{seen}; closest: {close or 'none'}",
            fix=_choose(source, chosen),
            explains=("request", "stream"),
            repair=repair,
        )
    return error(
        "catalogue.unknown-model",
        f"The key does not reach the model '{wanted}': no such id, or not in its group.",
        evidence=f"{seen}; closest: {close or 'none'}",
        fix=_choose(source, chosen),
        explains=("request", "stream"),
        repair=repair,
    )


def _is_retired(wanted: str, slugs: tuple[str, ...]) -> bool:
    """Return whether a Gemini id is of an older version than every one that is served."""
    asked_for = tier(wanted)
    served = [t.version for slug in slugs if (t := tier(slug)) is not None and t.version]
    if asked_for is None or not asked_for.version or not served:
        return False
    return asked_for.version < min(served)


def _choose(source: Source, slug: str | None) -> str:
    if slug is None:
        return "choose one of: bytespike models"
    return (
        f"bytespike config set model {slug}"
        if source.level is Level.USER
        else _set_there(source, slug)
    )


def _set_there(source: Source, slug: str) -> str:
    if source.level is Level.ENVIRONMENT:
        return f"export {source.where.removeprefix('$')}={slug}"
    if source.level is Level.FLAG:
        return f"give {source.where} {slug}"
    return f'write model = "{slug}" in {source.where}'


def _counted(number: int) -> str:
    return f"{number} model{'' if number == 1 else 's'}"


def _shown(slugs: list[str] | tuple[str, ...]) -> str:
    return ", ".join(slugs[:SHOWN]) + (", …" if len(slugs) > SHOWN else "")


CHECKS = (
    Check(
        "catalogue.models",
        "which models the key reaches",
        models,
        needs=("key.alive",),
        network=True,
    ),
    Check(
        "catalogue.model",
        "whether the configured model is among them",
        model,
        needs=("catalogue.models",),
        network=True,
    ),
)
