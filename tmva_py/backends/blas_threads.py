"""How many threads a matrix product takes: one, so that its sums have one order on every machine."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from tmva_py.backends.base import Backend


def one_blas_thread(backend: Backend | None = None, *, products: bool = True) -> AbstractContextManager[None]:
    """Return a context in which NumPy's matrix products use one thread; nothing for other backends.

    It can be entered again and again, by several threads.

    Parameters
    ----------
    backend : Backend, optional
        Whose arrays are multiplied; None for NumPy's.
    products : bool, default True
        Whether there are products other than those of kernels: without any, a backend whose kernels have
        products of their own (`own_products`) needs nothing either.

    Notes
    -----
    With more of them BLAS divides the work in another way and the last bits differ. The number is the
    process's, so that contexts may overlap, in one thread or in several: the last one to end gives back what
    the first one found.
    """
    if backend is None:
        return _LIMIT
    return _LIMIT if backend.xp is np and (products or not backend.own_products) else _NOTHING


class _Library:
    """One BLAS library."""

    def __init__(self, controller: Any) -> None:
        self.get: Callable[[], int] = controller.get_num_threads
        self._set: Callable[[int], None] = controller.set_num_threads
        # Since threadpoolctl 3.8 only the first thread that sets the number may change it, until it lets go.
        self._let_go: Callable[[], None] | None = getattr(controller, "clear_controlling_thread", None)

    def set(self, number: int) -> None:
        """Set the number of threads."""
        self._set(number)
        if self._let_go is not None:
            self._let_go()


# Seconds that a fork waits for a thread that sets the number of threads.
LONGEST_WAIT = 1.0


class _SharedLimit:
    """Counts the contexts that are open, because BLAS knows one number for the whole process.

    A BLAS over OpenMP knows one for each thread; there every context sets and gives back its own. Entering
    and leaving happen for every single event that is predicted: nothing is set that is 1 already.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = False
        self._open = 0
        self._before: list[int] = []
        # What a parent process found before a context that is open in a thread which a fork lost.
        self._inherited: list[int] = []
        self._local = threading.local()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._wait_for_other_threads,
                after_in_parent=self._go_on,
                after_in_child=self._forget_other_threads,
            )

    def __enter__(self) -> None:
        shared, own = _libraries()
        if own:
            self._own_before().append(_set(own, [1] * len(own)))
        with self._lock:
            self._open += 1
            if self._open == 1:
                found = _set(shared, [1] * len(shared))
                self._before, self._inherited = self._inherited or found, []
        self._local.open = getattr(self._local, "open", 0) + 1

    def __exit__(self, *error: object) -> None:
        shared, own = _libraries()
        self._local.open -= 1
        with self._lock:
            self._open -= 1
            if self._open == 0:
                _set(shared, self._before)
        if own:
            _set(own, self._own_before().pop())

    def _wait_for_other_threads(self) -> None:
        """Fork while no thread sets BLAS's number: in the child, BLAS's own lock would never be let go."""
        self._held = self._lock.acquire(timeout=LONGEST_WAIT)

    def _go_on(self) -> None:
        if self._held:
            self._lock.release()

    def _forget_other_threads(self) -> None:
        """Count only the contexts of the thread that goes on in a forked child."""
        self._lock = threading.Lock()
        if self._open and not getattr(self._local, "open", 0):
            self._inherited = self._before
        self._open = getattr(self._local, "open", 0)

    def _own_before(self) -> list[list[int]]:
        found: list[list[int]] | None = getattr(self._local, "before", None)
        if found is None:
            found = self._local.before = []
        return found


_LIMIT = _SharedLimit()


_NOTHING = nullcontext()


def _set(libraries: Sequence[_Library], numbers: Sequence[int]) -> list[int]:
    """Set the numbers and return those before."""
    before = [library.get() for library in libraries]
    for library, old, number in zip(libraries, before, numbers, strict=True):
        if number != old:
            library.set(number)
    return before


@functools.cache
def _libraries() -> tuple[tuple[_Library, ...], tuple[_Library, ...]]:
    """Return the BLAS libraries with one number per process, and those with one per thread.

    Finding them takes milliseconds.
    """
    from threadpoolctl import ThreadpoolController

    shared: list[_Library] = []
    own: list[_Library] = []
    for controller in ThreadpoolController().select(user_api="blas").lib_controllers:
        per_thread = getattr(controller, "threading_layer", "") == "openmp"
        (own if per_thread else shared).append(_Library(controller))
    return tuple(shared), tuple(own)
