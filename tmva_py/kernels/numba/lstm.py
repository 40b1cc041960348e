"""The long short-term memory, compiled: whole sequences, a chunk of events at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels.lstm import LSTMTrace, lstm_backward, lstm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.functions import sigmoid_of_twice, tanh
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


@borrowing
def forward_chunks(
    inputs: InputRows, packed: Array, Z: Array, trace: LSTMTrace, shape: Shape, first: int, last: int
) -> None:
    """Run the chunks `first` to `last` - 1 through all steps, in the work space `Z`."""
    x, x_step, x_event = inputs
    h, c, gates, tanh_c = trace
    stride, steps, batch, width, size, chunk = shape
    inner = width + 1 + size
    block = size * stride
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        begin_chunk(Z, h, shape, begin, events)
        for t in range(steps):
            transpose(Rows(x, t * x_step + begin * x_event, x_event), Rows(Z, 0, chunk), events, width)
            a = 4 * t * block + begin
            product(
                Strided(packed, 0, inner, 1),
                Rows(Z, 0, chunk),
                Rows(gates, a, stride),
                4 * size,
                events,
                inner,
                0,
            )
            for s in range(size):
                row = a + s * stride
                now = t * block + s * stride + begin
                after = now + block
                four = (
                    At(gates, row),
                    At(gates, row + block),
                    At(gates, row + 2 * block),
                    At(gates, row + 3 * block),
                )
                states = (At(c, after), At(tanh_c, now), At(h, after), At(Z, (width + 1 + s) * chunk))
                cell_forward(events, (*four, At(c, now)), (*four, *states), ())


@borrowing
def forward_event(
    x: Array, x_step: int, W: Array, U: Array, b: Array, packed: Array, turned: Array, Z: Array,
    h: Array, c: Array, gates: Array, tanh_c: Array, steps: int,
) -> None:  # fmt: skip
    """Run a single event through all steps; arrays one by one, for passing tuples takes a microsecond."""
    width, size = W.shape[1], U.shape[1]
    pack(W, U, b, packed, size, 4 * size)
    inner, rows = width + 1 + size, 4 * size
    turn(packed, 0, rows, inner, turned)
    begin_event(Z, width, size, h)
    for t in range(steps):
        for k in range(width):
            Z[k] = x[t * x_step + k]
        a = t * rows
        times_turned(At(Z, 0), turned, 0, inner, inner, At(gates, a), rows, 0)
        now, after = t * size, (t + 1) * size
        i, f, o = a + size, a + 2 * size, a + 3 * size
        four = (At(gates, a), At(gates, i), At(gates, f), At(gates, o))
        states = (At(c, after), At(tanh_c, now), At(h, after), At(Z, width + 1))
        cell_forward(size, (*four, At(c, now)), (*four, *states), ())


@borrowing
def backward_chunks(
    above: FromAbove, inputs: InputRows, W: Array, trace: LSTMTrace, back: Back, wanted: int, carry_c: Array,
    shape: Shape, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks of a slot back through all steps, adding up the slot's gradients of the weights.

    `wanted` says whether the inputs' gradients are.
    """
    d_h, d_h_stride, has_d_h = above
    x, x_step, x_event = inputs
    h, c, gates, tanh_c = trace
    UT, carry_h, d_x, sums, row, d_a, Z = back
    stride, steps, batch, width, size, chunk = shape
    rows = 4 * size
    inner = width + 1 + size
    block = size * stride
    added = 0
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        for t in range(steps - 1, -1, -1):
            for s in range(size):
                state = s * stride + begin
                now = t * block + state
                gate = 4 * t * block + state
                if has_d_h:
                    place = (t * size + s) * d_h_stride + begin
                    add(events, (At(carry_h, state), At(d_h, place)), (At(carry_h, state),), ())
                cell_backward(
                    events,
                    (
                        At(carry_h, state),
                        At(carry_c, state),
                        At(c, now),
                        At(gates, gate),
                        At(gates, gate + block),
                        At(gates, gate + 2 * block),
                        At(gates, gate + 3 * block),
                        At(tanh_c, now),
                    ),
                    (
                        At(d_a, s * chunk),
                        At(d_a, (size + s) * chunk),
                        At(d_a, (2 * size + s) * chunk),
                        At(d_a, (3 * size + s) * chunk),
                        At(carry_c, state),
                    ),
                    (),
                )
            place = t * x_step + begin * x_event
            seen, before = Rows(x, place, x_event), Rows(h, t * block + begin, stride)
            side_by_side(seen, width, before, size, Rows(Z, 0, row), events)
            product(
                Strided(d_a, 0, chunk, 1),
                Rows(Z, 0, row),
                Rows(sums, 0, row),
                rows,
                inner,
                events,
                added,
            )
            added = 1
            product(
                Strided(UT, 0, rows + PAD, 1),
                Rows(d_a, 0, chunk),
                Rows(carry_h, begin, stride),
                size,
                events,
                rows,
                0,
            )
            if wanted:
                product(
                    Strided(d_a, 0, 1, chunk),
                    Rows(W, 0, width),
                    Rows(d_x, (begin * steps + t) * width, steps * width),
                    events,
                    width,
                    rows,
                    0,
                )


