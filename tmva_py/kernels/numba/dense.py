"""The fully connected layer, compiled: a chunk of events is multiplied and activated while in the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np

from tmva_py.kernels.dense import dense_backward, dense_forward, dense_row_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.activation import activate, activate_back, plain
from tmva_py.kernels.numba.compiling import borrowing, compiled_in_any_order
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import (
    as_panels,
    panels_length,
    product,
    product_of_panels,
    product_turned,
    row_turned,
    turned_panels,
)
from tmva_py.kernels.numba.recurrent import Cut, cut
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At, Rows, Strided

Array = Any
# Events that one tile takes: for these it is faster to transpose the weights on the way.
FEW = 8
# Bytes of the smallest first-level caches: what fits is as fast in any order.
SMALL_CACHE = 1 << 15
CACHE_LINE = 64
P = TypeVar("P", bound="_Plan")


def _scaled(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return [values[0] * scalars[0]]


scaled = elementwise(_scaled)


@compiled_in_any_order
def one_unit(x: Array, width: int, w: Array, b: Array, z: Array, first: int, last: int) -> None:
    """A single unit: its sums run along the events' values, where a product would have one column only."""
    for j in range(first, last):
        total = x.dtype.type(0.0)
        for i in range(width):
            total += x[j * width + i] * w[i]
        z[j] = total + b[0]


@borrowing
def prepare(W: Array, WT: Array) -> None:
    """Write W (O, I) transposed, in panels."""
    turned_panels(Rows(W.reshape(W.size), 0, W.shape[1]), WT, W.shape[0], W.shape[1])


@borrowing
def prepare_back(W: Array, panels: Array) -> None:
    """Write W (O, I) in panels."""
    as_panels(Rows(W.reshape(W.size), 0, W.shape[1]), panels, W.shape[1], W.shape[0])


@borrowing
def forward_rows(
    x: Array,
    W: Array,
    WT: Array,
    b: Array,
    z: Array,
    y: Array,
    number: int,
    chunk: int,
    first: int,
    last: int,
    turned: int,
) -> None:
    """Run the events `first` to `last` - 1; WT has W in panels if `turned`, else it is room for parts."""
    width, size = x.shape[1], b.shape[0]
    # Flat, as everywhere: what is called is compiled for each number of dimensions that it is called with.
    x_, z_, y_, W_ = x.reshape(x.size), z.reshape(z.size), y.reshape(y.size), W.reshape(W.size)
    for begin in range(first, last, chunk):
        events = min(chunk, last - begin)
        place = begin * size
        if size == 1:
            one_unit(x_, width, W_, b, z_, begin, begin + events)
            activate(number, events, At(z_, place), At(y_, place))
            continue
        left, out, summand = Strided(x_, begin * width, width, 1), Rows(z_, place, size), Rows(b, 0, 0)
        if not turned and x.shape[0] == 1:
            row_turned(At(x_, 0), Rows(W_, 0, width), WT, At(z_, 0), At(b, 0), size, width)
        elif not turned:
            product_turned(left, Rows(W_, 0, width), WT, out, summand, events, size, width)
        else:
            product_of_panels(left, WT, out, summand, events, size, width, 1)
        activate(number, events * size, At(z_, place), At(y_, place))


@borrowing
def forward_all(
    x: Array, W: Array, WT: Array, b: Array, z: Array, y: Array, number: int, chunk: int, turned: int
) -> None:
    """Transpose W, unless it is `turned`, and run all events: what `prepare` and `forward_rows` do."""
    if not turned and x.shape[0] > FEW:
        prepare(W, WT)
        turned = 1
    forward_rows(x, W, WT, b, z, y, number, chunk, 0, x.shape[0], turned)


@borrowing
def forward_row_of_layers(x: Array, numbers: Array, table: Array) -> None:
    """Run one event through layers; each row of the table is a `_Layer` of places among the numbers."""
    for layer in range(table.shape[0]):
        width, size, turned, W_place, WT_place, b_place, z_place, y_place, activation = table[layer]
        W = numbers[W_place : W_place + width * size].reshape(size, width)
        z = numbers[z_place : z_place + size].reshape(1, size)
        y = numbers[y_place : y_place + size].reshape(1, size)
        b = numbers[b_place : b_place + size]
        forward_rows(x, W, numbers[WT_place:], b, z, y, activation, 1, 0, 1, turned)
        x = y


