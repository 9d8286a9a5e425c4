"""`bytespike config`: the settings, and where each comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from bytespike_cli.cli.app import App, current_app
from bytespike_cli.cli.options import SELECTING, Group, json_option
from bytespike_cli.errors import ConfigurationError, UsageError
from bytespike_cli.status import ExitStatus

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def _complete_settings(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from bytespike_cli.config.settings import SETTINGS

    return [
        CompletionItem(name, help=setting.description)
        for name, setting in SETTINGS.items()
        if name.startswith(incomplete)
    ]


NAME = click.argument("name", metavar="NAME", shell_complete=_complete_settings)


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  bytespike config show --origin
  bytespike config set model gemini-3-1-pro
  bytespike config set aliases.best gemini-3-1-pro
  bytespike config unset model""",
)
def config() -> None:
    """Show settings with their origin; get, set, unset.

    A flag outranks a variable, a variable the project's .bytespike.toml, that your own
    config.toml, and that the default.
    """


@config.command(selects=SELECTING)
@click.option("--origin", is_flag=True, help="Show where each value comes from.")
@json_option
def show(origin: bool) -> None:
    """Show every setting as it is in force here, and the key that would be used."""
    from bytespike_cli.config.files import read_toml
    from bytespike_cli.config.precedence import config_path, unknown_names

    app = current_app()
    rows = _rows(app)
    unknown = unknown_names(read_toml(config_path(app.env)))
    credential, why_not = _credential(app)
    if app.flags.json:
        document = {
            "settings": {
                name: {"value": value, "source": level, "where": where}
                for name, value, level, where in rows
            },
            "credential": credential,
            "credential_error": why_not,
        }
        app.render.data(document)
    else:
        columns = ("SETTING", "VALUE", "FROM", "WHERE")[: 4 if origin else 2]
        table = [[cell or "-" for cell in row[: len(columns)]] for row in rows]
        app.render.table(columns, table)
        if credential is not None:
            app.render.say(
                f"Key in use: {credential['name']} ({credential['key']}), sent to "
                f"{credential['origin']} only"
            )
        else:
            app.render.say(f"No key in use: {why_not}")
    if unknown:
        app.render.warn(f"{config_path(app.env)}: kept, but not known here: {', '.join(unknown)}")


@config.command()
@json_option
def path() -> None:
    """Print where config.toml is, or would be."""
    from bytespike_cli.config.keystore import KeyStore
    from bytespike_cli.config.precedence import config_path, find_project_file

    app = current_app()
    if not app.flags.json:
        app.render.out(str(config_path(app.env)))
        return
    project = find_project_file(app.env)
    app.render.data(
        {
            "config": str(config_path(app.env)),
            "keys": str(KeyStore(app.env).path),
            "project": str(project) if project else None,
            "state": str(app.env.paths.state),
            "cache": str(app.env.paths.cache),
        }
    )


@config.command(selects=SELECTING)
@NAME
@json_option
def get(name: str) -> int:
    """Print one setting as it is in force here; status 1 when it is not set."""
    from bytespike_cli.config.user_file import known_name

    app = current_app()
    name = known_name(name)
    value = app.settings.value_of(name)
    if app.flags.json:
        source = app.settings.origin_of(name)
        document = {"value": value, "source": str(source.level), "where": source.where}
        app.render.data({"name": name, **document})
    elif value is not None:
        app.render.out(value)
    else:
        app.render.say(f"{name} is not set.")
    return ExitStatus.OK if value is not None else ExitStatus.ERROR


@config.command("set")
@NAME
@click.argument("value", metavar="VALUE")
def set_(name: str, value: str) -> None:
    """Set NAME in config.toml; only that line changes."""
    from bytespike_cli.config.user_file import clean_value, known_name, set_setting

    app = current_app()
    name = known_name(name)
    try:
        value = clean_value(name, value)
    except ConfigurationError as bad:
        fix = bad.fix or f"bytespike config set {name} VALUE"
        raise UsageError(f"{name}: {bad.cause}", fix=fix) from None
    _warn_if_absent(app, name, value)
    edit = set_setting(app.env, name, value)
    if edit.backup is not None:
        app.render.warn(f"The file was written anew; with its comments it is in {edit.backup}")
    app.render.say(f"{name} = {value} ({edit.path})")
    _warn_if_outranked(app, name, value)


@config.command()
@NAME
def unset(name: str) -> None:
    """Take NAME out of config.toml."""
    from bytespike_cli.config.user_file import known_name, unset_setting

    app = current_app()
    name = known_name(name)
    edit = unset_setting(app.env, name)
    if edit.backup is not None:
        app.render.warn(f"The file was written anew; with its comments it is in {edit.backup}")
    app.render.say(f"{name} is {'no longer' if edit.changed else 'not'} set in {edit.path}")


def _rows(app: App) -> list[tuple[str, str | None, str, str]]:
    """Return name, value, level and place of every setting in force."""
    from bytespike_cli.config.settings import ALIASES, SETTINGS

    settings = app.settings
    rows = []
    for name in (*SETTINGS, *(f"{ALIASES}.{alias}" for alias in settings.aliases)):
        source = settings.origin_of(name)
        rows.append((name, settings.value_of(name), str(source.level), source.where))
    return rows


def _credential(app: App) -> tuple[dict[str, Any] | None, str | None]:
    """Return the key that a command would use, masked and unopened, or else why there is none."""
    from bytespike_cli.config.credential import choose_key
    from bytespike_cli.constants import VAR_API_KEY
    from bytespike_cli.redact import mask

    try:
        key = choose_key(app.env, app.settings)
    except ConfigurationError as refused:
        return None, refused.cause
    shown = key.shown
    if key.name == VAR_API_KEY:
        shown = mask(app.env.variables[VAR_API_KEY].strip())
    return {"name": key.name, "group": key.group, "key": shown, "origin": key.origin}, None


def _warn_if_absent(app: App, name: str, value: str) -> None:
    from bytespike_cli.config.keystore import KeyStore

    if name not in ("key", "group"):
        return
    stored = KeyStore(app.env).keys()
    if value not in [key.name if name == "key" else key.group for key in stored]:
        app.render.warn(f"No stored key has the {'name' if name == 'key' else name} '{value}'.")


def _warn_if_outranked(app: App, name: str, value: str) -> None:
    """Say so when another place sets the same name, so that the new value is not in force."""
    if app.settings.value_of(name) != value:
        app.render.warn(f"{app.settings.origin_of(name).where} sets it too, and outranks the file.")
