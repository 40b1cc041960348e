"""Numbers that lie in many places of the host's memory, read at once."""

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
