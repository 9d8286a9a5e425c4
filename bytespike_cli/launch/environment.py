"""The parts of a client's environment that all clients share."""

from __future__ import annotations

from collections.abc import Mapping

from bytespike_cli.config.keystore import KeyStore
from bytespike_cli.constants import VAR_API_KEY
from bytespike_cli.context import Environment
from bytespike_cli.errors import ConfigurationError

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
ENV_REF = "env:"
_SHORTEST_SECRET = 6


def without_secrets(env: Environment, secret: str = "") -> dict[str, str]:
    """Return the user's variables without those that hold a real key (`private`)."""
    left_out = set(private(env, secret))
    return {name: value for name, value in env.variables.items() if name not in left_out}


def private(env: Environment, secret: str = "") -> list[str]:
    """Return the names of the variables that hold a real key.

    That is BYTESPIKE_API_KEY, every variable that a stored key is kept in, and every variable whose
    value has a stored key, or `secret`, in it. A very short key stands in ordinary values by
    chance: it counts only as a whole value.
    """
    names, secrets = {VAR_API_KEY}, {secret}
    try:
        stored = KeyStore(env).keys()
    except ConfigurationError:
        stored = []  # whoever needs a key will say what is wrong with the store
    for key in stored:
        if key.secret is not None:
            secrets.add(key.secret)
        elif key.secret_ref is not None and key.secret_ref.startswith(ENV_REF):
            names.add(key.secret_ref.removeprefix(ENV_REF))
    secrets.discard("")
    return [
        name
        for name, value in env.variables.items()
        if name in names or any(_holds(value, text) for text in secrets)
    ]


def _holds(value: str, secret: str) -> bool:
    return value == secret or (len(secret) >= _SHORTEST_SECRET and secret in value)


def past_proxies(variables: Mapping[str, str]) -> dict[str, str]:
    """Return both spellings of NO_PROXY with loopback added.

    A proxy that is asked for loopback would see the token, and fails (clients.md 2.7). Both are set
    because clients read them in different order, and a `.env` can supply the one that is missing.
    """
    listed = variables.get("NO_PROXY") or variables.get("no_proxy") or ""
    hosts = [host.strip() for host in listed.split(",") if host.strip()]
    value = ",".join([*hosts, *(host for host in LOOPBACK_HOSTS if host not in hosts)])
    return {"NO_PROXY": value, "no_proxy": value}
