import threading

import pytest

from bytespike_cli.doctor.together import together


def test_all_are_asked_at_once_and_answered_in_order() -> None:
    meet = threading.Barrier(3, timeout=20)

    def ask(number: int) -> int:
        meet.wait()
        return number * number

    assert list(together(ask, [3, 1, 2]).items()) == [(3, 9), (1, 1), (2, 4)]


def test_the_first_failure_is_raised_after_all_were_asked() -> None:
    asked = []

    def ask(word: str) -> str:
        asked.append(word)
        if word != "good":
            raise ValueError(word)
        return word

    with pytest.raises(ValueError, match="bad"):
        together(ask, ["good", "bad", "worse"])
    assert sorted(asked) == ["bad", "good", "worse"]


def test_nobody_waits_for_a_thread_at_the_end_of_the_program() -> None:
    daemons = together(lambda _: threading.current_thread().daemon, ["a", "b"])
    assert set(daemons.values()) == {True}
