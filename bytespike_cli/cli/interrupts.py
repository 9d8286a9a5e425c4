"""Ctrl-C where something has to be finished first: once it is remembered, twice it interrupts."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Pending:
    """Whether Ctrl-C was pressed meanwhile."""

    pressed: bool = False


@contextmanager
def finishing(on_first: Callable[[], None]) -> Iterator[Pending]:
    """Let what is in the block be finished after the first Ctrl-C, which `on_first` answers.

    The second raises KeyboardInterrupt at once. After the block, `pressed` says whether to leave.
    Outside of the main thread, and where Ctrl-C is ignored, nothing changes.
    """
    pending = Pending()

    def press(_number: int, _frame: FrameType | None) -> None:
        if pending.pressed:
            raise KeyboardInterrupt
        pending.pressed = True
        on_first()

    try:
        before = signal.getsignal(signal.SIGINT)
        if before in (signal.SIG_IGN, None):
            yield pending
            return
        signal.signal(signal.SIGINT, press)
    except ValueError:
        yield pending
        return
    try:
        yield pending
    finally:
        signal.signal(signal.SIGINT, before)
