"""Flag, environment, project file, user file, default: the settings of one run (design 4, 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import parse_toml, read_text, tilde
from bytespike_cli.config.settings import (
    ALIASES,
    SETTINGS,
    Level,
    Setting,
    Settings,
    Source,
    clean_name,
    looks_like_secret,
)
from bytespike_cli.config.toml_edit import line_of
from bytespike_cli.constants import PROJECT_FILE
from bytespike_cli.errors import BytespikeError, ConfigurationError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

CONFIG_FILE = "config.toml"

SECRET_NAMES = frozenset({"api_key", "secret", "secret_ref", "keys", "token", "origin"})
"""Names that would redirect or plant a key; refused in a project file beside `base_url`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The values that one place sets."""

    source: Source
    values: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


def resolve_settings(
    env: Environment,
    *,
    key: str | None = None,
    group: str | None = None,
    model: str | None = None,
    base_url: str | None = None,
) -> Settings:
    """Return the settings of this run; the arguments are the flags (None: not given).

    Raises UsageError for a bad flag, ConfigurationError for a bad variable or file (file and line
    named, nothing changed), and for a project file that tries to set an origin or a secret.
    """
    flags = {"key": key, "group": group, "model": model, "base_url": base_url}
    values: dict[str, str | None] = {name: setting.default for name, setting in SETTINGS.items()}
    aliases: dict[str, str] = {}
    sources: dict[str, Source] = {}
    strongest_last = [
        user_layer(env),
        project_layer(env),
        *_variable_layers(env),
        *_flag_layers(flags),
    ]
    for layer in strongest_last:
        values.update(layer.values)
        aliases.update(layer.aliases)
        sources.update(dict.fromkeys(layer.values, layer.source))
        sources.update({f"{ALIASES}.{name}": layer.source for name in layer.aliases})
    return Settings(
        base_url=values["base_url"] or "",
        key=values["key"],
        group=values["group"],
        model=values["model"],
        model_fallback=values["model_fallback"] or "",
        key_routing=values["key_routing"] or "",
        auth_form=values["auth_form"] or "",
        aliases=aliases,
        sources=sources,
    )


def config_path(env: Environment) -> Path:
    """Return where the user's `config.toml` is, or would be."""
    return env.paths.config / CONFIG_FILE


def user_layer(env: Environment) -> Layer:
    """Return what the user's `config.toml` sets. Raises ConfigurationError."""
    path = config_path(env)
    return _file_layer(path, Source(Level.USER, tilde(path, env.home)))


def project_layer(env: Environment) -> Layer:
    """Return what the project's `.bytespike.toml` sets. Raises ConfigurationError."""
    path = find_project_file(env)
    if path is None:
        return Layer(Source(Level.PROJECT, PROJECT_FILE))
    return _file_layer(path, Source(Level.PROJECT, tilde(path, env.home)))


def find_project_file(env: Environment) -> Path | None:
    """Return the nearest `.bytespike.toml`, from the working folder upwards.

    The search ends with the folder that holds `.git`, and before the home folder.
    """
    return next((place for place in project_places(env) if place.is_file()), None)


def project_places(env: Environment) -> Iterator[Path]:
    """Yield where a project's file may be, the nearest place first."""
    for folder in (env.cwd, *env.cwd.parents):
        if folder == env.home:
            return
        yield folder / PROJECT_FILE
        if (folder / ".git").exists():
            return


def unknown_names(document: Mapping[str, Any]) -> list[str]:
    """Return the names in a configuration file that this version does not know (they are kept)."""
    return [name for name in document if name not in SETTINGS and name != ALIASES]


def _file_layer(path: Path, source: Source) -> Layer:
    text = read_text(path)
    if text is None:
        return Layer(source)
    document = parse_toml(text, path)

    def refuse(name: str, words: str, fix: str) -> ConfigurationError:
        line = line_of(text, name)
        place = f"{path}, line {line}" if line else str(path)
        return ConfigurationError(f"{place}: {words}", fix=fix or f"edit {path}")

    if source.level is Level.PROJECT:
        for name in _forbidden(document):
            raise refuse(
                name,
                f"a project file may not set '{name}': a cloned repository could redirect, "
                "replace or expose your key.",
                f"remove the line; your own settings are in {CONFIG_FILE} (bytespike config path)",
            )
    values: dict[str, str] = {}
    for name, setting in SETTINGS.items():
        if name in document:
            try:
                values[name] = _clean(setting, document[name])
            except ConfigurationError as bad:
                raise refuse(name, f"{name}: {bad.cause}", bad.fix) from None
    aliases: dict[str, str] = {}
    table = document.get(ALIASES, {})
    if not isinstance(table, dict):
        raise refuse(ALIASES, f"{ALIASES} must be a table.", "")
    for name, value in table.items():
        try:
            aliases[name] = clean_text(value)
        except ConfigurationError as bad:
            raise refuse(f"{ALIASES}.{name}", f"{ALIASES}.{name}: {bad.cause}", bad.fix) from None
    return Layer(source, values, aliases)


def _forbidden(document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        setting = SETTINGS.get(name)
        if (
            name in SECRET_NAMES
            or (setting is not None and not setting.project_may_set)
            or (isinstance(value, str) and looks_like_secret(value))
        ):
            yield name


def _clean(setting: Setting, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigurationError("This must be a string, in quotes.")
    return setting.clean(value)


def clean_text(value: Any) -> str:
    """Return the value of an alias. Raises ConfigurationError."""
    if not isinstance(value, str):
        raise ConfigurationError("This must be a string, in quotes.")
    return clean_name(value)


def _variable_layers(env: Environment) -> Iterator[Layer]:
    for name, setting in SETTINGS.items():
        text = env.variables.get(setting.variable, "").strip() if setting.variable else ""
        if text:
            where = f"${setting.variable}"
            try:
                value = setting.clean(text)
            except ConfigurationError as bad:
                raise _placed(ConfigurationError, where, bad) from None
            yield Layer(Source(Level.ENVIRONMENT, where), {name: value})


def _flag_layers(flags: Mapping[str, str | None]) -> Iterator[Layer]:
    for name, text in flags.items():
        if text is not None:
            where = "--" + name.replace("_", "-")
            try:
                value = SETTINGS[name].clean(text)
            except ConfigurationError as bad:
                raise _placed(UsageError, where, bad) from None
            yield Layer(Source(Level.FLAG, where), {name: value})


def _placed(kind: type[BytespikeError], where: str, bad: ConfigurationError) -> BytespikeError:
    return kind(f"{where}: {bad.cause}", fix=bad.fix, detail=bad.detail)
