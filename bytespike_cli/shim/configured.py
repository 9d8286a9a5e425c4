"""The settings of a shim, from the user's configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue, seen_form
from bytespike_cli.config.proxies import proxy_for
from bytespike_cli.config.reach import other_key, other_keys
from bytespike_cli.shim.settings import ShimSettings
from bytespike_cli.wire.models import Chooser

if TYPE_CHECKING:
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.settings import Settings
    from bytespike_cli.context import Environment
    from bytespike_cli.journal.store import Journal


def shared(settings: ShimSettings) -> ShimSettings:
    """Return the settings for a shim that any number of programs use.

    gemini-cli asks for ids that nobody typed, and asks without end after a 404 (clients.md 2.4): an
    id of a Gemini family is served by the nearest model, where the configuration allows that.
    """
    return replace(settings, chosen_by=Chooser.CLIENT, shared=True)


def configured(
    env: Environment, settings: Settings, credential: Credential, *, token: str
) -> ShimSettings:
    """Return the settings of a shim that serves one key, as the configuration has them."""
    cached = catalogue.load(env, credential)
    return ShimSettings(
        origin=credential.origin,
        secret=credential.secret,
        token=token,
        now=env.now,
        key_name=credential.name,
        group=credential.group,
        auth_form=settings.sent_as,
        seen_form=seen_form.load(env, credential.origin),
        save_form=lambda form: seen_form.save(env, credential.origin, form),
        models=cached.models if cached else None,
        models_fetched_at=cached.fetched_at if cached else 0.0,
        aliases=settings.aliases,
        fallback=settings.model_fallback == "nearest",
        other_key=lambda model: other_key(env, model, but=credential.secret),
        other_keys=other_keys(env, settings, credential),
        proxy=proxy_for(credential.origin, env.variables),
        save_models=lambda models: catalogue.save(env, credential, models),
        open_journal=lambda: _journal(env),
    )


def _journal(env: Environment) -> Journal:
    """Return the journal; most shims never see a task, and start without what it needs."""
    from bytespike_cli.journal.store import Journal

    return Journal(env)
