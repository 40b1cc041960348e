"""A numeric function with one reference and optional overrides per backend."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Override sets that stand in modules of their own, imported when a backend first asks for one of them.
SETS_ON_DEMAND = {"cupy": "tmva_py.kernels.cuda", "numba": "tmva_py.kernels.numba"}


class HasKernelSets(Protocol):
    """What a kernel needs to know of a backend."""

    @property
    def kernel_sets(self) -> tuple[str, ...]:
        """Names of the override sets, the preferred first."""
        ...


class Kernel(Generic[P, R]):
    """A reference function and the overrides that backends bring.

    The reference is what the others are compared with; it is called like the function that it is. All
    arguments but the array namespace are keywords, so that arrays of equal shape cannot be swapped.

    Examples
    --------
    >>> import numpy as np
    >>> @kernel
    ... def double(xp, *, x):
    ...     return xp.add(x, x)
    >>> float(double(np, x=2.0))
    4.0
    """

    def __init__(
        self,
        reference: Callable[P, R],
        on_versions: Callable[[HasKernelSets], Callable[P, R]] | None = None,
    ) -> None:
        functools.update_wrapper(self, reference)
        self.reference = reference
        # Of a kernel that calls another one: its reference with a backend's version of that one.
        self._on_versions = on_versions
        self._overrides: dict[str, Callable[P, R]] = {}
        self._found: dict[tuple[str, ...], Callable[P, R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the reference."""
        return self.reference(*args, **kwargs)

    def override(self, kernel_set: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Return a decorator that registers a faster version for the backends that use `kernel_set`."""

        def register(function: Callable[P, R]) -> Callable[P, R]:
            self._overrides[kernel_set] = function
            self._found.clear()
            return function

        return register

    def on(self, backend: HasKernelSets) -> Callable[P, R]:
        """Return the version for `backend`."""
        # A plugin's backend may list its sets: a tuple can be looked up.
        kernel_sets = tuple(backend.kernel_sets)
        if (found := self._found.get(kernel_sets)) is not None:
            return found
        for kernel_set in kernel_sets:
            if kernel_set not in self._overrides:
                _bring_in(kernel_set)
            if (found := self._overrides.get(kernel_set)) is not None:
                self._found[kernel_sets] = found
                return found
        return self.reference if self._on_versions is None else self._on_versions(backend)

    @contextmanager
    def without(self, kernel_set: str) -> Iterator[None]:
        """Take the override of a set away for a while: to see whether it is what is wrong."""
        override = self._overrides.pop(kernel_set)
        self._found.clear()
        try:
            yield
        finally:
            self.override(kernel_set)(override)

    @property
    def overrides(self) -> Mapping[str, Callable[P, R]]:
        """The registered overrides by kernel set."""
        return dict(self._overrides)


@functools.cache
def _bring_in(kernel_set: str) -> None:
    """Register the overrides of a set that stands in a module of its own."""
    if module := SETS_ON_DEMAND.get(kernel_set):
        importlib.import_module(module).register()


def kernel(reference: Callable[P, R]) -> Kernel[P, R]:
    """Make `reference` a `Kernel`."""
    return Kernel(reference)


def calling(
    cell: Kernel[..., Any],
) -> Callable[[Callable[Concatenate[Callable[..., Any], P], R]], Kernel[P, R]]:
    """Return a decorator for the reference of a kernel that calls another one, given as its first argument.

    A backend that brings a version of `cell` alone then has it called by the reference.
    """

    def decorate(reference: Callable[Concatenate[Callable[..., Any], P], R]) -> Kernel[P, R]:
        def with_version(version: Callable[..., Any]) -> Callable[P, R]:
            @functools.wraps(reference)
            def run(*args: P.args, **kwargs: P.kwargs) -> R:
                return reference(version, *args, **kwargs)

            return run

        return Kernel(with_version(cell), lambda backend: with_version(cell.on(backend)))

    return decorate
