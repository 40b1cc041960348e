"""Sharing the chunks of a batch among threads.

How a batch is cut depends on its size alone, never on the number of threads, and every chunk has its own
place for its results: the same bits come out for any number of threads. Chunks are taken one by one by
whichever thread is free, so that a thread that the system holds back delays its own chunk only.
"""

from __future__ import annotations

import contextvars
import functools
import itertools
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Environment variables that say how many threads may be used; the first one set counts.
THREAD_VARIABLES = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
# Floating-point operations below which waking another thread costs more than it gains (about 0.2 ms).
PARALLEL_WORK = 2.0e7

_LIMIT: contextvars.ContextVar[int | None] = contextvars.ContextVar("tmva_py_threads", default=None)


@contextmanager
def thread_limit(count: int) -> Iterator[None]:
    """Use at most `count` threads in this context."""
    token = _LIMIT.set(count)
    try:
        yield
    finally:
        _LIMIT.reset(token)


def thread_count() -> int:
    """Return how many threads a kernel may use: the limit in force, else what the process may have."""
    limit = _LIMIT.get()
    return _available() if limit is None else limit


@functools.cache
def _available() -> int:
    for variable in THREAD_VARIABLES:
        text = os.environ.get(variable, "").strip()
        if text.isdecimal() and int(text) > 0:
            return int(text)
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def for_each(function: Callable[[int], object], count: int, work: float) -> None:
    """Call ``function(number)`` for every number below `count`, in several threads if `work` is worth it.

    `work` is the number of floating-point operations of all calls. `function` releases the interpreter's lock
    while it works, and every call writes to places of its own.
    """
    threads = min(thread_count(), count) if count > 1 and work >= PARALLEL_WORK else 1
    if threads == 1:
        for number in range(count):
            function(number)
        return
    _pool(os.getpid(), threads - 1).run(function, count)


class _Pool:
    """Threads that wait for work."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._waiting: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        for _ in range(size):
            threading.Thread(target=self._serve, name="tmva_py kernels", daemon=True).start()

    def run(self, function: Callable[[int], object], count: int) -> None:
        job = _Job(function, count)
        for _ in range(min(self._size, count - 1)):
            self._waiting.put(job)
        job.help()
        job.finish()

    def _serve(self) -> None:
        while True:
            self._waiting.get().help()


class _Job:
    """Numbers that are taken one by one."""

    def __init__(self, function: Callable[[int], object], count: int) -> None:
        self._function, self._count = function, count
        self._numbers = itertools.count()  # next() is atomic
        self._done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def help(self) -> None:
        """Work on numbers until none is left."""
        while (number := next(self._numbers)) < self._count:
            try:
                self._function(number)
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                self._done.put(error)
            else:
                self._done.put(None)

    def finish(self) -> None:
        """Wait for the numbers that others took, and raise what one of them raised."""
        errors = [self._done.get() for _ in range(self._count)]
        for error in errors:
            if error is not None:
                raise error


@functools.lru_cache(maxsize=8)
def _pool(process: int, size: int) -> _Pool:
    """Return the pool of this process: threads do not survive a fork."""
    del process
    return _Pool(size)
