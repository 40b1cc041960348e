"""Numbers in many places of memory, compiled."""

from __future__ import annotations

import math
from typing import Any

from tmva_py.kernels.buffers import read_singles, write_row
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.internals import copy_4_bytes, copy_8_bytes, read_address, read_single

Array = Any


@borrowing
def read_all(pointers: Array, lengths: Array, out: Array) -> bool:
    """Write what pointers point at; return whether every length is 1 and every number finite."""
    for place in range(pointers.shape[0]):
        if read_address(lengths[place]) != 1:
            return False
        value = read_single(read_address(pointers[place]))
        if not math.isfinite(value):
            return False
        out[0, place] = value
    return True


@read_singles.override("numba")
def _read(xp: Any, *, pointers: Array, lengths: Array, out: Array) -> bool:
    found: bool = read_all(pointers, lengths, out)
    return found


@borrowing
def write_items(table: int, row: int) -> bool:
    """Write a row of the table that begins at an address."""
    place = row - read_address(table)
    if not 0 <= place < read_address(table + 8):
        return False
    for column in range(read_address(table + 16)):
        entry = table + 24 + 32 * column
        if read_address(read_address(entry + 8)) != 1:
            return False
        size = read_address(entry + 24)
        source = read_address(entry + 16) + size * place
        target = read_address(read_address(entry))
        if size == 4:
            copy_4_bytes(source, target)
        else:
            copy_8_bytes(source, target)
    return True


class _Writer:
    """`write_row`, compiled; `at` takes the table's address, which is found once for many rows."""

    at = staticmethod(write_items)

    def __call__(self, _: Any, *, table: Array, row: int) -> bool:
        found: bool = write_items(table.__array_interface__["data"][0], row)
        return found


write_row.override("numba")(_Writer())
