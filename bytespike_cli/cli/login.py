"""`bytespike login`, and what it shares with `bytespike keys add`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import CREDENTIAL, Command, json_option
from bytespike_cli.constants import CONSOLE_KEYS_URL
from bytespike_cli.errors import ConfigurationError, NetworkError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.config.keystore import KeyStore, StoredKey
    from bytespike_cli.config.secrets import CleanSecret
    from bytespike_cli.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says about the key to store."""

    name: str | None
    key_stdin: bool = False
    secret_ref: str | None = None
    verify: bool = True
    force: bool = False
    replace: bool = False


def storing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: the options of a command that stores a key."""
    for option in reversed(
        (
            click.option("--key-stdin", is_flag=True, help="Read the key from stdin."),
            click.option(
                "--secret-ref",
                metavar="REF",
                help="Keep the key elsewhere: keyring:SERVICE/NAME, env:NAME, "
                "'command:pass show bytespike'.",
            ),
            click.option("--no-verify", is_flag=True, help="Store it without asking the gateway."),
            click.option("--force", is_flag=True, help="Accept a key that looks like Google's."),
            click.option("--replace", is_flag=True, help="Replace a stored key of the same name."),
            json_option,
        )
    ):
        function = option(function)
    return function


@click.command(
    cls=Command,
    selects=CREDENTIAL,
    epilog="""\b
Examples:
  bytespike login
  pass show bytespike | bytespike login --key-stdin --group gemini-default
  bytespike login --name work --secret-ref 'command:pass show bytespike'
  bytespike login --base-url http://127.0.0.1:8787""",
)
@click.option("--name", metavar="NAME", help="Name of the key (default: default).")
@storing_options
def login(
    name: str | None,
    key_stdin: bool,
    secret_ref: str | None,
    no_verify: bool,
    force: bool,
    replace: bool,
) -> None:
    """Store a ByteSpike key: guided, checked, hidden.

    The key is asked for and not shown, checked with a free request, and stored with the models
    that it reaches. It is never an argument: arguments are seen by every process.
    """
    app = current_app()
    store_key(
        app, Wanted(name or app.flags.key, key_stdin, secret_ref, not no_verify, force, replace)
    )


def open_gateway(app: App, origin: str, secret: str, variable: str = "") -> Gateway:
    """Return a client of the gateway (imports httpx). Raises ConfigurationError for a bad proxy."""
    from bytespike_cli.config.proxies import proxy_for
    from bytespike_cli.gateway import Gateway

    notify = app.render.say if app.flags.verbose else lambda _: None
    proxy = proxy_for(origin, app.env.variables)
    return Gateway(
        origin, secret, key_variable=variable, now=app.env.now, notify=notify, proxy=proxy
    )


def fetch_models(app: App, origin: str, secret: str, variable: str = "") -> tuple[str, ...]:
    """Return the slugs that a key reaches, asked of the gateway (free). Raises the error tree.

    `variable` is the one that the key stands in, if it does.
    """
    with open_gateway(app, origin, secret, variable) as gateway:
        return gateway.verify().models


def store_key(app: App, wanted: Wanted) -> None:
    """Ask for what is missing, check the key, store it, and say what was stored where."""
    from bytespike_cli.config.catalogue import save
    from bytespike_cli.config.credential import Credential
    from bytespike_cli.config.keystore import KeyStore, StoredKey, check_name
    from bytespike_cli.config.secrets import split_ref, write_keyring

    store = KeyStore(app.env)
    if wanted.name is not None:
        check_name(wanted.name)
    if wanted.secret_ref is not None:
        split_ref(wanted.secret_ref)
    elif not wanted.key_stdin and not app.may_ask:
        raise UsageError(
            "There is no terminal to ask for the key.",
            fix="pipe it: bytespike login --key-stdin < FILE",
        )
    origin = app.settings.base_url
    clean, is_new = _read_secret(app, wanted)
    for note in clean.notes:
        app.render.warn(note)
    models = _checked(app, origin, clean.secret) if wanted.verify else None
    group = _group(app, models)
    name = _name(app, wanted, store, group, clean.secret, origin)
    replaced = store.find(name)
    if is_new and wanted.secret_ref is not None:
        write_keyring(wanted.secret_ref, clean.secret)
    key = StoredKey(
        name=name,
        origin=origin,
        group=group,
        secret=None if wanted.secret_ref else clean.secret,
        secret_ref=wanted.secret_ref,
        added_at=app.env.now(),
        force=wanted.force,
    )
    make_default = _default(app, store, name)
    is_default = store.add(key, replace=replaced is not None, make_default=make_default)
    if models is not None:
        save(app.env, Credential(name, group, clean.secret, origin), models)
    _report(app, store, key, models, is_default)


