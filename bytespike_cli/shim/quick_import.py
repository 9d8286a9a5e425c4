"""aiohttp, imported without what takes longest: the system's certificates."""

from __future__ import annotations

import ssl
import sys


def import_aiohttp() -> None:
    """Import aiohttp in two thirds of the time; a shim is to be ready before its client asks.

    It reads every certificate of the system into a context of its own as soon as it is imported
    (`aiohttp.connector`), which is never used here: `Upstream` has its own, read when the first
    https address is asked. Without them that context trusts nobody.
    """
    if "aiohttp" in sys.modules:
        return
    read = ssl.create_default_context
    ssl.create_default_context = _trusting_nobody  # type: ignore[assignment]
    try:
        import aiohttp  # noqa: F401 - for its effect
    finally:
        ssl.create_default_context = read


def _trusting_nobody() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
