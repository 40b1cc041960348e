"""The gated recurrent unit, compiled: whole sequences, a chunk of events at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels.gru import GRUTrace, gru_backward, gru_forward
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
Values = Sequence[Lanes]


def _after_forward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    a_r, a_u, a_c, recurrent, h = values
    r, u = sigmoid_of_twice(e, a_r), sigmoid_of_twice(e, a_u)
    c = tanh(e, a_c + r * recurrent)
    h_next = c + u * (h - c)
    return [r, u, c, h_next, h_next]


def _gates_forward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    a_r, a_u, h = values
    r = sigmoid_of_twice(e, a_r)
    return [r, sigmoid_of_twice(e, a_u), r * h, r * h]


def _candidate_forward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    u, a_c, h = values
    c = tanh(e, a_c)
    h_next = c + u * (h - c)
    return [c, h_next, h_next]


def _after_backward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_h, r, u, c, h, recurrent = values
    d_c = d_h * (1.0 - u) * (1.0 - c * c)
    d_r = d_c * recurrent * r * (1.0 - r)
    return [d_c, d_r, d_h * (h - c) * u * (1.0 - u), d_c * r, d_h * u]


def _candidate_backward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_h, u, c, h = values
    return [d_h * (1.0 - u) * (1.0 - c * c), d_h * (h - c) * u * (1.0 - u)]


def _gates_backward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_h, back, r, u, h = values
    return [back * h * r * (1.0 - r), d_h * u + back * r]


after_forward, gates_forward, candidate_forward = map(
    elementwise, (_after_forward, _gates_forward, _candidate_forward)
)
after_backward, candidate_backward, gates_backward = map(
    elementwise, (_after_backward, _candidate_backward, _gates_backward)
)


@borrowing
def forward_chunks(
    inputs: InputRows, packed: Array, Z: Array, reset: Array, trace: GRUTrace, after: int,
    shape: Shape, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks `first` to `last` - 1 through all steps, in the work space `Z` and `reset`."""
    x, x_step, x_event = inputs
    h, gates, recurrent = trace
    stride, steps, batch, width, size, chunk = shape
    inner, block = width + 1 + size, size * stride
    z, z_state = Rows(Z, 0, chunk), Rows(Z, (width + 1) * chunk, chunk)
    both, candidate = Strided(packed, 0, inner, 1), Strided(packed, 2 * size * inner, inner, 1)
    of_state = Strided(packed, 2 * size * inner + width + 1, inner, 1)
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        begin_chunk(Z, h, shape, begin, events)
        for t in range(steps):
            transpose(Rows(x, t * x_step + begin * x_event, x_event), z, events, width)
            a, now = 3 * t * block + begin, t * block + begin
            a_c = Rows(gates, a + 2 * block, stride)
            product(both, z, Rows(gates, a, stride), 2 * size, events, inner, 0)
            product(candidate, z, a_c, size, events, width + 1, 0)
            if after:
                product(of_state, z_state, Rows(recurrent, now, stride), size, events, size, 0)
            for s in range(size):
                i = s * stride
                r, u, c = At(gates, a + i), At(gates, a + block + i), At(gates, a_c.start + i)
                seen, next_h = At(recurrent, now + i), At(h, now + block + i)
                if after:
                    out = (r, u, c, next_h, At(Z, z_state.start + s * chunk))
                    after_forward(events, (r, u, c, seen, At(h, now + i)), out, ())
                else:
                    gates_forward(events, (r, u, At(h, now + i)), (r, u, seen, At(reset, s * chunk)), ())
            if after:
                continue
            product(of_state, Rows(reset, 0, chunk), a_c, size, events, size, 1)
            for s in range(size):
                i = s * stride
                u, c = At(gates, a + block + i), At(gates, a_c.start + i)
                out_c = (c, At(h, now + block + i), At(Z, z_state.start + s * chunk))
                candidate_forward(events, (u, c, At(h, now + i)), out_c, ())


