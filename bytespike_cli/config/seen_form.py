"""The form of the key that a gateway was last seen to take: where to begin the next time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bytespike_cli.config.files import write_atomic
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.auth import AuthForm

if TYPE_CHECKING:
    from bytespike_cli.context import Environment

FILE = "auth-forms.json"


def load(env: Environment, origin: str) -> AuthForm | None:
    """Return the form that `/v1beta` of an origin took last (contract.md C3); None: not known."""
    form = _read(_path(env)).get(origin)
    return AuthForm(form) if isinstance(form, str) and form in set(AuthForm) else None


def save(env: Environment, origin: str, form: AuthForm) -> None:
    """Keep what an origin takes. A cache that cannot be written is no failure."""
    forms = _read(_path(env))
    if forms.get(origin) == form:
        return
    document = {"version": 1, "forms": {**forms, origin: form.value}}
    try:
        write_atomic(_path(env), json.dumps(document).encode())
    except ConfigurationError:
        return


def _path(env: Environment) -> Path:
    return env.paths.cache / FILE


def _read(path: Path) -> dict[str, Any]:
    """Read the file; a damaged one counts as absent, for a cache can be filled again."""
    try:
        forms = json.loads(path.read_bytes())["forms"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return forms if isinstance(forms, dict) else {}
