import signal
import threading

import pytest

from bytespike_cli.cli.interrupts import finishing


def test_once_is_remembered_and_answered() -> None:
    answered: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with finishing(lambda: answered.append("a moment")) as pending:
        signal.raise_signal(signal.SIGINT)
    assert (pending.pressed, answered) == (True, ["a moment"])
    assert signal.getsignal(signal.SIGINT) is before


def test_twice_leaves_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)

    def press() -> None:
        with finishing(lambda: None):
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        press()
    assert signal.getsignal(signal.SIGINT) is before


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with finishing(lambda: None) as pending:
            signal.raise_signal(signal.SIGINT)
        assert not pending.pressed
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_nothing_changes() -> None:
    seen: list[bool] = []

    def work() -> None:
        with finishing(lambda: None) as pending:
            seen.append(pending.pressed)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
