"""Is there a configuration that can be read, and a key in it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bytespike_cli.doctor.check import Check
from bytespike_cli.doctor.finding import Finding, error, ok
from bytespike_cli.errors import ConfigurationError, NoKeyError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.doctor.case import Case


def settings(case: Case) -> Iterator[Finding]:
    """Look whether the settings of this run can be read."""
    try:
        found = case.settings
    except (ConfigurationError, UsageError) as bad:
        yield error("config.settings", bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    source = found.origin_of("base_url")
    yield ok("config.settings", f"The gateway is {found.base_url}.", f"from {source.where}")


def key(case: Case) -> Iterator[Finding]:
    """Look whether there is a key for this run."""
    try:
        credential = case.credential
    except NoKeyError as none:
        yield error("config.no-key", none.cause, evidence=none.detail or "no key", fix=none.fix)
        return
    except ConfigurationError as bad:
        yield error("config.key", bad.cause, evidence=bad.detail or bad.cause, fix=bad.fix)
        return
    group = f", group {credential.group}" if credential.group else ""
    yield ok("config.key", f"The key is '{credential.name}'{group}, for {credential.origin}.")


CHECKS = (
    Check("config.settings", "whether the settings can be read", settings),
    Check("config.key", "whether there is a key", key, needs=("config.settings",)),
)
