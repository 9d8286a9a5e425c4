"""Asking several things at once, in threads that nobody waits for when the run is over.

`ThreadPoolExecutor` would: its threads are joined when the program ends, and an answer that comes
byte by byte without an end would then hold up a run that has long given its verdict.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def together(ask: Callable[[K], V], questions: Iterable[K]) -> dict[K, V]:
    """Return the answer to each question, in their order; raise what the first of them raised."""
    asked = list(questions)
    answers: dict[K, V] = {}
    failures: dict[K, Exception] = {}

    def run(question: K) -> None:
        try:
            answers[question] = ask(question)
        except Exception as failure:  # noqa: BLE001 - raised again by whoever asked
            failures[question] = failure

    threads = [
        threading.Thread(target=run, args=(question,), name="bytespike-ask", daemon=True)
        for question in asked
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for question in asked:
        if question in failures:
            raise failures[question]
    return {question: answers[question] for question in asked}