@borrowing
def forward_event(
    x: Array, x_step: int, W: Array, U: Array, b: Array, packed: Array,
    sigmoids: Array, candidate: Array, Z: Array,
    h: Array, gates: Array, recurrent: Array, after: int, steps: int,
) -> None:  # fmt: skip
    """Run a single event through all steps; arrays one by one, for passing tuples takes a microsecond."""
    width, size = W.shape[1], U.shape[1]
    pack(W, U, b, packed, 0, 2 * size)
    inner, rows = width + 1 + size, 3 * size
    turn(packed, 0, 2 * size, inner, sigmoids)
    turn(packed, 2 * size, size, inner, candidate)
    first = width + 1
    begin_event(Z, width, size, h)
    for t in range(steps):
        for i in range(width):
            Z[i] = x[t * x_step + i]
        a, now = t * rows, t * size
        u, c = At(gates, a + size), At(gates, a + 2 * size)
        times_turned(At(Z, 0), sigmoids, 0, inner, inner, At(gates, a), 2 * size, 0)
        times_turned(At(Z, 0), candidate, 0, first, inner, c, size, 0)
        r, before, following = At(gates, a), At(h, now), At(h, now + size)
        if after:
            times_turned(At(Z, first), candidate, first, size, inner, At(recurrent, now), size, 0)
            seen = (r, u, c, At(recurrent, now), before)
            after_forward(size, seen, (r, u, c, following, At(Z, first)), ())
        else:
            gates_forward(size, (r, u, before), (r, u, At(recurrent, now), At(Z, first)), ())
            times_turned(At(Z, first), candidate, first, size, inner, c, size, 1)
            candidate_forward(size, (u, c, before), (c, following, At(Z, first)), ())


