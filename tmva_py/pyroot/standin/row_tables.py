"""Entries of branches whose numbers compiled code writes into a script's arrays."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tmva_py.booking.bound_buffers import memory_places
from tmva_py.kernels.buffers import write_row
from tmva_py.trees import Column


class RowTable:
    """Columns of numbers with a buffer each, for `write_row`.

    Attributes
    ----------
    address : int
        Where the table is. It has addresses of buffers and columns in turn: all live as long as this object.
    """

    def __init__(self, first: int, buffers: Sequence[Any], columns: Sequence[np.ndarray[Any, Any]]) -> None:
        numbers = [first, min(map(len, columns)), len(columns)]
        for buffer, column in zip(buffers, columns, strict=True):
            places = memory_places(buffer)
            numbers += [*(places or (0, 0)), column.__array_interface__["data"][0], column.itemsize]
        self._kept = list(buffers), list(columns)
        self._table = np.array(numbers, np.int64)
        self.address: int = self._table.__array_interface__["data"][0]

    @classmethod
    def of(cls, buffers: Sequence[Any], columns: Sequence[tuple[int, Column] | None]) -> RowTable | None:
        """Return the table of what was read, each from an entry on; None if one of the buffers needs more.

        Entry 0 is left out: a loop begins with it.
        """
        read = [one for one in columns if one is not None]
        kinds = [column.content.dtype for _, column in read if not column.levels]
        if len(kinds) < len(buffers) or not all(map(_fits, buffers, kinds)):
            return None
        first = max(1, *(begin for begin, _ in read))
        numbers = [np.ascontiguousarray(column.content[first - begin :]) for begin, column in read]
        return cls(first, buffers, numbers)

    @staticmethod
    def writer() -> Callable[[int, int], bool] | None:
        """Return what writes a row of the table at an address, if compiled kernels are in use."""
        compiled: Any = write_row.overrides.get("numba")
        return None if compiled is None else compiled.at


def _fits(buffer: Any, kind: np.dtype[Any]) -> bool:
    """Return whether a buffer is one number of a type that is copied as it is."""
    if type(buffer) not in (array, np.ndarray) or kind.kind not in "fiu" or kind.itemsize not in (4, 8):
        return False
    given = np.asarray(buffer)
    is_one = given.shape == (1,) and given.flags.aligned
    return is_one and given.dtype == kind and memory_places(buffer) is not None
