"""The order of values in NumPy's memory."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.order import in_rows

Array = Any


@in_rows.override("numpy")
def contiguous(xp: Any, *, x: Array, shape: tuple[int, ...], name: str, memory: Memory) -> Array:
    """Return the values of `x` one after another in memory."""
    if x.flags.c_contiguous:
        return x.reshape(shape)
    out = memory.array(name, shape)
    out.reshape(x.shape)[...] = x
    return out