@borrowing
def backward_chunks(
    above: FromAbove, inputs: InputRows, W: Array, trace: GRUTrace, after: int, arrays: Back, wanted: int,
    shape: Shape, first: int, last: int,
) -> None:  # fmt: skip
    """Run the chunks of a slot back through all steps, adding up the slot's gradients of the weights.

    `wanted` says whether the inputs' gradients are.
    """
    d_h, d_h_stride, has_d_h = above
    x, x_step, x_event = inputs
    h, gates, recurrent = trace
    UT, carry, d_x, sums, row, d_a, Z = arrays
    stride, steps, batch, width, size, chunk = shape
    inner, rows = width + 1 + size, 3 * size
    block, tall = size * stride, size * chunk
    # Gradients of the candidate, of both gates, and of the product with U of the candidate: the last three
    # are what U is multiplied with, the first three what W is. What comes back through U of the candidate.
    d_c, d_gates, d_product = Rows(d_a, 0, chunk), Rows(d_a, tall, chunk), Rows(d_a, 3 * tall, chunk)
    through_c, z = Rows(d_a, 4 * tall, chunk), Rows(Z, 0, row)
    of_all, of_c = Strided(UT, 0, rows + PAD, 1), Strided(UT, 2 * size, rows + PAD, 1)
    sums_gates, sums_c = Rows(sums, 0, row), Rows(sums, 2 * size * row, row)
    added = 0
    for number in range(first, min(last, (batch + chunk - 1) // chunk)):
        begin = number * chunk
        events = min(chunk, batch - begin)
        d_state = Rows(carry, begin, stride)
        for t in range(steps - 1, -1, -1):
            a, now = 3 * t * block + begin, t * block + begin
            seen, before = Rows(x, t * x_step + begin * x_event, x_event), Rows(h, now, stride)
            side_by_side(seen, width, before, size, z, events)
            for s in range(size):
                i, j = s * stride, s * chunk
                d, h_s = At(carry, begin + i), At(h, now + i)
                r, u, c = At(gates, a + i), At(gates, a + block + i), At(gates, a + 2 * block + i)
                if has_d_h:
                    add(events, (d, At(d_h, (t * size + s) * d_h_stride + begin)), (d,), ())
                d_c_s, d_r_s = At(d_a, j), At(d_a, tall + j)
                d_u_s, d_p_s = At(d_a, 2 * tall + j), At(d_a, 3 * tall + j)
                if after:
                    out = (d_c_s, d_r_s, d_u_s, d_p_s, d)
                    after_backward(events, (d, r, u, c, h_s, At(recurrent, now + i)), out, ())
                else:
                    candidate_backward(events, (d, u, c, h_s), (d_c_s, d_u_s), ())
            if after:
                product(of_all, d_gates, d_state, size, events, rows, 1)
                product(Strided(d_a, d_c.start, chunk, 1), z, sums_c, size, width + 1, events, added)
                state = Rows(Z, width + 1, row)
                of_product = Rows(sums, sums_c.start + width + 1, row)
                product(Strided(d_a, d_product.start, chunk, 1), state, of_product, size, size, events, added)
            else:
                product(of_c, d_c, through_c, size, events, size, 0)
                for s in range(size):
                    i, j = s * stride, s * chunk
                    d, r, u = At(carry, begin + i), At(gates, a + i), At(gates, a + block + i)
                    back = (d, At(d_a, through_c.start + j), r, u, At(h, now + i))
                    gates_backward(events, back, (At(d_a, tall + j), d), ())
                product(of_all, d_gates, d_state, size, events, 2 * size, 1)
            product(Strided(d_a, d_gates.start, chunk, 1), z, sums_gates, 2 * size, inner, events, added)
            if not after:
                transpose(Rows(recurrent, now, stride), Rows(Z, width + 1, row), size, events)
                product(Strided(d_a, d_c.start, chunk, 1), z, sums_c, size, inner, events, added)
            added = 1
            if wanted:
                out_x = Rows(d_x, (begin * steps + t) * width, steps * width)
                product(Strided(d_a, tall, 1, chunk), Rows(W, 0, width), out_x, events, width, 2 * size, 0)
                of_candidate = Rows(W, 2 * size * width, width)
                product(Strided(d_a, 0, 1, chunk), of_candidate, out_x, events, width, size, 1)


_forward_arguments = grouped(InputRows, None, None, None, GRUTrace, None, Shape, None, None)
_backward_arguments = grouped(FromAbove, InputRows, None, GRUTrace, None, Back, None, Shape, None, None)


@borrowing
def forward_flat(*values: Any) -> None:
    """`forward_chunks`, given the members of its tuples one by one."""
    inputs, packed, Z, reset, trace, after, shape, first, last = _forward_arguments(values)
    forward_chunks(inputs, packed, Z, reset, trace, after, shape, first, last)


@borrowing
def backward_flat(*values: Any) -> None:
    """`backward_chunks`, given the members of its tuples one by one."""
    above, inputs, W, trace, after, arrays, wanted, shape, first, last = _backward_arguments(values)
    backward_chunks(above, inputs, W, trace, after, arrays, wanted, shape, first, last)


class _Plan:
    """Arrays of both passes for one shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        inner = width + 1 + size
        self.cut: Cut = cut(batch, size, 6.0 * steps * size * inner, itemsize)
        stride = self.cut.stride
        self.packed = memory.array("packed", (3 * size * inner,))
        alone = int(batch == 1)
        self.sigmoids, self.candidate = (
            memory.array(name, (alone * turned_length(rows, inner, itemsize),))
            for name, rows in (("sigmoids", 2 * size), ("candidate", size))
        )
        self.Z = list(memory.array("Z", (self.cut.slots, inner * self.cut.chunk)))
        self.reset = list(memory.array("reset", (self.cut.slots, size * self.cut.chunk)))
        self.h, h = padded(memory, "h", (steps + 1, size, batch), stride)
        self.gates, gates = padded(memory, "gates", (steps, 3 * size, batch), stride)
        self.recurrent, recurrent = padded(memory, "recurrent", (steps, size, batch), stride)
        self.trace = GRUTrace(h, gates, recurrent)
        self.flat = GRUTrace(self.h, self.gates, self.recurrent)
        self.shape = Shape(stride, steps, batch, width, size, self.cut.chunk)
        self.h_0 = h[0]


def _plan(x: Array, size: int, memory: Memory) -> _Plan:
    steps, batch, width = x.shape
    key = (steps, batch, size, width)
    return memory.once("numba", key, lambda: _Plan(steps, batch, size, width, memory, x.itemsize))


@gru_forward.override("numba")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory, reset_after: bool
) -> GRUTrace:
    steps, batch, _ = x.shape
    size = weights.U.shape[1]
    plan = _plan(x, size, memory)
    rows, shape = input_rows(x), plan.cut
    (plan.h_0[...],) = initial
    if batch == 1:
        forward_event(
            rows.values, rows.step, *weights, plan.packed, plan.sigmoids, plan.candidate, plan.Z[0],
            *plan.flat, int(reset_after), steps,
        )  # fmt: skip
        return plan.trace
    pack(*weights, plan.packed, 0, 2 * size)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        last = first + shape.per_slot
        work = plan.Z[slot], plan.reset[slot]
        forward_flat(*rows, plan.packed, *work, *plan.flat, int(reset_after), *plan.shape, first, last)

    for_each(run, shape.slots, shape.work)
    return plan.trace


@gru_backward.override("numba")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: GRUTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
    reset_after: bool,
) -> tuple[Array | None, tuple[Array]]:
    W, U, _ = weights
    d_h, (d_h_last,) = arriving
    plan = _plan(x, U.shape[1], memory)
    shape = plan.cut
    if trace is not plan.trace:
        for own_array, foreign in zip(plan.trace, trace, strict=True):
            own_array[...] = foreign
    back = memory.once("numba back", x.shape, lambda: BackwardPlan(memory, plan.shape, shape, 3, 5))
    rows = input_rows(x)
    back.begin(U, d_h_last)
    above, flat_W, after, wanted = back.given(d_h), W.reshape(-1), int(reset_after), int(input_gradient)

    def run(slot: int) -> None:
        first = slot * shape.per_slot
        last = first + shape.per_slot
        arrays = back.slots[slot]
        backward_flat(*above, *rows, flat_W, *plan.flat, after, *arrays, wanted, *plan.shape, first, last)

    for_each(run, shape.slots, 2 * shape.work)
    share_out(back.sums, shape.slots, back.row, *gradients)
    return (back.d_x_by_time if input_gradient else None), (back.d_h_0,)