_forward_arguments = grouped(InputRows, None, None, LSTMTrace, Shape, None, None)
_backward_arguments = grouped(FromAbove, InputRows, None, LSTMTrace, Back, None, None, Shape, None, None)


@borrowing
def forward_flat(*values: Any) -> None:
    """`forward_chunks`, given the members of its tuples one by one."""
    inputs, packed, Z, trace, shape, first, last = _forward_arguments(values)
    forward_chunks(inputs, packed, Z, trace, shape, first, last)


@borrowing
def backward_flat(*values: Any) -> None:
    """`backward_chunks`, given the members of its tuples one by one."""
    above, inputs, W, trace, back, wanted, carry_c, shape, first, last = _backward_arguments(values)
    backward_chunks(above, inputs, W, trace, back, wanted, carry_c, shape, first, last)


class _Plan:
    """Arrays of both passes for one shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        inner = width + 1 + size
        self.cut: Cut = cut(batch, size, 8.0 * steps * size * inner, itemsize)
        stride = self.cut.stride
        self.packed = memory.array("packed", (4 * size * inner,))
        self.turned = memory.array("turned", (turned_length(4 * size, inner, itemsize) if batch == 1 else 0,))
        self.Z = list(memory.array("Z", (self.cut.slots, inner * self.cut.chunk)))
        self.h, h = padded(memory, "h", (steps + 1, size, batch), stride)
        self.c, c = padded(memory, "c", (steps + 1, size, batch), stride)
        self.gates, gates = padded(memory, "gates", (steps, 4 * size, batch), stride)
        self.tanh_c, tanh_c = padded(memory, "tanh_c", (steps, size, batch), stride)
        self.trace = LSTMTrace(h, c, gates, tanh_c)
        self.flat = LSTMTrace(self.h, self.c, self.gates, self.tanh_c)
        self.shape = Shape(stride, steps, batch, width, size, self.cut.chunk)
        self.h_0, self.c_0 = h[0], c[0]


def _plan(x: Array, size: int, memory: Memory) -> _Plan:
    steps, batch, width = x.shape
    key = (steps, batch, size, width)
    return memory.once("numba", key, lambda: _Plan(steps, batch, size, width, memory, x.itemsize))


@lstm_forward.override("numba")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array, Array], memory: Memory
) -> LSTMTrace:
    steps, batch, _ = x.shape
    size = weights.U.shape[1]
    plan = _plan(x, size, memory)
    rows, shape = input_rows(x), plan.cut
    plan.h_0[...], plan.c_0[...] = initial
    if batch == 1:
        forward_event(
            rows.values, rows.step, *weights, plan.packed, plan.turned, plan.Z[0], *plan.flat, steps
        )
        return plan.trace
    pack(*weights, plan.packed, size, 4 * size)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        last = first + shape.per_slot
        forward_flat(*rows, plan.packed, plan.Z[slot], *plan.flat, *plan.shape, first, last)

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
    batch = x.shape[1]
    size = U.shape[1]
    plan = _plan(x, size, memory)
    shape = plan.cut
    if trace is not plan.trace:
        for own_array, foreign in zip(plan.trace, trace, strict=True):
            own_array[...] = foreign
    back = memory.once("numba back", x.shape, lambda: BackwardPlan(memory, plan.shape, shape, 4, 4))
    carry_c, d_c_0 = padded(memory, "carry_c", (size, batch), shape.stride)
    rows = input_rows(x)
    back.begin(U, d_h_last)
    d_c_0[...] = 0.0 if d_c_last is None else d_c_last
    above, flat_W, wanted = back.given(d_h), W.reshape(-1), int(input_gradient)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        last = first + shape.per_slot
        arrays = back.slots[slot]
        backward_flat(*above, *rows, flat_W, *plan.flat, *arrays, wanted, carry_c, *plan.shape, first, last)

    for_each(run, shape.slots, 2 * shape.work)
    share_out(back.sums, shape.slots, back.row, *gradients)
    return (back.d_x_by_time if input_gradient else None), (back.d_h_0, d_c_0)
