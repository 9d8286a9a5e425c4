"""Which of the user's keys reaches a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bytespike_cli.config import catalogue
from bytespike_cli.config.credential import Credential
from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.errors import ConfigurationError
from bytespike_cli.wire.models import resolve

if TYPE_CHECKING:
    from bytespike_cli.context import Environment


def other_key(env: Environment, asked: str, *, but: str) -> str | None:
    """Return the name of a stored key whose cached catalogue has the model, or None.

    `but` is the secret of the key that does not reach it. No secret is opened for this: keys that
    are kept elsewhere are passed over, and so is a store that cannot be read.
    """
    try:
        stored = KeyStore(env).keys()
    except ConfigurationError:
        return None
    for key in stored:
        if key.secret is None or key.secret == but:
            continue
        cached = catalogue.load(env, Credential(key.name, key.group, key.secret, key.origin))
        if cached and resolve(asked, cached.models).served:
            return key.name
    return None
