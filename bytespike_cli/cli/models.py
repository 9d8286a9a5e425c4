"""`bytespike models`: what a key reaches, how an id is resolved, and which key serves it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.login import fetch_models
from bytespike_cli.cli.options import CREDENTIAL, Group, complete_models, json_option, refuse_unused
from bytespike_cli.errors import BytespikeError, NetworkError, NoKeyError, UnknownModelError

if TYPE_CHECKING:
    from bytespike_cli.config.catalogue import CachedCatalogue
    from bytespike_cli.config.keystore import StoredKey
    from bytespike_cli.wire.models import Resolution

REFRESH = click.option("--refresh", is_flag=True, help="Ask the gateway, whatever is cached.")


@click.group(
    cls=Group,
    selects=CREDENTIAL,
    invoke_without_command=True,
    epilog="""\b
Examples:
  bytespike models
  bytespike --key work models --refresh --json
  bytespike models resolve gemini-3.1-pro-preview
  bytespike models which claude-opus-4-8""",
)
@REFRESH
@json_option
@click.pass_context
def models(ctx: click.Context, refresh: bool) -> None:
    """List models, and see how a model id is resolved."""
    if ctx.invoked_subcommand is None:
        refuse_unused(ctx, CREDENTIAL)
        _list(current_app(), refresh)


@models.command("list", selects=CREDENTIAL)
@REFRESH
@json_option
def list_(refresh: bool) -> None:
    """List the models that the key reaches, as the gateway spells them."""
    _list(current_app(), refresh)


@models.command(selects=CREDENTIAL)
@click.argument("model_id", metavar="ID", shell_complete=complete_models)
@click.option(
    "--as-client", is_flag=True, help="As if a client had chosen ID by itself, not its user."
)
@json_option
def resolve(model_id: str, as_client: bool) -> None:
    """Show the steps from ID to the model that is asked for; status 6 when there is none.

    Works offline, with the catalogue as it was last seen.
    """
    from bytespike_cli.wire.models import Chooser
    from bytespike_cli.wire.models import resolve as resolve_id

    app = current_app()
    catalogue = _cached(app)
    if catalogue is None:
        app.render.warn("The catalogue is not known yet (bytespike models), so this is a guess.")
    resolution = resolve_id(
        model_id,
        catalogue.models if catalogue else None,
        aliases=app.settings.aliases,
        chosen_by=Chooser.CLIENT if as_client else Chooser.USER,
        fallback=app.settings.model_fallback == "nearest",
    )
    _show(app, resolution)
    if resolution.served is None:
        close = ", ".join(resolution.closest)
        raise UnknownModelError(
            f"This key reaches no model '{model_id}'.",
            fix=f"closest: {close}" if close else "bytespike models",
        )


@models.command(selects=CREDENTIAL)
@click.argument("model_id", metavar="ID", shell_complete=complete_models)
@click.option(
    "--as-client", is_flag=True, help="As if a client had chosen ID by itself, not its user."
)
@click.option("--refresh", is_flag=True, help="Ask the gateway what each stored key reaches.")
@json_option
def which(model_id: str, as_client: bool, refresh: bool) -> None:
    """Show which key serves ID, and why the others do not; status 6 when none does.

    Works offline, with the catalogues as they were last seen.
    """
    from bytespike_cli.config.credential import choose_key
    from bytespike_cli.config.which import which_keys

    app = current_app()
    own = choose_key(app.env, app.settings)
    refreshed = _refreshed(app, own) if refresh else {}
    found = which_keys(
        app.env, app.settings, own, model_id, by_client=as_client, refreshed=refreshed
    )
    serving = next((key for key in found if key.serves), None)
    if app.flags.json:
        app.render.data(
            {
                "asked": model_id,
                "served": serving.reached if serving else None,
                "key": serving.name if serving else None,
                "group": serving.group if serving else None,
                "rule": serving.rule if serving else "unknown",
                "key_routing": app.settings.key_routing,
                "keys": [asdict(key) for key in found],
            }
        )
    else:
        app.render.table(
            ("KEY", "GROUP", "MODEL", "WHY"),
            [
                (f"{key.name} *" if key.in_use else key.name, key.group or "-",
                 key.reached or "-", key.why)
                for key in found
            ],
        )  # fmt: skip
    if serving is None:
        raise UnknownModelError(
            f"No stored key serves the model '{model_id}'.", fix="bytespike models"
        )
    if not app.flags.json:
        app.render.out(f"{model_id} -> {serving.reached}, with the key '{serving.name}'")
    if serving.rule == "blind":
        app.render.warn("Its catalogue is not known yet (bytespike models), so this is a guess.")


def _refreshed(app: App, own: StoredKey) -> dict[str, tuple[str, ...]]:
    """Ask the gateway for the catalogue of every key of this gateway, and keep it."""
    from bytespike_cli.config.catalogue import save
    from bytespike_cli.config.credential import open_key
    from bytespike_cli.config.keystore import KeyStore

    found = {}
    stored = KeyStore(app.env).keys()
    others = (key for key in stored if key.name != own.name and key.origin == own.origin)
    for key in (own, *others):
        try:
            credential = open_key(app.env, key)
            found[key.name] = fetch_models(
                app, credential.origin, credential.secret, credential.variable
            )
            save(app.env, credential, found[key.name])
        except BytespikeError as failure:
            app.render.warn(f"{key.name}: {failure.cause}")
    return found


def _list(app: App, refresh: bool) -> None:
    from bytespike_cli.config.catalogue import load, save
    from bytespike_cli.config.credential import select_credential

    credential = select_credential(app.env, app.settings)
    cached = load(app.env, credential)
    slugs, fetched_at = (cached.models, cached.fetched_at) if cached else ((), 0.0)
    if refresh or cached is None or not cached.is_fresh(app.env.now()):
        try:
            slugs = fetch_models(app, credential.origin, credential.secret, credential.variable)
        except NetworkError as unreachable:
            if refresh or cached is None:
                raise
            app.render.warn(f"{unreachable.cause} These are the models as last seen.")
        else:
            fetched_at = app.env.now()
            save(app.env, credential, slugs)
    if app.flags.json:
        app.render.data(
            {
                "key": credential.name,
                "group": credential.group,
                "origin": credential.origin,
                "fetched_at": fetched_at,
                "models": list(slugs),
            }
        )
        return
    for slug in slugs:
        app.render.out(slug)
    if not slugs:
        app.render.warn(f"The key '{credential.name}' reaches no model: is it bound to a group?")


def _cached(app: App) -> CachedCatalogue | None:
    from bytespike_cli.config.catalogue import load
    from bytespike_cli.config.credential import select_credential

    try:
        return load(app.env, select_credential(app.env, app.settings))
    except NoKeyError:
        return None


def _show(app: App, resolution: Resolution) -> None:
    if app.flags.json:
        app.render.data(asdict(resolution))
        return
    app.render.table(
        ("STEP", "TRIED", "MATCHED"),
        [(step.rule, step.tried, step.matched or "-") for step in resolution.steps],
    )
    if resolution.served is not None:
        app.render.out(f"{resolution.asked} -> {resolution.served} ({resolution.rule})")
