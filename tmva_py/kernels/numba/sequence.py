"""Changes of order, compiled: in blocks that fit the registers."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.products import transpose
from tmva_py.kernels.numba.views import Rows
from tmva_py.kernels.sequence import by_event, by_feature, by_time

Array = Any


@borrowing
def states_by_event(h: Array, out: Array) -> None:
    """Write h (T, S, B), its last axis contiguous, as (B, T, S)."""
    steps, size, batch = h.shape
    step, row = h.strides[0] // h.itemsize, h.strides[1] // h.itemsize
    for t in range(steps):
        transpose(Rows(h, t * step, row), Rows(out, t * size, steps * size), size, batch)


@borrowing
def states_by_feature(d_out: Array, out: Array) -> None:
    """Write d_out (B, T, S) as (T, S, B)."""
    batch, steps, size = d_out.shape
    for t in range(steps):
        transpose(Rows(d_out, t * size, steps * size), Rows(out, t * size * batch, batch), batch, size)


@by_time.override("numba")
def _by_time_numba(xp: Any, *, x: Array, memory: Memory) -> Array:
    # A view: the compiled layers take inputs event by event as they are.
    return x.transpose(1, 0, 2)


@by_event.override("numba")
def _by_event_numba(xp: Any, *, h: Array, memory: Memory) -> Array:
    steps, size, batch = h.shape
    if batch == 1 and h.flags.c_contiguous:
        return h.reshape(1, steps, size)
    out = memory.array("out_by_event", (batch, steps, size))
    if h.strides[2] != h.itemsize or not h.flags.writeable:
        h = h.copy(order="C")
    states_by_event(h, out)
    return out


@by_feature.override("numba")
def _by_feature_numba(xp: Any, *, d_out: Array, memory: Memory) -> Array:
    batch, steps, size = d_out.shape
    d_h = memory.array("d_h", (steps, size, batch))
    if not (d_out.flags.c_contiguous and d_out.flags.writeable):
        d_out = d_out.copy(order="C")
    states_by_feature(d_out, d_h)
    return d_h
