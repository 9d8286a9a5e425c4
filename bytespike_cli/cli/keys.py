"""`bytespike keys`: the stored keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.login import Wanted, count, fetch_models, store_key, storing_options
from bytespike_cli.cli.options import CREDENTIAL, Group, complete_keys, json_option
from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.errors import UsageError

if TYPE_CHECKING:
    from bytespike_cli.config.keystore import StoredKey

NAME = click.argument("name", metavar="NAME", shell_complete=complete_keys)


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  bytespike keys list
  bytespike keys add work --group gemini-default
  bytespike keys use work""",
)
def keys() -> None:
    """List, add, choose and remove stored keys.

    A key is bound to one group, which decides the models it reaches, and to the gateway it was
    stored for: it is sent to no other.
    """


@keys.command(selects=("group", "base_url"))
@click.argument("name", metavar="NAME")
@storing_options
def add(
    name: str,
    key_stdin: bool,
    secret_ref: str | None,
    no_verify: bool,
    force: bool,
    replace: bool,
) -> None:
    """Store another key under NAME, as `bytespike login` does."""
    app = current_app()
    store_key(app, Wanted(name, key_stdin, secret_ref, not no_verify, force, replace))


@keys.command("list")
@json_option
def list_() -> None:
    """List the stored keys; `*` marks the default."""
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    store = KeyStore(app.env)
    documents = [_document(app, key, store.default) for key in store.keys()]  # noqa: SIM118
    if app.flags.json:
        app.render.data({"keys": documents})
    elif documents:
        app.render.table(
            ("", "NAME", "GROUP", "KEY", "GATEWAY", "MODELS"),
            [
                (
                    "*" if d["default"] else "",
                    d["name"],
                    d["group"] or "-",
                    d["key"],
                    d["origin"],
                    "-" if d["models"] is None else str(d["models"]),
                )
                for d in documents
            ],
        )
    else:
        app.render.say("No key is stored: bytespike login")
    if app.env.variables.get(VAR_API_KEY, "").strip():
        app.render.say(f"{VAR_API_KEY} is set, and is used in place of the default.")


@keys.command()
@NAME
def use(name: str) -> None:
    """Make NAME the default."""
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    KeyStore(app.env).use(name)
    app.render.say(f"The default is now '{name}'.")
    warn_if_overruled(app, name)


@keys.command()
@NAME
@json_option
def show(name: str) -> None:
    """Show what is known of NAME; the key itself stays masked."""
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    store = KeyStore(app.env)
    document = _document(app, store.get(name), store.default)
    if app.flags.json:
        app.render.data(document)
        return
    for label, value in document.items():
        text = {True: "yes", False: "no", None: "-"}.get(value, value)
        app.render.out(f"{label.replace('_', ' ') + ':':12}{text}")


@keys.command(selects=CREDENTIAL)
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_keys)
@json_option
def verify(name: str | None) -> None:
    """Ask the gateway whether a key works (free), and learn its models anew."""
    from bytespike_cli.config.catalogue import save
    from bytespike_cli.config.credential import open_key, select_credential
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    if name is None:
        credential = select_credential(app.env, app.settings)
    else:
        credential = open_key(app.env, KeyStore(app.env).get(name))
    models = fetch_models(app, credential.origin, credential.secret, credential.variable)
    save(app.env, credential, models)
    if app.flags.json:
        app.render.data(
            {"name": credential.name, "origin": credential.origin, "models": list(models)}
        )
    else:
        app.render.say(
            f"{credential.origin} accepts '{credential.name}', which reaches {count(models)}."
        )


@keys.command()
@NAME
@click.argument("new_name", metavar="NEW_NAME")
def rename(name: str, new_name: str) -> None:
    """Give NAME another name."""
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    KeyStore(app.env).rename(name, new_name)
    app.render.say(f"The key '{name}' is now '{new_name}'.")


@keys.command()
@NAME
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Forget NAME here. At the gateway it goes on working until you revoke it in the console."""
    from bytespike_cli.config.catalogue import forget
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.keystore import KeyStore

    app = current_app()
    store = KeyStore(app.env)
    key = store.get(name)
    if not yes:
        if not app.may_ask:
            raise UsageError(
                "Removing a key needs a yes.", fix=f"bytespike keys remove {name} --yes"
            )
        from bytespike_cli.cli.prompts import confirm

        if not confirm(app, f"Forget the key '{name}' ({key.shown})?"):
            app.render.say("Nothing was removed.")
            return
    store.remove(name)
    if key.secret is not None:
        forget(app.env, Credential(key.name, key.group, key.secret, key.origin))
    app.render.say(f"The key '{name}' is forgotten here; revoke it in the console to end it.")


def warn_if_overruled(app: App, name: str) -> None:
    """Say so when a setting or variable outranks the default key that was just chosen."""
    if app.env.variables.get(VAR_API_KEY, "").strip():
        app.render.warn(f"{VAR_API_KEY} is set, and is used in place of it.")
        return
    for setting in ("key", "group"):
        value = app.settings.value_of(setting)
        if value is not None:
            where = app.settings.origin_of(setting).where
            if setting == "group" or value != name:
                app.render.warn(f"{where} sets the {setting} '{value}', which outranks it.")
            return


def _document(app: App, key: StoredKey, default: str | None) -> dict[str, Any]:
    """Return a key as `--json` shows it. `models`: how many it reaches; None when not known."""
    added = datetime.fromtimestamp(key.added_at, UTC).isoformat() if key.added_at else None
    return {
        "name": key.name,
        "group": key.group,
        "key": key.shown,
        "origin": key.origin,
        "default": key.name == default,
        "added_at": added,
        "models": _model_count(app, key),
    }


def _model_count(app: App, key: StoredKey) -> int | None:
    """Return how many models are known, without opening a secret that is kept elsewhere."""
    from bytespike_cli.config.catalogue import load
    from bytespike_cli.config.credential import Credential

    if key.secret is None:
        return None
    cached = load(app.env, Credential(key.name, key.group, key.secret, key.origin))
    return len(cached.models) if cached else None
