"""The fully connected layer, compiled: a chunk of events is multiplied and activated while in the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.dense import dense_backward, dense_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.activation import activate, activate_back, plain
from tmva_py.kernels.numba.compiling import compiled, compiled_in_any_order
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import product, product_and, transpose
from tmva_py.kernels.numba.recurrent import Cut, cut
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.numba.vectors import Emitter, Lanes

Array = Any


def _scaled(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return [values[0] * scalars[0]]


scaled = elementwise(_scaled)


@compiled_in_any_order
def one_unit(x: Array, w: Array, b: Array, z: Array, first: int, last: int) -> None:
    """A single unit: its sums run along the events' values, where a product would have one column only."""
    for j in range(first, last):
        total = x.dtype.type(0.0)
        for i in range(x.shape[1]):
            total += x[j, i] * w[i]
        z[j, 0] = total + b[0]


@compiled
def prepare(W: Array, WT: Array) -> None:
    """Write W (O, I) transposed."""
    transpose(W, 0, W.shape[1], WT, 0, W.shape[0], W.shape[0], W.shape[1])


@compiled
def forward_rows(
    x: Array, WT: Array, b: Array, z: Array, y: Array, number: int, chunk: int, first: int, last: int
) -> None:
    """Run the events `first` to `last` - 1."""
    width, size = x.shape[1], b.shape[0]
    for begin in range(first, last, chunk):
        events = min(chunk, last - begin)
        place = begin * size
        if size == 1:
            one_unit(x, WT, b, z, begin, begin + events)
        else:
            product_and(
                x, begin * width, width, 1, WT, 0, size, z, place, size, b, 0, 0, events, size, width, 1
            )
        activate(number, events * size, z, place, y, place)


@compiled
def backward_rows(
    d_out: Array, x: Array, z: Array, y: Array, W: Array,
    d_W: Array, d_W_place: int, d_b: Array, d_b_place: int, d_x: Array, has_d_x: int,
    number: int, chunk: int, first: int, last: int,
) -> None:  # fmt: skip
    """Run the events `first` to `last` - 1 back, their gradients of W and b summed."""
    size, width = W.shape
    one = np.ones(1, x.dtype)
    d_z = np.empty(min(chunk, last - first) * size, x.dtype)
    added = 0
    for begin in range(first, last, chunk):
        events = min(chunk, last - begin)
        place = begin * size
        activate_back(number, events * size, d_out, place, z, y, place, d_z, 0)
        # The sum over events, as a product with a row of ones that is one number.
        product(one, 0, 0, 0, d_z, 0, size, d_b, d_b_place, size, 1, size, events, added)
        product(d_z, 0, 1, size, x, begin * width, width, d_W, d_W_place, width, size, width, events, added)
        added = 1
        if not has_d_x:
            continue
        if size == 1:
            for j in range(events):
                scaled(width, (W,), (0,), (d_x,), ((begin + j) * width,), (d_z[j],))
        else:
            product(d_z, 0, size, 1, W, 0, width, d_x, begin * width, width, events, width, size, 0)


@compiled
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


def _cut(batch: int, size: int, width: int, itemsize: int) -> Cut:
    return cut(batch, size, 2.0 * size * width, itemsize)


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
    batch, width = x.shape
    size = W.shape[0]
    shape = memory.once("cut", (batch,), lambda: _cut(batch, size, width, x.itemsize))
    WT = memory.array("WT", (width * size,))
    known = getattr(activate, "number", 0)
    prepare(W, WT)
    if shape.slots == 1:
        forward_rows(x, WT, b, z, y, known, shape.chunk, 0, batch)
    else:
        span = shape.chunk * shape.per_slot
        for_each(
            lambda slot: forward_rows(
                x, WT, b, z, y, known, shape.chunk, slot * span, min(batch, (slot + 1) * span)
            ),
            shape.slots,
            shape.work,
        )
    return y if hasattr(activate, "number") else activate(xp, x=z, out=y)


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
    batch, width = x.shape
    size = W.shape[0]
    d_x = memory.array("d_x", x.shape)
    shape = memory.once("cut", (batch,), lambda: _cut(batch, size, width, x.itemsize))
    known = getattr(activate_back, "number", None)
    if known is None:
        d_out, known = activate_back(xp, d_out=d_out, x=z, y=y, out=memory.array("d_a", y.shape)), 0
    seen = y if z is None else z
    if shape.slots == 1:
        backward_rows(
            d_out, x, seen, y, W, d_W.reshape(-1), 0, d_b, 0, d_x, int(input_gradient),
            known, shape.chunk, 0, batch,
        )  # fmt: skip
        return d_x if input_gradient else None
    span = shape.chunk * shape.per_slot
    sums_W = memory.array("sums_W", (shape.slots * size * width,))
    sums_b = memory.array("sums_b", (shape.slots * size,))
    for_each(
        lambda slot: backward_rows(
            d_out, x, seen, y, W, sums_W, slot * size * width, sums_b, slot * size, d_x,
            int(input_gradient), known, shape.chunk, slot * span, min(batch, (slot + 1) * span),
        ),
        shape.slots,
        2 * shape.work,
    )  # fmt: skip
    share_out(sums_W, sums_b, shape.slots, d_W, d_b)
    return d_x if input_gradient else None
