"""Changes of order with NumPy: contiguous copies, for each step works on its part of them."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.sequence import by_feature, by_time

Array = Any


@by_time.override("numpy")
def inputs_by_time(xp: Any, *, x: Array, memory: Memory) -> Array:
    """Copy inputs (B, T, I) to (T, B, I)."""
    batch, steps, width = x.shape
    out = memory.array("x_by_time", (steps, batch, width))
    out[...] = x.transpose(1, 0, 2)
    return out


@by_feature.override("numpy")
def gradients_by_feature(xp: Any, *, d_out: Array, memory: Memory) -> Array:
    """Copy gradients (B, T, S) to (T, S, B)."""
    batch, steps, size = d_out.shape
    d_h = memory.array("d_h", (steps, size, batch))
    d_h[...] = d_out.transpose(1, 2, 0)
    return d_h
