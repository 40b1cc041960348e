"""A numeric function with one reference and optional overrides per backend."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from tmva_py.errors import PluginError

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])


class HasKernelSets(Protocol):
    """What a kernel needs to know of a backend."""

    @property
    def kernel_sets(self) -> tuple[str, ...]:
        """Names of the override sets, the preferred first."""
        ...


class Kernel(Generic[P, R]):
    """A reference function and the overrides that backends provide.

    The reference is what the others are compared with; it is called like the function that it is. All
    arguments but the array namespace are keywords, so that arrays of equal shape cannot be swapped.

    A kernel with work space is called with one keyword more, ``memory`` (a `Memory`), which its overrides
    take and its reference does not.

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
        *,
        memory: bool = False,
    ) -> None:
        functools.update_wrapper(self, reference)
        self.reference = reference
        # Of a kernel that calls another one: its reference with a backend's version of that one.
        self._on_versions = on_versions
        self._memory = memory
        # The reference as it is called with work space, made once: a single event should not wait for it.
        self._with_memory = (reference, _without_memory(reference))
        self._overrides: dict[str, Callable[..., R]] = {}
        self._found: dict[tuple[str, ...], Callable[..., R]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the reference."""
        return self.reference(*args, **kwargs)

    def override(self, kernel_set: str) -> Callable[[F], F]:
        """Return a decorator that registers a faster version for the backends that use `kernel_set`.

        Raises
        ------
        PluginError
            Another module has registered one; a module that is loaded again replaces its own.
        """

        def register(function: F) -> F:
            first = self._overrides.get(kernel_set)
            if first is not None and first.__module__ != function.__module__:
                message = (
                    f"kernel {self.reference.__name__!r}: {first.__module__} and {function.__module__} both "
                    f"override it in the kernel set {kernel_set!r}; a set of another name in the backend's "
                    "kernel_sets, before this one, takes precedence"
                )
                raise PluginError(message)
            self._overrides[kernel_set] = function
            self._found.clear()
            return function

        return register

    def on(self, backend: HasKernelSets) -> Callable[..., R]:
        """Return the version for `backend`."""
        # A plugin's backend may list its sets: a tuple can be looked up.
        kernel_sets = tuple(backend.kernel_sets)
        if (found := self._found.get(kernel_sets)) is not None:
            return found
        for kernel_set in kernel_sets:
            if (found := self._overrides.get(kernel_set)) is not None:
                self._found[kernel_sets] = found
                return found
        if self._on_versions is not None:
            reference = self._on_versions(backend)
            return _without_memory(reference) if self._memory else reference
        if not self._memory:
            return self.reference
        if self._with_memory[0] is not self.reference:
            self._with_memory = (self.reference, _without_memory(self.reference))
        return self._with_memory[1]

    @property
    def at_hand(self) -> Callable[..., R]:
        """The compiled version if this process has compiled kernels already, else the reference.

        For what is too little to load them for, and of the same bits in both.
        """
        return self._overrides.get("numba", self.reference)

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
    def overrides(self) -> Mapping[str, Callable[..., R]]:
        """The registered overrides by kernel set."""
        return dict(self._overrides)


def _without_memory(reference: Callable[..., R]) -> Callable[..., R]:
    @functools.wraps(reference)
    def run(*args: Any, memory: object = None, **kwargs: Any) -> R:
        return reference(*args, **kwargs)

    return run


@overload
def kernel(reference: Callable[P, R]) -> Kernel[P, R]: ...


@overload
def kernel(*, memory: bool) -> Callable[[Callable[P, R]], Kernel[P, R]]: ...


def kernel(reference: Callable[P, R] | None = None, *, memory: bool = False) -> Any:
    """Make `reference` a `Kernel`, with work space if `memory`."""
    if reference is None:
        return functools.partial(Kernel, memory=memory)
    return Kernel(reference)


def calling(
    cell: Kernel[..., Any],
) -> Callable[[Callable[Concatenate[Callable[..., Any], P], R]], Kernel[P, R]]:
    """Return a decorator for the reference of a whole sequence, which gets the kernel of one step first.

    A backend that has a version of `cell` alone then has it called by the reference. The kernel has work
    space.
    """

    def decorate(reference: Callable[Concatenate[Callable[..., Any], P], R]) -> Kernel[P, R]:
        def with_version(version: Callable[..., Any]) -> Callable[P, R]:
            @functools.wraps(reference)
            def run(*args: P.args, **kwargs: P.kwargs) -> R:
                return reference(version, *args, **kwargs)

            return run

        return Kernel(with_version(cell), lambda backend: with_version(cell.on(backend)), memory=True)

    return decorate
