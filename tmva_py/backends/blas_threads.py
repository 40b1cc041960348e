"""How many threads a matrix product takes: one, so that its sums have one order on every machine."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np

from tmva_py.backends.base import Backend


def one_blas_thread(backend: Backend | None = None) -> AbstractContextManager[None]:
    """Return a context in which NumPy's matrix products use one thread; nothing for other backends.

    Parameters
    ----------
    backend : Backend, optional
        Whose arrays are multiplied; None for NumPy's.

    Notes
    -----
    With more of them BLAS divides the work in another way and the last bits differ. The number is the
    process's, so that contexts may overlap, in one thread or in several: the last one to end gives back what
    the first one found.
    """
    return _LIMIT.held() if backend is None or backend.xp is np else nullcontext()


class _SharedLimit:
    """Counts the contexts that are open, because BLAS knows one number for the whole process.

    A BLAS over OpenMP knows one for each thread; there every context sets and gives back its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = 0
        self._before: list[int] = []

    @contextmanager
    def held(self) -> Iterator[None]:
        shared, own = _libraries()
        own_before = [library.num_threads for library in own]
        _set(own, [1] * len(own))
        with self._lock:
            self._open += 1
            if self._open == 1:
                self._before = [library.num_threads for library in shared]
                _set(shared, [1] * len(shared))
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
                if self._open == 0:
                    _set(shared, self._before)
            _set(own, own_before)


_LIMIT = _SharedLimit()


def _set(libraries: Sequence[Any], numbers: Sequence[int]) -> None:
    for library, number in zip(libraries, numbers, strict=True):
        library.set_num_threads(number)
        # Since threadpoolctl 3.8 only the first thread that sets the number may change it, until it lets go.
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread()


@functools.cache
def _libraries() -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the controls of the BLAS libraries with one number per process, and per thread.

    Finding them takes milliseconds.
    """
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController().select(user_api="blas").lib_controllers
    per_thread = [getattr(library, "threading_layer", "") == "openmp" for library in found]
    return (
        tuple(library for library, alone in zip(found, per_thread, strict=True) if not alone),
        tuple(library for library, alone in zip(found, per_thread, strict=True) if alone),
    )
