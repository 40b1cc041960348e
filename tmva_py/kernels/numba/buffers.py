"""Numbers in many places of memory, compiled."""

from __future__ import annotations

import math
from typing import Any

from tmva_py.kernels.buffers import read_singles
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.internals import read_address, read_single

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
