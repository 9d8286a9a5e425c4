"""Is there a configuration that can be read, kept from others, and a key in it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bytespike_cli.config.credential import choose_key
from bytespike_cli.config.files import FILE_MODE, FOLDER_MODE, read_toml, tilde
from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.config.precedence import (
    config_path,
    find_project_file,
    project_layer,
    unknown_names,
    user_layer,
)
from bytespike_cli.config.secrets import clean_secret, read_ref
from bytespike_cli.config.settings import SETTINGS, Level
from bytespike_cli.constants import GOOGLE_KEY_PREFIX, VAR_API_KEY
from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, info, ok, warning
from bytespike_cli.doctor.repair import Repair, SetMode
from bytespike_cli.errors import BytespikeError, ConfigurationError, NoKeyError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case

_KEY_FIX = "store it again, without what stuck to it: bytespike login --replace"


def files(case: Case) -> Iterator[Finding]:
    """Look whether others can read our files (modes mean nothing on Windows)."""
    env = case.env
    exposed: list[tuple[Path, int]] = []
    if env.platform != "win32":
        store = KeyStore(env).path
        wanted = ((env.paths.config, FOLDER_MODE), (store, FILE_MODE))
        exposed = [(path, mode) for path, mode in wanted if path.exists() and _open(path)]
    for path, mode in exposed:
        name = tilde(path, env.home)
        yield warning(
            "config.mode",
            f"Other users of this machine can read {name}.",
            evidence=f"mode {path.stat().st_mode & 0o777:04o}",
            fix=f"chmod {mode:o} {path}",
            repair=Repair(f"Keep {name} to yourself.", (SetMode(path, mode),)),
        )
    if not exposed:
        yield ok("config.mode", "The configuration is its owner's alone.")


def settings(case: Case) -> Iterator[Finding]:
    """Look whether the settings of this run can be read."""
    try:
        found = case.settings
    except (ConfigurationError, UsageError) as bad:
        id_ = _settings_id(case)
        yield error(id_, bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    source = found.origin_of("base_url")
    words = f"The gateway is {found.base_url}."
    if source.level is Level.DEFAULT:
        words = f"No gateway is set: a stored key has its own, any other goes to {found.base_url}."
    yield ok("config.settings", words, f"from {source.where}")


def unknown_settings(case: Case) -> Iterator[Finding]:
    """Look for settings that this version does not know: misspelt, or of a newer one."""
    from difflib import get_close_matches

    project = find_project_file(case.env)
    wrong = False
    for path in (config_path(case.env), *([project] if project else [])):
        for name in unknown_names(read_toml(path)):
            wrong = True
            close = get_close_matches(name, SETTINGS, n=1)
            yield warning(
                "config.unknown-setting",
                f"There is no setting '{name}', so it does nothing.",
                evidence=tilde(path, case.env.home),
                fix=f"did you mean {close[0]}? bytespike config edit" if close
                else f"take it out: {tilde(path, case.env.home)}",
            )  # fmt: skip
    if not wrong:
        yield ok("config.unknown-setting", "Every setting is known.")


def stored_keys(case: Case) -> Iterator[Finding]:
    """Look at the stored keys: their form, and what the default names."""
    store = KeyStore(case.env)
    try:
        keys = store.keys()
    except ConfigurationError as bad:
        yield error("config.syntax", bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    named = read_toml(store.path).get("default")
    if keys and isinstance(named, str) and store.default is None:
        yield warning(
            "config.default-missing",
            f"The default key is '{named}', and there is none of that name.",
            evidence=f"stored: {', '.join(key.name for key in keys)}",
            fix=f"bytespike keys use {keys[0].name}",
            explains=("config.key",),
        )
    for key in keys:
        if key.secret is not None and _is_unclean(key.secret):
            yield warning(
                "config.key-form",
                f"Something sticks to the stored key '{key.name}': a space or a quote.",
                evidence=key.shown,
                fix=_KEY_FIX,
            )
    count = f"{len(keys)} keys are" if len(keys) != 1 else "1 key is"
    yield ok("config.stored-keys", f"{count} stored." if keys else "No key is stored.")


def key(case: Case) -> Iterator[Finding]:
    """Look whether there is a key for this run."""
    try:
        credential = case.credential
    except NoKeyError as none:
        yield error("config.no-key", none.cause, evidence=none.detail or "no key", fix=none.fix)
        return
    except ConfigurationError as bad:
        yield error(_key_id(case), bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    text = case.env.variables.get(VAR_API_KEY, "")
    if credential.name == VAR_API_KEY and _is_unclean(text):
        yield warning(
            "config.key-form",
            f"Something sticks to the key in {VAR_API_KEY}: a space or a quote. bytespike takes it "
            "off, other programs do not.",
            evidence=f"{len(text)} characters, of which the key is {len(credential.secret)}",
            fix=f"export {VAR_API_KEY} again, without it",
        )
    group = f", group {credential.group}" if credential.group else ""
    yield ok("config.key", f"The key is '{credential.name}'{group}, for {credential.origin}.")
    if credential.secret.startswith(GOOGLE_KEY_PREFIX):
        yield info(
            "config.google-key-kept",
            "The key looks like one of Google's, and was stored with --force.",
        )


def _settings_id(case: Case) -> str:
    """Return which place the settings cannot be read from: a file of ours, a project's, neither."""
    for id_, layer in (("config.syntax", user_layer), ("config.project-file", project_layer)):
        try:
            layer(case.env)
        except ConfigurationError:
            return id_
    return "config.settings"


def _key_id(case: Case) -> str:
    try:
        chosen = choose_key(case.env, case.settings)
        text = read_ref(case.env, chosen.secret_ref) if chosen.secret_ref else chosen.secret or ""
        if text.strip().startswith(GOOGLE_KEY_PREFIX):
            return "config.google-key"
        clean_secret(text)
    except BytespikeError:
        named = case.settings.key
        if named and not KeyStore(case.env).find(named):
            return "config.unknown-key"
    return "config.key"


def _is_unclean(text: str) -> bool:
    try:
        return clean_secret(text, allow_google=True).secret != text.rstrip("\r\n")
    except ConfigurationError:
        return True


def _open(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o077)


CHECKS = (
    Check("config.mode", "whether our files are kept from others", files),
    Check("config.settings", "whether the settings can be read", settings),
    Check(
        "config.unknown-setting", "whether every setting is known", unknown_settings,
        needs=("config.settings",),
    ),
    Check("config.stored-keys", "whether the stored keys are in order", stored_keys),
    Check(
        "config.key", "whether there is a key", key,
        needs=("config.settings", "config.stored-keys"),
    ),
)  # fmt: skip
