"""The simple recurrent layer, compiled: whole sequences, a chunk of events at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.internals import grouped
from tmva_py.kernels.numba.products import product, transpose
from tmva_py.kernels.numba.recurrent import (
    PAD,
    Back,
    BackwardPlan,
    Cut,
    FromAbove,
    InputRows,
    Shape,
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
    turned_length,
)
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At, Rows, Strided
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


@borrowing
def forward_chunks(
    inputs: InputRows, packed: Array, Z: Array, h: Array, shape: Shape, first: int, last: int
) -> None:
    """Run the chunks `first` to `last` - 1 through all steps, in the work space `Z`."""
    x, x_step, x_event = inputs
    stride, steps, batch, width, size, chunk = shape
    inner = width + 1 + size
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        begin_chunk(Z, h, shape, begin, events)
        for t in range(steps):
            transpose(Rows(x, t * x_step + begin * x_event, x_event), Rows(Z, 0, chunk), events, width)
            a = (t + 1) * size * stride + begin
            product(
                Strided(packed, 0, inner, 1), Rows(Z, 0, chunk), Rows(h, a, stride), size, events, inner, 0
            )
            for s in range(size):
                row = a + s * stride
                cell_forward(events, (At(h, row),), (At(h, row), At(Z, (width + 1 + s) * chunk)), ())


@borrowing
def forward_event(
    x: Array, x_step: int, W: Array, U: Array, b: Array, packed: Array, turned: Array, Z: Array,
    h: Array, steps: int,
) -> None:  # fmt: skip
    """Run a single event through all steps; arrays one by one, for passing tuples takes a microsecond."""
    width, size = W.shape[1], U.shape[1]
    pack(W, U, b, packed, 0, 0)
    inner = width + 1 + size
    turn(packed, 0, size, inner, turned)
    begin_event(Z, width, size, h)
    for t in range(steps):
        for i in range(width):
            Z[i] = x[t * x_step + i]
        a = (t + 1) * size
        times_turned(At(Z, 0), turned, 0, inner, inner, At(h, a), size, 0)
        cell_forward(size, (At(h, a),), (At(h, a), At(Z, width + 1)), ())


@borrowing
def backward_chunks(
    above: FromAbove, inputs: InputRows, W: Array, h: Array, back: Back, wanted: int,
    shape: Shape, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks of a slot back through all steps, adding up the slot's gradients of the weights.

    `wanted` says whether the inputs' gradients are.
    """
    d_h, d_h_stride, has_d_h = above
    x, x_step, x_event = inputs
    UT, carry, d_x, sums, row, d_a, Z = back
    stride, steps, batch, width, size, chunk = shape
    inner = width + 1 + size
    block = size * stride
    added = 0
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        for t in range(steps - 1, -1, -1):
            for s in range(size):
                state = s * stride + begin
                if has_d_h:
                    place = (t * size + s) * d_h_stride + begin
                    add(events, (At(carry, state), At(d_h, place)), (At(carry, state),), ())
                cell_backward(
                    events, (At(carry, state), At(h, (t + 1) * block + state)), (At(d_a, s * chunk),), ()
                )
            place = t * x_step + begin * x_event
            seen, before = Rows(x, place, x_event), Rows(h, t * block + begin, stride)
            side_by_side(seen, width, before, size, Rows(Z, 0, row), events)
            product(
                Strided(d_a, 0, chunk, 1),
                Rows(Z, 0, row),
                Rows(sums, 0, row),
                size,
                inner,
                events,
                added,
            )
            added = 1
            product(
                Strided(UT, 0, size + PAD, 1),
                Rows(d_a, 0, chunk),
                Rows(carry, begin, stride),
                size,
                events,
                size,
                0,
            )
            if wanted:
                product(
                    Strided(d_a, 0, 1, chunk),
                    Rows(W, 0, width),
                    Rows(d_x, (begin * steps + t) * width, steps * width),
                    events,
                    width,
                    size,
                    0,
                )


_forward_arguments = grouped(InputRows, None, None, None, Shape, None, None)
_backward_arguments = grouped(FromAbove, InputRows, None, None, Back, None, Shape, None, None)


@borrowing
def forward_flat(*values: Any) -> None:
    """`forward_chunks`, given the members of its tuples one by one."""
    inputs, packed, Z, h, shape, first, last = _forward_arguments(values)
    forward_chunks(inputs, packed, Z, h, shape, first, last)


@borrowing
def backward_flat(*values: Any) -> None:
    """`backward_chunks`, given the members of its tuples one by one."""
    above, inputs, W, h, back, wanted, shape, first, last = _backward_arguments(values)
    backward_chunks(above, inputs, W, h, back, wanted, shape, first, last)


class _Plan:
    """Arrays of both passes for one shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        inner = width + 1 + size
        self.cut: Cut = cut(batch, size, 2.0 * steps * size * inner, itemsize)
        self.packed = memory.array("packed", (size * inner,))
        self.turned = memory.array("turned", (turned_length(size, inner, itemsize) if batch == 1 else 0,))
        self.Z = list(memory.array("Z", (self.cut.slots, inner * self.cut.chunk)))
        self.h, h = padded(memory, "h", (steps + 1, size, batch), self.cut.stride)
        self.trace = RNNTrace(h)
        self.shape = Shape(self.cut.stride, steps, batch, width, size, self.cut.chunk)
        self.h_0 = h[0]


def _plan(x: Array, size: int, memory: Memory) -> _Plan:
    steps, batch, width = x.shape
    key = (steps, batch, size, width)
    return memory.once("numba", key, lambda: _Plan(steps, batch, size, width, memory, x.itemsize))


@rnn_forward.override("numba")
def _forward(xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory) -> RNNTrace:
    steps, batch, _ = x.shape
    size = weights.U.shape[1]
    plan = _plan(x, size, memory)
    rows, shape = input_rows(x), plan.cut
    (plan.h_0[...],) = initial
    if batch == 1:
        forward_event(rows.values, rows.step, *weights, plan.packed, plan.turned, plan.Z[0], plan.h, steps)
        return plan.trace
    pack(*weights, plan.packed, 0, 0)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        forward_flat(*rows, plan.packed, plan.Z[slot], plan.h, *plan.shape, first, first + shape.per_slot)

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
    plan = _plan(x, U.shape[1], memory)
    shape = plan.cut
    if trace is not plan.trace:
        plan.trace.h[...] = trace.h
    back = memory.once("numba back", x.shape, lambda: BackwardPlan(memory, plan.shape, shape, 1, 1))
    rows = input_rows(x)
    back.begin(U, d_h_last)
    above, flat_W, wanted = back.given(d_h), W.reshape(-1), int(input_gradient)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        last = first + shape.per_slot
        backward_flat(*above, *rows, flat_W, plan.h, *back.slots[slot], wanted, *plan.shape, first, last)

    for_each(run, shape.slots, 2 * shape.work)
    share_out(back.sums, shape.slots, back.row, *gradients)
    return (back.d_x_by_time if input_gradient else None), (back.d_h_0,)
