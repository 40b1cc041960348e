"""Numbers that lie in many places of the host's memory, read and written at once."""

from __future__ import annotations

import ctypes
import math
from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def read_singles(xp: Any, *, pointers: Array, lengths: Array, out: Array) -> bool:
    """Write the float32 that each pointer points at into `out` (1, n); return whether all can be used.

    `pointers` has the addresses of the pointers, `lengths` those of numbers of values: each must be 1, and
    each value finite. Without that the content of `out` has no meaning.
    """
    for place, (pointer, length) in enumerate(zip(pointers.tolist(), lengths.tolist(), strict=True)):
        if ctypes.c_int64.from_address(length).value != 1:
            return False
        address = ctypes.c_int64.from_address(pointer).value
        value = ctypes.c_float.from_address(address).value
        if not math.isfinite(value):
            return False
        out[0, place] = value
    return True


@kernel
def write_row(xp: Any, *, table: Array, row: int) -> bool:
    """Write item `row` of each column into its buffer; return whether that could be done.

    `table` has 3 + 4 n numbers: the first row's number, how many rows and columns there are, and of each
    column the address of the pointer to its buffer's value, that of the buffer's length, which must be 1,
    that of the column's first item, and an item's size, 4 or 8 bytes.
    """
    first, n_rows, n_columns = table[:3].tolist()
    if not 0 <= row - first < n_rows:
        return False
    for pointer, length, column, size in table[3:].reshape(n_columns, 4).tolist():
        if ctypes.c_int64.from_address(length).value != 1:
            return False
        target = ctypes.c_int64.from_address(pointer).value
        ctypes.memmove(target, column + size * (row - first), size)
    return True