def _read_secret(app: App, wanted: Wanted) -> tuple[CleanSecret, bool]:
    """Return the secret, and whether it was given now (and not found where it is kept)."""
    from bytespike_cli.config.secrets import clean_secret, read_ref

    if wanted.secret_ref is not None and not wanted.key_stdin:
        try:
            kept = read_ref(app.env, wanted.secret_ref)
        except ConfigurationError:
            if not wanted.secret_ref.startswith("keyring:") or not app.may_ask:
                raise
        else:
            return clean_secret(kept, allow_google=wanted.force), False
    elif wanted.secret_ref is not None and not wanted.secret_ref.startswith("keyring:"):
        raise UsageError("With --secret-ref env: or command:, the key is read from there.")
    if wanted.key_stdin:
        text = app.env.stdin.read()
    else:
        from bytespike_cli.cli.prompts import ask_secret

        app.render.say(f"Make or copy a key at {CONSOLE_KEYS_URL}")
        text = ask_secret(app, "Key (not shown)")
    return clean_secret(text, allow_google=wanted.force), True


def _checked(app: App, origin: str, secret: str) -> tuple[str, ...]:
    from bytespike_cli.wire.models import is_gemini_text

    try:
        models = fetch_models(app, origin, secret)
    except NetworkError as unreachable:
        unreachable.fix = f"{unreachable.fix}; or store it unchecked: --no-verify".lstrip("; ")
        raise
    if not models:
        app.render.warn(
            f"The key is accepted, but reaches no model: bind it to a group at {CONSOLE_KEYS_URL}."
        )
    elif not any(map(is_gemini_text, models)):
        app.render.warn(
            "The key reaches no Gemini model: gemini-cli needs one of another group, "
            "gemini-default or default."
        )
    return models


def _group(app: App, models: tuple[str, ...] | None) -> str | None:
    from bytespike_cli.config.groups import GEMINI_GROUP, guess_group
    from bytespike_cli.config.settings import clean_name

    if app.flags.group is not None:
        return app.settings.group
    if not app.may_ask:
        return None
    from bytespike_cli.cli.prompts import ask

    guess = guess_group(models) if models else GEMINI_GROUP
    return clean_name(ask(app, "Group of this key, as the console shows it", default=guess))


def _name(
    app: App, wanted: Wanted, store: KeyStore, group: str | None, secret: str, origin: str
) -> str:
    """Return the name to store under: a free one, or one that may be replaced."""
    from bytespike_cli.config.keystore import check_name, taken

    names = {key.name: key for key in store.keys()}  # noqa: SIM118 - a store is no dict
    name = wanted.name
    if name is None:
        name = "default"
        if name in names and app.may_ask:
            from bytespike_cli.cli.prompts import ask

            offered = group if group and group not in names else name
            name = check_name(ask(app, "Name of this key", default=offered))
    if name not in names or wanted.replace or _same(names[name], secret, origin):
        return name
    if app.may_ask:
        from bytespike_cli.cli.prompts import confirm

        if confirm(app, f"Replace the stored key '{name}' ({names[name].shown})?"):
            return name
    raise taken(name)


def _same(key: StoredKey, secret: str, origin: str) -> bool:
    return key.secret == secret and key.origin == origin


def _default(app: App, store: KeyStore, name: str) -> bool:
    """Return whether to use the key from now on: the first one always, others when agreed."""
    default = store.default
    if default is None or default == name or not app.may_ask:
        return default in (None, name)
    from bytespike_cli.cli.prompts import confirm

    return confirm(app, f"Use '{name}' from now on, in place of '{default}'?", default=True)


def _report(
    app: App,
    store: KeyStore,
    key: StoredKey,
    models: tuple[str, ...] | None,
    is_default: bool,
) -> None:
    from bytespike_cli.config.files import tilde

    if app.flags.json:
        app.render.data(
            {
                "name": key.name,
                "group": key.group,
                "key": key.shown,
                "origin": key.origin,
                "default": is_default,
                "verified": models is not None,
                "models": list(models or ()),
                "stored_in": str(store.path),
            }
        )
        return
    where = tilde(store.path, app.env.home)
    group = f", group {key.group}" if key.group else ""
    app.render.say(f"Stored key '{key.name}' ({key.shown}{group}) for {key.origin} in {where}")
    if models:
        app.render.say(f"It reaches {count(models)}: {_some(models)}")
    elif models is None:
        app.render.say(f"Not checked yet: bytespike keys verify {key.name}")
    if is_default:
        app.render.say("Next: bytespike gemini chat")
    else:
        app.render.say(f"The default is still '{store.default}': bytespike keys use {key.name}")


def count(models: tuple[str, ...]) -> str:
    """Return how many models there are, in words."""
    return "1 model" if len(models) == 1 else f"{len(models)} models"


def _some(models: tuple[str, ...]) -> str:
    return ", ".join(models[:5]) + (", …" if len(models) > 5 else "")
