"""The long short-term memory, compiled: whole sequences, a chunk of events at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.lstm import LSTMTrace, lstm_backward, lstm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.functions import sigmoid_of_twice, tanh
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
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


def _cell_forward(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    a_c, a_i, a_f, a_o, c = values
    candidate = tanh(e, a_c)
    i, f, o = (sigmoid_of_twice(e, a) for a in (a_i, a_f, a_o))
    c_next = f * c + i * candidate
    tanh_c = tanh(e, c_next)
    h = o * tanh_c
    return [candidate, i, f, o, c_next, tanh_c, h, h]


def _cell_backward(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    d_h, d_c, c_before, candidate, i, f, o, tanh_c = values
    d_cell = d_c + d_h * o * (1.0 - tanh_c * tanh_c)
    return [
        d_cell * i * (1.0 - candidate * candidate),
        d_cell * candidate * i * (1.0 - i),
        d_cell * c_before * f * (1.0 - f),
        d_h * tanh_c * o * (1.0 - o),
        d_cell * f,
    ]


cell_forward, cell_backward = elementwise(_cell_forward), elementwise(_cell_backward)


@compiled
def forward_chunks(
    x: Array, x_step: int, x_event: int, packed: Array,
    h: Array, c: Array, gates: Array, tanh_c: Array,
    stride: int, steps: int, batch: int, width: int, size: int, chunk: int, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks `first` to `last` - 1 through all steps."""
    inner = width + 1 + size
    Z = np.empty(inner * chunk, x.dtype)
    block = size * stride
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        begin_chunk(Z, chunk, width, size, h, begin, stride, events)
        for t in range(steps):
            transpose(x, t * x_step + begin * x_event, x_event, Z, 0, chunk, events, width)
            a = 4 * t * block + begin
            product(packed, 0, inner, 1, Z, 0, chunk, gates, a, stride, 4 * size, events, inner, 0)
            for s in range(size):
                row = a + s * stride
                now = t * block + s * stride + begin
                after = now + block
                cell_forward(
                    events,
                    (gates, gates, gates, gates, c),
                    (row, row + block, row + 2 * block, row + 3 * block, now),
                    (gates, gates, gates, gates, c, tanh_c, h, Z),
                    (
                        row, row + block, row + 2 * block, row + 3 * block,
                        after, now, after, (width + 1 + s) * chunk,
                    ),
                    (0.0,),
                )  # fmt: skip


@compiled
def forward_event(
    x: Array, x_step: int, W: Array, U: Array, b: Array, packed: Array,
    h: Array, c: Array, gates: Array, tanh_c: Array, steps: int, width: int, size: int,
) -> None:  # fmt: skip
    """Run a single event through all steps."""
    pack(W, U, b, packed, size, 4 * size)
    inner, rows = width + 1 + size, 4 * size
    turned = turn(packed, 0, rows, inner)
    Z = begin_event(width, size, h)
    for t in range(steps):
        for i in range(width):
            Z[i] = x[t * x_step + i]
        a = t * rows
        times_turned(Z, 0, turned, 0, inner, inner, gates, a, rows, 0)
        now, after = t * size, (t + 1) * size
        places = (a, a + size, a + 2 * size, a + 3 * size)
        cell_forward(
            size,
            (gates, gates, gates, gates, c),
            (*places, now),
            (gates, gates, gates, gates, c, tanh_c, h, Z),
            (*places, after, now, after, width + 1),
            (0.0,),
        )


