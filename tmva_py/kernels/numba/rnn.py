"""The simple recurrent layer, compiled: whole sequences, a chunk of events at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import product, transpose
from tmva_py.kernels.numba.recurrent import (
    PAD,
    BackwardPlan,
    Cut,
    add,
    begin_chunk,
    begin_event,
    cut,
    input_rows,
    pack,
    padded,
    share_out,
    side_by_side,
    times_turned,
    turn,
)
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.rnn import RNNTrace, rnn_backward, rnn_forward
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


def _cell_forward(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    h = functions.tanh(e, values[0])
    return [h, h]


def _cell_backward(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    d_h, h = values
    return [d_h * (1.0 - h * h)]


cell_forward, cell_backward = elementwise(_cell_forward), elementwise(_cell_backward)


@compiled
def forward_chunks(
    x: Array, x_step: int, x_event: int, packed: Array, h: Array,
    stride: int, steps: int, batch: int, width: int, size: int, chunk: int, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks `first` to `last` - 1 through all steps."""
    inner = width + 1 + size
    Z = np.empty(inner * chunk, x.dtype)
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        begin_chunk(Z, chunk, width, size, h, begin, stride, events)
        for t in range(steps):
            transpose(x, t * x_step + begin * x_event, x_event, Z, 0, chunk, events, width)
            a = (t + 1) * size * stride + begin
            product(packed, 0, inner, 1, Z, 0, chunk, h, a, stride, size, events, inner, 0)
            for s in range(size):
                row = a + s * stride
                cell_forward(events, (h,), (row,), (h, Z), (row, (width + 1 + s) * chunk), (0.0,))


@compiled
def forward_event(
    x: Array, x_step: int, W: Array, U: Array, b: Array, packed: Array,
    h: Array, steps: int, width: int, size: int,
) -> None:  # fmt: skip
    """Run a single event through all steps."""
    pack(W, U, b, packed, 0, 0)
    inner = width + 1 + size
    turned = turn(packed, 0, size, inner)
    Z = begin_event(width, size, h)
    for t in range(steps):
        for i in range(width):
            Z[i] = x[t * x_step + i]
        a = (t + 1) * size
        times_turned(Z, 0, turned, 0, inner, inner, h, a, size, 0)
        cell_forward(size, (h,), (a,), (h, Z), (a, width + 1), (0.0,))


@compiled
def backward_chunks(
    d_h: Array, has_d_h: int, d_h_stride: int, x: Array, x_step: int, x_event: int, W: Array, UT: Array,
    h: Array, carry: Array, d_x: Array, has_d_x: int, sums: Array, row: int,
    stride: int, steps: int, batch: int, width: int, size: int, chunk: int, slot: int, per_slot: int,
) -> None:  # fmt: skip
    """Run the chunks of a slot back through all steps, adding up the slot's gradients of the weights."""
    inner = width + 1 + size
    block = size * stride
    d_a = np.empty(size * chunk, x.dtype)
    Z = np.empty(chunk * row, x.dtype)
    added = 0
    for number in range(slot * per_slot, min((slot + 1) * per_slot, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        for t in range(steps - 1, -1, -1):
            for s in range(size):
                state = s * stride + begin
                if has_d_h:
                    place = (t * size + s) * d_h_stride + begin
                    add(events, (carry, d_h), (state, place), (carry,), (state,), (0.0,))
                cell_backward(
                    events, (carry, h), (state, (t + 1) * block + state), (d_a,), (s * chunk,), (0.0,)
                )
            place = t * x_step + begin * x_event
            side_by_side(x, place, x_event, width, h, t * block + begin, stride, size, Z, row, events)
            product(d_a, 0, chunk, 1, Z, 0, row, sums, slot * size * row, row, size, inner, events, added)
            added = 1
            product(UT, 0, size + PAD, 1, d_a, 0, chunk, carry, begin, stride, size, events, size, 0)
            if has_d_x:
                product(
                    d_a, 0, 1, chunk, W, 0, width,
                    d_x, (begin * steps + t) * width, steps * width, events, width, size, 0,
                )  # fmt: skip


class _Plan:
    """Arrays of both passes for one shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        inner = width + 1 + size
        self.cut: Cut = cut(batch, size, 2.0 * steps * size * inner, itemsize)
        self.packed = memory.array("packed", (size * inner,))
        self.h, h = padded(memory, "h", (steps + 1, size, batch), self.cut.stride)
        self.trace = RNNTrace(h)
        self.h_0 = h[0]


def _plan(x: Array, size: int, memory: Memory) -> _Plan:
    steps, batch, width = x.shape
    key = (steps, batch, size, width)
    return memory.once("numba", key, lambda: _Plan(steps, batch, size, width, memory, x.itemsize))


@rnn_forward.override("numba")
def _forward(xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory) -> RNNTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(x, size, memory)
    rows, shape = input_rows(x), plan.cut
    (plan.h_0[...],) = initial
    if batch == 1:
        forward_event(rows.values, rows.step, W, U, b, plan.packed, plan.h, steps, width, size)
        return plan.trace
    pack(W, U, b, plan.packed, 0, 0)

    def run(slot: int) -> None:
        forward_chunks(
            *rows, plan.packed, plan.h, shape.stride, steps, batch, width, size, shape.chunk,
            slot * shape.per_slot, (slot + 1) * shape.per_slot,
        )  # fmt: skip

    for_each(run, shape.slots, shape.work)
    return plan.trace


@rnn_backward.override("numba")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: RNNTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array]]:
    W, U, _ = weights
    d_h, (d_h_last,) = arriving
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(x, size, memory)
    shape = plan.cut
    if trace is not plan.trace:
        plan.trace.h[...] = trace.h
    back = BackwardPlan.of(memory, x.shape, size, 1, shape)
    rows = input_rows(x)
    back.begin(U, d_h_last)
    given, has_d_h = back.given(d_h)

    def run(slot: int) -> None:
        backward_chunks(
            given, has_d_h, batch, *rows, W.reshape(-1), back.UT, plan.h, back.carry,
            back.d_x, int(input_gradient), back.sums, back.row,
            shape.stride, steps, batch, width, size, shape.chunk, slot, shape.per_slot,
        )  # fmt: skip

    for_each(run, shape.slots, 2 * shape.work)
    share_out(back.sums, shape.slots, back.row, *gradients)
    return (back.d_x_by_time if input_gradient else None), (back.d_h_0,)
