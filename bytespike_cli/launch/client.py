"""What there is to know of a client that is started through the shim, as data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from bytespike_cli.constants import API_PREFIX
from bytespike_cli.wire.auth import AuthForm
from bytespike_cli.wire.rules import RULES


class Shape(StrEnum):
    """The form of an address that a client wants in a variable."""

    ORIGIN = "origin"
    """Without a version: the client appends its own."""
    VERSIONED = "versioned"
    """With `/v1beta` at its end."""


class Source(StrEnum):
    """Where a client takes the gateway's address from."""

    VARIABLE = "variable"
    CODE = "code"
    """The code that uses it; our snippets read it from a variable there."""
    SETTINGS = "settings"
    """A file of settings, which cannot follow a shim to a free port."""
    FIXED = "fixed"
    """Nowhere: it is written into the client."""


NEEDS: Mapping[str, str] = MappingProxyType(
    {
        **{rule.name: rule.what for rule in RULES.values()},
        "array": "streams become the JSON array that it reads: it dies on any SSE",
    }
)
"""What the shim does for a client, by the names of its rules."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a client is to talk to: a gateway with a key, or a shim with its session token."""

    origin: str
    key: str = field(repr=False)
    models: tuple[str, ...] = ()
    """Slugs that are known, the one to use first; for clients that have to be told."""

    @property
    def versioned(self) -> str:
        """The address with the version of the API."""
        return self.origin + API_PREFIX


@dataclass(frozen=True, slots=True)
class Snippet:
    """A template of code: `@ORIGIN@`, `@VERSIONED@` and `@MODEL@` are put in by `render`.

    So is `@TOKEN_FILE@`, the path of a standing shim's token as it stands in a string of JSON.

    `literals`: they stand for whole string literals (of Python, JavaScript, Go or JSON, which agree
    on what JSON writes); otherwise they are parts of a URL or of plain text.
    """

    text: str
    literals: bool = True

    def render(self, origin: str, model: str, token_file: str = "") -> str:
        """Return the code for a gateway, or a shim, and a model."""
        put: Callable[[str], str] = _literal if self.literals else _url_part
        return (
            self.text.replace("@ORIGIN@", put(origin))
            .replace("@VERSIONED@", put(origin + API_PREFIX))
            .replace("@MODEL@", put(model))
            .replace("@TOKEN_FILE@", _literal(token_file)[1:-1])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client. `name` is what `--client` and `snippet` take, as are the `aliases`."""

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    """Names of programs by which `exec` recognises it."""
    packages: tuple[str, ...] = ()
    """Names of packages by which it is known behind `npx` and `uvx`, where they differ."""
    keys: tuple[str, ...] = ()
    """Variables in which it looks for a key, in its order."""
    addresses: Mapping[str, Shape] = field(default_factory=dict)
    """Variables in which it (or code that uses it) looks for an address, with the shape there."""
    address_from: Source = Source.VARIABLE
    on_node: bool = False
    """Only ever run by node, where `launch.node` leads it whatever its code says."""
    off: tuple[str, ...] = ()
    """Variables that would outrank ours or lead elsewhere. Set to the empty string rather than left
    out, so that no `.env` file supplies them."""
    env_files: tuple[str, ...] = ()
    """Files of variables that it puts before its environment: under `~/` (the home folder),
    `{repository}/`, `$VARIABLE` (where that is set), or the current folder."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Other variables that it needs."""
    configure: Callable[[Target, Mapping[str, str]], Mapping[str, str]] | None = None
    """Makes variables that depend on the target and on the user's own variables."""
    sends_key: AuthForm = AuthForm.HEADER
    needs: tuple[str, ...] = ()
    """Names in `NEEDS`: what goes wrong without the shim."""
    refused: str = ""
    """Why `exec` cannot start it through the shim; empty: it can."""
    refused_directly: str = ""
    """The same for `--direct`."""
    snippet: Snippet
    standing: Snippet | None = None
    """The snippet for a shim that stays, where another address is not all there is to it."""


def client_variables(
    client: Client, variables: Mapping[str, str], target: Target
) -> dict[str, str]:
    """Return the variables that lead a client to the target, to be put over the user's own.

    Of the keys that a client reads, those in `off` are blanked; all others hold the target's.
    """
    ours = dict.fromkeys(client.keys, target.key)
    ours.update(dict.fromkeys(client.off, ""))
    for name, shape in client.addresses.items():
        ours[name] = target.versioned if shape is Shape.VERSIONED else target.origin
    ours.update(client.extra)
    if client.configure is not None:
        ours.update(client.configure(target, variables))
    return ours


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _url_part(text: str) -> str:
    return quote(text, safe=":/[]")