@compiled
def backward_chunks(
    d_h: Array, has_d_h: int, d_h_stride: int, x: Array, x_step: int, x_event: int, W: Array, UT: Array,
    h: Array, c: Array, gates: Array, tanh_c: Array, carry_h: Array, carry_c: Array,
    d_x: Array, has_d_x: int, sums: Array, row: int,
    stride: int, steps: int, batch: int, width: int, size: int, chunk: int, slot: int, per_slot: int,
) -> None:  # fmt: skip
    """Run the chunks of a slot back through all steps, adding up the slot's gradients of the weights."""
    rows = 4 * size
    inner = width + 1 + size
    block = size * stride
    d_a = np.empty(rows * chunk, x.dtype)
    Z = np.empty(chunk * row, x.dtype)
    added = 0
    for number in range(slot * per_slot, min((slot + 1) * per_slot, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        for t in range(steps - 1, -1, -1):
            for s in range(size):
                state = s * stride + begin
                now = t * block + state
                gate = 4 * t * block + state
                if has_d_h:
                    place = (t * size + s) * d_h_stride + begin
                    add(events, (carry_h, d_h), (state, place), (carry_h,), (state,), (0.0,))
                cell_backward(
                    events,
                    (carry_h, carry_c, c, gates, gates, gates, gates, tanh_c),
                    (state, state, now, gate, gate + block, gate + 2 * block, gate + 3 * block, now),
                    (d_a, d_a, d_a, d_a, carry_c),
                    (s * chunk, (size + s) * chunk, (2 * size + s) * chunk, (3 * size + s) * chunk, state),
                    (0.0,),
                )
            place = t * x_step + begin * x_event
            side_by_side(x, place, x_event, width, h, t * block + begin, stride, size, Z, row, events)
            product(d_a, 0, chunk, 1, Z, 0, row, sums, slot * rows * row, row, rows, inner, events, added)
            added = 1
            product(UT, 0, rows + PAD, 1, d_a, 0, chunk, carry_h, begin, stride, size, events, rows, 0)
            if has_d_x:
                product(
                    d_a, 0, 1, chunk, W, 0, width,
                    d_x, (begin * steps + t) * width, steps * width, events, width, rows, 0,
                )  # fmt: skip


class _Plan:
    """Arrays of both passes for one shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        inner = width + 1 + size
        self.cut: Cut = cut(batch, size, 8.0 * steps * size * inner, itemsize)
        stride = self.cut.stride
        self.packed = memory.array("packed", (4 * size * inner,))
        self.h, h = padded(memory, "h", (steps + 1, size, batch), stride)
        self.c, c = padded(memory, "c", (steps + 1, size, batch), stride)
        self.gates, gates = padded(memory, "gates", (steps, 4 * size, batch), stride)
        self.tanh_c, tanh_c = padded(memory, "tanh_c", (steps, size, batch), stride)
        self.trace = LSTMTrace(h, c, gates, tanh_c)
        self.h_0, self.c_0 = h[0], c[0]


def _plan(x: Array, size: int, memory: Memory) -> _Plan:
    steps, batch, width = x.shape
    key = (steps, batch, size, width)
    return memory.once("numba", key, lambda: _Plan(steps, batch, size, width, memory, x.itemsize))


@lstm_forward.override("numba")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array, Array], memory: Memory
) -> LSTMTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(x, size, memory)
    rows, shape = input_rows(x), plan.cut
    plan.h_0[...], plan.c_0[...] = initial
    if batch == 1:
        forward_event(
            rows.values, rows.step, W, U, b, plan.packed,
            plan.h, plan.c, plan.gates, plan.tanh_c, steps, width, size,
        )  # fmt: skip
        return plan.trace
    pack(W, U, b, plan.packed, size, 4 * size)

    def run(slot: int) -> None:
        forward_chunks(
            *rows, plan.packed, plan.h, plan.c, plan.gates, plan.tanh_c,
            shape.stride, steps, batch, width, size, shape.chunk,
            slot * shape.per_slot, (slot + 1) * shape.per_slot,
        )  # fmt: skip

    for_each(run, shape.slots, shape.work)
    return plan.trace


@lstm_backward.override("numba")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: LSTMTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array, Array]]:
    W, U, _ = weights
    d_h, (d_h_last, d_c_last) = arriving
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(x, size, memory)
    shape = plan.cut
    if trace is not plan.trace:
        for own_array, foreign in zip(plan.trace, trace, strict=True):
            own_array[...] = foreign
    back = BackwardPlan.of(memory, x.shape, size, 4, shape)
    carry_c, d_c_0 = padded(memory, "carry_c", (size, batch), shape.stride)
    rows = input_rows(x)
    back.begin(U, d_h_last)
    d_c_0[...] = 0.0 if d_c_last is None else d_c_last
    given, has_d_h = back.given(d_h)

    def run(slot: int) -> None:
        backward_chunks(
            given, has_d_h, batch, *rows, W.reshape(-1), back.UT,
            plan.h, plan.c, plan.gates, plan.tanh_c, back.carry, carry_c,
            back.d_x, int(input_gradient), back.sums, back.row,
            shape.stride, steps, batch, width, size, shape.chunk, slot, shape.per_slot,
        )  # fmt: skip

    for_each(run, shape.slots, 2 * shape.work)
    share_out(back.sums, shape.slots, back.row, *gradients)
    return (back.d_x_by_time if input_gradient else None), (back.d_h_0, d_c_0)
