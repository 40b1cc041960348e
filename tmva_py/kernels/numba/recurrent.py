"""What the compiled recurrent layers share: how a batch is cut, how inputs and states are arranged.

For each step and chunk of events, inputs, a row of ones and the state are in one matrix Z (I+1+S, events),
and [W | b | U] in another, so that the pre-activations of all gates are one product; and the gradients of W,
b and U together are one product with Z transposed. All this of a chunk stays in the cache for all steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import VECTORS, product, transpose
from tmva_py.kernels.numba.threads import PARALLEL_WORK
from tmva_py.kernels.numba.vectors import VECTOR_BYTES, Emitter, Lanes
from tmva_py.kernels.numba.views import At, Rows, Strided

Array = Any

# Events of a chunk: narrow states take more of them, for the same place in the cache.
CHUNK, NARROW_CHUNK, SHARED_CHUNK = 64, 128, 32
NARROW_STATE = 16
# Rows of this many bytes, or multiples, would all fall into the same places of the cache.
CACHE_PERIOD = 1024
# Values after each row of Uᵀ, for the same reason.
PAD = 16
# Partial sums of the weights' gradients: at most this many threads share a backward pass.
MOST_SLOTS = 8


class Cut(NamedTuple):
    """How a batch is cut, by its size alone.

    Attributes
    ----------
    chunk : int
        Events that go through all steps together.
    slots : int
        Groups of chunks; each sums its own gradients.
    per_slot : int
        Chunks of a group.
    stride : int
        Length of a row of events in memory: whole vectors, and no multiple of the cache's period.
    work : float
        Floating-point operations of a forward pass.
    """

    chunk: int
    slots: int
    per_slot: int
    stride: int
    work: float


def cut(batch: int, size: int, operations: float, itemsize: int) -> Cut:
    """Return how a batch is cut, given the operations of the forward pass for one event."""
    lanes = VECTOR_BYTES // itemsize
    work = batch * operations
    chunk = NARROW_CHUNK if size <= NARROW_STATE else CHUNK
    if work >= PARALLEL_WORK:
        # Enough chunks for some threads, if they are not too narrow for the products.
        while chunk > SHARED_CHUNK and batch < 4 * chunk:
            chunk //= 2
    chunk = min(chunk, _whole(batch, lanes))
    chunks = -(-batch // chunk)
    slots = min(MOST_SLOTS, chunks) if work >= PARALLEL_WORK else 1
    per_slot = -(-chunks // slots)
    # A single event's units are side by side.
    stride = _whole(batch, lanes) if batch > 1 else 1
    if stride * itemsize % CACHE_PERIOD == 0:
        stride += lanes
    return Cut(chunk, -(-chunks // per_slot), per_slot, stride, work)


def _whole(length: int, lanes: int) -> int:
    return -(-length // lanes) * lanes


class InputRows(NamedTuple):
    """Inputs as a flat array, with the way from step to step and from event to event."""

    values: Array
    step: int
    event: int


class Shape(NamedTuple):
    """Sizes of a pass; `stride` is the distance of rows of events, `chunk` how many events go together."""

    stride: int
    steps: int
    batch: int
    width: int
    size: int
    chunk: int


class FromAbove(NamedTuple):
    """Gradients of all states (T, S, B) in a flat array, if there are some."""

    values: Array
    row: int
    some: int


class Back(NamedTuple):
    """Arrays of a slot on the way back; `sums` are its gradients of [W | b | U], `row` apart."""

    UT: Array
    carry: Array
    d_x: Array
    sums: Array
    row: int
    d_a: Array
    Z: Array


def input_rows(x: Array) -> InputRows:
    """Return inputs (T, B, I) as they are in memory, by time or by event; others are copied."""
    steps, batch, width = x.shape
    if x.flags.writeable:
        if x.flags.c_contiguous:
            return InputRows(x.reshape(-1), batch * width, width)
        by_event = x.transpose(1, 0, 2)
        if by_event.flags.c_contiguous:
            return InputRows(by_event.reshape(-1), width, steps * width)
    return InputRows(x.copy(order="C").reshape(-1), batch * width, width)


def padded(memory: Memory, name: str, shape: tuple[int, ...], stride: int) -> tuple[Array, Array]:
    """Return an array (…, B) whose rows are `stride` apart: flat, and as a view of its shape."""
    whole = memory.array(name, (*shape[:-1], stride))
    return whole.reshape(-1), whole[..., : shape[-1]]


@borrowing
def transposed_state_weights(U: Array, UT: Array) -> None:
    """Write U transposed, its rows apart; a call from Python, for which views take longer than arrays."""
    rows, size = U.shape
    transpose(Rows(U.reshape(U.size), 0, size), Rows(UT, 0, rows + PAD), rows, size)


class BackwardPlan:
    """Arrays of the way back, for one shape.

    `gates` is how many matrices of a state's size W and U are, `gradients` how many the gradients of the
    pre-activations are.
    """

    def __init__(self, memory: Memory, shape: Shape, cut: Cut, gates: int, gradients: int) -> None:
        width, size = shape.width, shape.size
        # A row of [W | b | U]'s gradients.
        self.row = _whole(width + 1 + size, 16)
        rows = gates * size
        self.sums = memory.array("sums", (cut.slots * rows * self.row,))
        self.UT = memory.array("UT", (size * (rows + PAD),))
        self.carry, self.d_h_0 = padded(memory, "carry_h", (size, shape.batch), cut.stride)
        by_event = memory.array("d_x_by_event", (shape.batch, shape.steps, width))
        self.d_x, self.d_x_by_time = by_event.reshape(-1), by_event.transpose(1, 0, 2)
        self._none = memory.array("none", (1,))
        d_a = memory.array("d_a", (cut.slots, gradients * size * cut.chunk))
        Z = memory.array("Z_by_event", (cut.slots, cut.chunk * self.row))
        self.slots = [
            Back(self.UT, self.carry, self.d_x, sums, self.row, *work)
            for sums, *work in zip(self.sums.reshape(cut.slots, -1), d_a, Z, strict=True)
        ]

    def begin(self, U: Array, d_h_last: Array | None) -> None:
        """Transpose U and start from the last state's gradient."""
        transposed_state_weights(U, self.UT)
        self.d_h_0[...] = 0.0 if d_h_last is None else d_h_last

    def given(self, d_h: Array | None) -> FromAbove:
        """Return the states' gradients (T, S, B) as compiled code takes them."""
        if d_h is None:
            return FromAbove(self._none, 0, 0)
        return FromAbove((d_h if d_h.flags.writeable else d_h.copy()).reshape(-1), d_h.shape[2], 1)


