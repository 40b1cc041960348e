"""Between the order of events and the order in which recurrent layers compute.

Outside a layer a batch is (B, T, I), event by event; inside, inputs are (T, B, I) and states (T, S, B).
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.memory import Memory

Array = Any


@kernel
def by_time(xp: Any, *, x: Array, memory: Memory) -> Array:
    """Inputs (B, T, I) as (T, B, I)."""
    batch, steps, width = x.shape
    out = memory.array("x_by_time", (steps, batch, width))
    out[...] = x.transpose(1, 0, 2)
    return out


@kernel
def by_event(xp: Any, *, h: Array, memory: Memory) -> Array:
    """States (T, S, B) as (B, T, S), which may be a view."""
    return h.transpose(2, 0, 1)


@kernel
def by_feature(xp: Any, *, d_out: Array, memory: Memory) -> Array:
    """Gradients of states (B, T, S) as (T, S, B)."""
    batch, steps, size = d_out.shape
    d_h = memory.array("d_h", (steps, size, batch))
    d_h[...] = d_out.transpose(1, 2, 0)
    return d_h
