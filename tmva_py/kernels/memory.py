"""Arrays and plans that are made once and used again by every batch of the same shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Work space of one layer in one pass: arrays by name and shape, kept until the memory is dropped.

    A memory belongs to one thread at a time. Its arrays are overwritten by the next pass that uses the
    same memory.

    Parameters
    ----------
    empty : callable
        Makes an uninitialised array of a shape, as ``backend.empty``.
    parameters_are_fixed : bool, default False
        Whether the layer's parameters are the same in every pass, so that what is made of them may stay.

    Attributes
    ----------
    values : int
        Number of values in all arrays.
    """

    def __init__(
        self, empty: Callable[[tuple[int, ...]], Any], *, parameters_are_fixed: bool = False
    ) -> None:
        self.parameters_are_fixed = parameters_are_fixed
        self._empty = empty
        self._kept: dict[Any, Any] = {}
        self.values = 0

    def array(self, name: str, shape: tuple[int, ...]) -> Any:
        """Return the array `name` of `shape`; its content is whatever was there before."""
        key = (name, shape)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._empty(shape)
            self.values += math.prod(shape)
        return found

    def once(self, name: str, key: tuple[Any, ...], build: Callable[[], T]) -> T:
        """Return what `build` made at the first request of `name` with this `key`."""
        full_key = (name, "once", key)
        found = self._kept.get(full_key)
        if found is None:
            found = self._kept[full_key] = build()
        result: T = found
        return result
