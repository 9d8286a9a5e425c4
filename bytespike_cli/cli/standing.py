"""What commands ask of the shim that stays, before they lead anything to it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bytespike_cli.cli.options import CREDENTIAL
from bytespike_cli.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from bytespike_cli.cli.app import App


def running_shim(app: App, *, what: str, otherwise: str, without: str) -> dict[str, Any]:
    """Return what the shim says of itself.

    `what` was to lead to it, `otherwise` is what makes a flag count that chooses a key, `without`
    what does without a shim. Raises UsageError for such a flag, ConfigurationError when none runs.
    """
    from bytespike_cli.shim.service import ask

    for name in CREDENTIAL:
        if getattr(app.flags, name) is not None:
            flag = "--" + name.replace("_", "-")
            raise UsageError(
                f"The shim that runs has its own key: {flag} says nothing here.",
                fix=f"leave out {flag}, start the shim with it, or {otherwise}",
            )
    status = ask.status(app.env, time.sleep)
    if status is None:
        raise ConfigurationError(
            f"No shim runs, to which {what} could lead.",
            fix=f"bytespike shim serve --daemon; or one program with a shim of its own: "
            f"bytespike exec -- CMD; or without any: {without}",
        )
    return status
