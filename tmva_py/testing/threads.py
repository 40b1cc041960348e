"""The same work in several threads at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

THREADS = 4
ROUNDS = 15


def in_threads(
    work: Callable[[int], T], *, threads: int = THREADS, rounds: int = ROUNDS
) -> list[tuple[int, T]]:
    """Return (number of the thread, result of ``work(number)``) for some rounds in each of some threads.

    Raises
    ------
    Exception
        The first that a thread raised.
    """
    answers: list[tuple[int, T]] = []
    errors: list[BaseException] = []
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        try:
            start.wait()
            for _ in range(rounds):
                answers.append((number, work(number)))
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            errors.append(error)

    with _quick_switches():
        workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    if errors:
        raise errors[0]
    return answers


@contextmanager
def _quick_switches() -> Iterator[None]:
    """Let the interpreter change threads often, so that a shared value is seen half way."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