def _add(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    return [values[0] + values[1]]


add = elementwise(_add)


@borrowing
def pack(W: Array, U: Array, b: Array, packed: Array, halved_from: int, halved_to: int) -> None:
    """Write [W | b | U] row by row; rows from `halved_from` on, below `halved_to`, are halved.

    σ(a) = tanh(a/2)/2 + 1/2: with the rows of the sigmoids halved, tanh needs no factor.
    """
    rows, width = W.shape
    size = U.shape[1]
    inner = width + 1 + size
    for r in range(rows):
        factor = W.dtype.type(0.5) if halved_from <= r < halved_to else W.dtype.type(1.0)
        for i in range(width):
            packed[r * inner + i] = factor * W[r, i]
        packed[r * inner + width] = factor * b[r]
        for i in range(size):
            packed[r * inner + width + 1 + i] = factor * U[r, i]


def turned_length(rows: int, inner: int, itemsize: int) -> int:
    """Return how many values `turn` writes."""
    return _whole(rows, VECTORS * VECTOR_BYTES // itemsize) * inner


@borrowing
def turn(packed: Array, first: int, rows: int, inner: int, turned: Array) -> None:
    """Write rows of [W | b | U] transposed, for a single event: its vectors run along the units.

    As many units as a tile is wide are together, so that each tile reads its part from one place.
    """
    wide = VECTORS * VECTOR_BYTES // packed.itemsize
    for begin in range(0, rows, wide):
        units = min(wide, rows - begin)
        transpose(
            Rows(packed, (first + begin) * inner, inner), Rows(turned, begin * inner, wide), units, inner
        )


@borrowing
def times_turned(
    Z: At, turned: Array, first: int, used: int, inner: int, out: At, rows: int, add: int
) -> None:
    """Multiply turned rows with `used` values of Z; `first` is the inner index of the first one."""
    wide = VECTORS * VECTOR_BYTES // Z.array.itemsize
    for begin in range(0, rows, wide):
        units = min(wide, rows - begin)
        start = begin * inner + first * wide
        product(
            Strided(Z.array, Z.start, 0, 1),
            Rows(turned, start, wide),
            Rows(out.array, out.start + begin, wide),
            1,
            units,
            used,
            add,
        )


@borrowing
def begin_event(Z: Array, width: int, size: int, h: Array) -> None:
    """Write a row [x | 1 | h] with the initial state and room for the inputs."""
    Z[width] = 1.0
    for s in range(size):
        Z[width + 1 + s] = h[s]


@borrowing
def begin_chunk(Z: Array, h: Array, shape: Shape, begin: int, events: int) -> None:
    """Write the row of ones and the initial state into Z (I+1+S, chunk)."""
    stride, _, _, width, size, chunk = shape
    for j in range(chunk):
        Z[width * chunk + j] = 1.0
    for s in range(size):
        for j in range(events):
            Z[(width + 1 + s) * chunk + j] = h[s * stride + begin + j]


@borrowing
def side_by_side(x: Rows, width: int, h: Rows, size: int, out: Rows, events: int) -> None:
    """Write [x | 1 | h] (events, I+1+S): Z of one step, transposed."""
    for j in range(events):
        for i in range(width):
            out.array[j * out.row + i] = x.array[x.start + j * x.row + i]
        out.array[j * out.row + width] = 1.0
    transpose(h, Rows(out.array, width + 1, out.row), size, events)


@borrowing
def share_out(sums: Array, slots: int, row: int, d_W: Array, d_U: Array, d_b: Array) -> None:
    """Add the slots' sums in their order and write them to the gradients of W, U and b."""
    rows, width = d_W.shape
    size = d_U.shape[1]
    for slot in range(1, slots):
        for i in range(rows * row):
            sums[i] += sums[slot * rows * row + i]
    for r in range(rows):
        for i in range(width):
            d_W[r, i] = sums[r * row + i]
        d_b[r] = sums[r * row + width]
        for i in range(size):
            d_U[r, i] = sums[r * row + width + 1 + i]