@borrowing
def backward_rows(
    d_out: Array, x: Array, z: Array, y: Array, W: Array,
    d_W: Array, d_W_place: int, d_b: Array, d_b_place: int, d_x: Array, has_d_x: int,
    panels: Array, number: int, chunk: int, d_z: Array, one: Array, first: int, last: int,
) -> None:  # fmt: skip
    """Run the events `first` to `last` - 1 back, their gradients of W and b summed.

    `panels` has W in panels or nothing, `d_z` has room for the gradients of a chunk, `one` holds the number.
    """
    size, width = W.shape
    x_, z_, y_, W_ = x.reshape(x.size), z.reshape(z.size), y.reshape(y.size), W.reshape(W.size)
    d_out_, d_x_ = d_out.reshape(d_out.size), d_x.reshape(d_x.size)
    added = 0
    for begin in range(first, last, chunk):
        events = min(chunk, last - begin)
        place = begin * size
        activate_back(number, events * size, At(d_out_, place), At(z_, place), At(y_, place), At(d_z, 0))
        # The sum over events, as a product with a row of ones that is one number.
        product(Strided(one, 0, 0, 0), Rows(d_z, 0, size), Rows(d_b, d_b_place, size), 1, size, events, added)
        product(
            Strided(d_z, 0, 1, size),
            Rows(x_, begin * width, width),
            Rows(d_W, d_W_place, width),
            size,
            width,
            events,
            added,
        )
        added = 1
        if not has_d_x:
            continue
        if size == 1:
            for j in range(events):
                scaled(width, (At(W_, 0),), (At(d_x_, (begin + j) * width),), (d_z[j],))
        else:
            left, out = Strided(d_z, 0, size, 1), Rows(d_x_, begin * width, width)
            if panels.size:
                product_of_panels(left, panels, out, out, events, width, size, 0)
            else:
                product(left, Rows(W_, 0, width), out, events, width, size, 0)


@borrowing
def share_out(sums_W: Array, sums_b: Array, slots: int, d_W: Array, d_b: Array) -> None:
    """Add the slots' sums in their order."""
    size, width = d_W.shape
    for slot in range(1, slots):
        for i in range(size * width):
            sums_W[i] += sums_W[slot * size * width + i]
        for i in range(size):
            sums_b[i] += sums_b[slot * size + i]
    for r in range(size):
        d_b[r] = sums_b[r]
        for i in range(width):
            d_W[r, i] = sums_W[r * width + i]


