"""Which model makes a video or an image: as the user spells it, or the plainest that there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bytespike_cli.errors import (
    GatewayError,
    PermissionDeniedError,
    ProtocolError,
    RequestError,
    UsageError,
)
from bytespike_cli.wire.media_slug import Kind, Surface, default_slug, kind_of, spellings
from bytespike_cli.wire.slug import is_gemini_text

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App
    from bytespike_cli.direct.connect import Connection
    from bytespike_cli.wire.quota import Quota


@dataclass(frozen=True, slots=True)
class MediaChoice:
    """The model, the catalogue that it was found in (None: not known), and what is left."""

    model: str
    catalogue: tuple[str, ...] | None
    quota: Quota | None


def choose(app: App, connection: Connection, kind: Kind, surface: Surface) -> MediaChoice:
    """Return the model to ask for; the gateway is asked for catalogue and quota, free of charge.

    Raises UnknownModelError with the closest slugs, UsageError for a model that makes something
    else, PermissionDeniedError where none is named and the key reaches none.
    """
    from bytespike_cli.config import catalogue as cache

    try:
        check = connection.gateway.verify()
    except (RequestError, ProtocolError, GatewayError):
        models, quota = None, None
    else:
        models, quota = check.models or None, check.quota
        if models:
            cache.save(app.env, connection.credential, models)
    asked = asked_for(app, kind)
    if asked is None:
        default = default_slug(kind, models, surface) if models else None
        if default is None:
            raise _none(app, connection, kind, surface, models)
        return MediaChoice(default, models, quota)
    fitting = spellings(asked, models, surface)
    if not fitting:
        of_kind = [slug for slug in models or () if kind_of(slug) is kind]
        raise connection.unknown(asked, of_kind or models)
    makes = kind_of(fitting[0])
    if is_gemini_text(fitting[0]) or makes not in (kind, None):
        raise UsageError(
            f"'{fitting[0]}' makes no {kind}s.",
            fix=f"leave --model out, or see: bytespike models list   (for {kind}s)",
        )
    return MediaChoice(fitting[0], models, quota)


def asked_for(app: App, kind: Kind) -> str | None:
    """Return the model that the user names for this kind, or None.

    The default model of the settings is usually one of text: it counts only where it fits.
    """
    from bytespike_cli.config.settings import Level

    settings = app.settings
    if settings.model is None:
        return None
    asked = settings.aliases.get(settings.model, settings.model)
    by_flag = settings.origin_of("model").level is Level.FLAG
    return asked if by_flag or kind_of(asked) is kind else None


def _none(
    app: App,
    connection: Connection,
    kind: Kind,
    surface: Surface,
    models: tuple[str, ...] | None,
) -> PermissionDeniedError | UsageError:
    from bytespike_cli.config.reach import key_with

    if models is None:
        example = "veo-3.1" if kind is Kind.VIDEO else "nano-banana"
        return UsageError(
            "No model is named, and the catalogue of this key is not known.",
            fix=f"name one: --model {example}",
        )
    other = key_with(
        app.env,
        lambda reached: default_slug(kind, reached, surface) is not None,
        but=connection.credential.secret,
    )
    return PermissionDeniedError(
        f"This key reaches no model that makes {kind}s.",
        fix=f"use your key '{other}', which does: --key {other}"
        if other
        else "images and videos are granted apart from chat: use a key of the group default, or "
        "ask whoever made the key",
    )
