"""The shim's modules, imported without what takes longest: a shim is to be ready at once."""

from __future__ import annotations

import gc
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_READERS = ("load_default_certs", "set_default_verify_paths")
"""The methods by which every context comes to its certificates."""


@contextmanager
def quick_imports() -> Iterator[None]:
    """Import aiohttp, and what stands on it, in two thirds of the time, inside the block.

    aiohttp reads every certificate of the system, twice, into contexts of its own as soon as it is
    imported (`aiohttp.connector`). They are never used here: `Upstream` has its own, read when the
    first https address is asked. Made inside the block, they trust nobody. Nor is garbage looked
    for among thousands of new objects of which all stay.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        if "aiohttp" not in sys.modules:
            with _trusting_nobody():
                import aiohttp  # noqa: F401 - for its effect
        yield
    finally:
        if collected:
            gc.enable()


@contextmanager
def _trusting_nobody() -> Iterator[None]:
    """Make contexts read no certificates: `ssl.create_default_context` too reads them by these."""
    context = ssl.SSLContext
    own = {name: vars(context).get(name) for name in _READERS}
    for name in _READERS:
        setattr(context, name, _read_nothing)
    try:
        yield
    finally:
        for name, method in own.items():
            if method is None:  # it is the base class's again
                delattr(context, name)
            else:
                setattr(context, name, method)


def _read_nothing(*_arguments: object) -> None:
    pass