class _Plan:
    """How a batch is cut and the transposed weights, for one number of events."""

    def __init__(self, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        self.cut: Cut = cut(batch, size, 2.0 * size * width, itemsize)
        self.alone = self.cut.slots == 1
        self.span = self.cut.chunk * self.cut.per_slot
        self.WT = memory.array("WT", (panels_length(size, width, itemsize),))
        self.turned = False

    def turn_once(self, W: Array) -> None:
        """Write the weights in panels for all passes to come."""
        prepare(W, self.WT)
        self.turned = True


def _whole_lines(length: int, itemsize: int) -> int:
    line = CACHE_LINE // itemsize
    return -(-length // line) * line


class _Layer(NamedTuple):
    """A layer of a row: its sizes and where its numbers are."""

    width: int
    size: int
    turned: int
    """Whether `W` has the weights in panels."""
    W: int
    WT: int
    """The same place if they are; else that of room for parts."""
    b: int
    z: int
    y: int
    activation: int


class _Row:
    """Layers one after the other: weights and biases in one array with the room that one event needs."""

    def __init__(
        self,
        parameters: Sequence[tuple[Array, Array]],
        activate: Sequence[Callable[..., Array]],
        memory: Memory,
    ) -> None:
        self.parameters = parameters  # while they are here, nothing else has their number
        first_W = parameters[0][0]
        lengths = [panels_length(len(W), W.shape[1], W.itemsize) for W, _ in parameters]
        place = _whole_lines(max(lengths), first_W.itemsize)
        parts, rows = [np.zeros(place, first_W.dtype)], []
        for (W, b), function, length in zip(parameters, activate, lengths, strict=True):
            size, width = W.shape
            turned = W.nbytes > SMALL_CACHE
            weights = W.ravel()
            if turned:
                weights = np.zeros(length, W.dtype)
                prepare(W, weights)
            b_place = place + len(weights)
            z = b_place + size
            number: int = function.number  # type: ignore[attr-defined]
            room_place = place if turned else 0
            rows.append(_Layer(width, size, turned, place, room_place, b_place, z, z + size, number))
            # After them the sums, the results, and what lets the next weights begin a line of the cache.
            place = _whole_lines(z + 2 * size, W.itemsize)
            parts += [weights, b, np.zeros(place - z, W.dtype)]
        self.table = np.array(rows, np.int64)
        self.numbers = memory.array(f"row {id(parameters)}", (place,))
        np.concatenate(parts, out=self.numbers)
        self.out = self.numbers[z + size : z + 2 * size].reshape(1, size)


class _BackwardPlan(_Plan):
    """The arrays of the way back as well."""

    def __init__(self, batch: int, size: int, width: int, memory: Memory, itemsize: int) -> None:
        super().__init__(batch, size, width, memory, itemsize)
        self.d_x = memory.array("d_x", (batch, width))
        wide = size * width * itemsize > SMALL_CACHE
        self.panels = memory.array("panels", (panels_length(width, size, itemsize) if wide else 0,))
        self.d_z = list(memory.array("d_z", (self.cut.slots, self.cut.chunk * size)))
        self.one = memory.array("one", (1,))
        self.one[...] = 1.0
        self.sums_W, self.sums_b = (
            memory.array(name, (0 if self.alone else self.cut.slots * length,))
            for name, length in (("sums_W", size * width), ("sums_b", size))
        )


def _plan(kind: type[P], x: Array, W: Array, memory: Memory) -> P:
    size, (batch, width) = len(W), x.shape
    return memory.once(kind.__name__, (batch,), lambda: kind(batch, size, width, memory, x.itemsize))


def _rows(x: Array) -> Array:
    return x if plain(x) else x.copy(order="C")


@dense_forward.override("numba")
def _dense_forward_numba(
    xp: Any,
    *,
    x: Array,
    W: Array,
    b: Array,
    z: Array,
    y: Array,
    activate: Callable[..., Array],
    memory: Memory,
) -> Array:
    x = _rows(x)
    batch = len(x)
    plan = _plan(_Plan, x, W, memory)
    known = getattr(activate, "number", None)
    number = 0 if known is None else known
    if memory.parameters_are_fixed and not plan.turned and W.nbytes > SMALL_CACHE:
        plan.turn_once(W)
    if plan.alone:
        forward_all(x, W, plan.WT, b, z, y, number, plan.cut.chunk, int(plan.turned))
    else:
        if not plan.turned:
            prepare(W, plan.WT)
        for_each(
            lambda slot: forward_rows(
                x, W, plan.WT, b, z, y, number, plan.cut.chunk,
                slot * plan.span, min(batch, (slot + 1) * plan.span), 1,
            ),
            plan.cut.slots,
            plan.cut.work,
        )  # fmt: skip
    return activate(xp, x=z, out=y) if known is None else y


@dense_row_forward.override("numba")
def _dense_row_forward_numba(
    xp: Any,
    *,
    x: Array,
    parameters: Sequence[tuple[Array, Array]],
    activate: Sequence[Callable[..., Array]],
    memory: Memory,
) -> Array:
    row = memory.once("row", (id(parameters),), lambda: _Row(parameters, activate, memory))
    x = _rows(x)
    if len(x) == 1:
        forward_row_of_layers(x, row.numbers, row.table)
        return row.out
    out = xp.empty((len(x), row.out.shape[1]), x.dtype)
    for event in range(len(x)):
        forward_row_of_layers(x[event : event + 1], row.numbers, row.table)
        out[event] = row.out[0]
    return out


@dense_backward.override("numba")
def _dense_backward_numba(
    xp: Any,
    *,
    d_out: Array,
    x: Array,
    z: Array | None,
    y: Array,
    W: Array,
    d_W: Array,
    d_b: Array,
    activate_back: Callable[..., Array],
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    x, d_out = _rows(x), _rows(d_out)
    batch = len(x)
    plan = _plan(_BackwardPlan, x, W, memory)
    number = getattr(activate_back, "number", None)
    if number is None:
        d_out, number = activate_back(xp, d_out=d_out, x=z, y=y, out=memory.array("d_a", y.shape)), 0
    seen, wanted = (y if z is None else z), int(input_gradient)
    if input_gradient and plan.panels.size:
        prepare_back(W, plan.panels)
    if plan.alone:
        backward_rows(
            d_out,
            x,
            seen,
            y,
            W,
            d_W.reshape(-1),
            0,
            d_b,
            0,
            plan.d_x,
            wanted,
            plan.panels,
            number,
            plan.cut.chunk,
            plan.d_z[0],
            plan.one,
            0,
            batch,
        )
    else:
        for_each(
            lambda slot: backward_rows(
                d_out, x, seen, y, W, plan.sums_W, slot * W.size, plan.sums_b, slot * len(W), plan.d_x,
                wanted, plan.panels, number, plan.cut.chunk, plan.d_z[slot], plan.one,
                slot * plan.span, min(batch, (slot + 1) * plan.span),
            ),
            plan.cut.slots,
            2 * plan.cut.work,
        )  # fmt: skip
        share_out(plan.sums_W, plan.sums_b, plan.cut.slots, d_W, d_b)
    return plan.d_x if input_gradient else None
