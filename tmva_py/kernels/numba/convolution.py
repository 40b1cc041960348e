"""Convolution of stride 1, compiled, without laying windows out: shifted images are multiplied in place.

For stride 1 the pixel that filter position (kh, kw) of a window sees is kh rows and kw columns after the
window's first, so that each row of the usual matrix of windows is the image itself, shifted. The tiles read
their rows from a table of shifts. Windows that cross the edge of an image are computed too and left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.convolution import Window, conv_backward, conv_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.activation import plain
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.products import product, product_of_shifts, product_with_shifts, transpose
from tmva_py.kernels.numba.threads import PARALLEL_WORK, for_each
from tmva_py.kernels.numba.views import At, Rows, Strided
from tmva_py.kernels.numpy import convolution as on_numpy

Array = Any

# Groups of events; each sums its own gradients.
MOST_SLOTS = 8


@compiled
def forward_events(padded: Array, W: Array, b: Array, shifts: Array, z: Array, first: int, last: int) -> None:
    """Convolve the events `first` to `last` - 1 of padded images (D, B, H, W) into z (O, B, oH, oW)."""
    width = padded.shape[3]
    pixels = padded.shape[2] * width
    filters, inner = W.shape
    height_out, width_out = z.shape[2], z.shape[3]
    run = (height_out - 1) * width + width_out
    whole = np.empty(filters * run, W.dtype)
    for event in range(first, last):
        product_of_shifts(
            Rows(W, 0, inner), At(padded, event * pixels), shifts, Rows(whole, 0, run), filters, run, inner
        )
        for o in range(filters):
            for i in range(height_out):
                place = o * run + i * width
                for j in range(width_out):
                    z[o, event, i, j] = whole[place + j] + b[o]


@compiled
def backward_events(
    d_z: Array, padded: Array, W_back: Array, shifts: Array, shifts_back: Array,
    sums: Array, sums_place: int, d_b: Array, d_b_place: int,
    d_x: Array, has_d_x: int, top: int, left: int, margin: int, first: int, last: int,
) -> None:  # fmt: skip
    """Go back through the events `first` to `last` - 1, their gradients of Wᵀ and b summed."""
    filters, height_out, width_out = d_z.shape[0], d_z.shape[2], d_z.shape[3]
    width = padded.shape[3]
    pixels = padded.shape[2] * width
    columns = shifts.shape[0]
    run = (height_out - 1) * width + width_out
    depth, height, inside = d_x.shape[0], d_x.shape[2], d_x.shape[3]
    run_back = (height - 1) * width + inside
    # The outputs' gradients where their windows begin, zeros elsewhere and around.
    length = margin + pixels + margin
    grid = np.zeros(filters * length, d_z.dtype)
    by_place = np.empty(run * filters, d_z.dtype)
    whole = np.empty(depth * run_back, d_z.dtype)
    one = np.ones(1, d_z.dtype)
    added = 0
    for event in range(first, last):
        for o in range(filters):
            for i in range(height_out):
                place = o * length + margin + i * width
                for j in range(width_out):
                    grid[place + j] = d_z[o, event, i, j]
        transpose(Rows(grid, margin, length), Rows(by_place, 0, filters), filters, run)
        product(
            Strided(one, 0, 0, 0),
            Rows(by_place, 0, filters),
            Rows(d_b, d_b_place, filters),
            1,
            filters,
            run,
            added,
        )
        product_with_shifts(
            At(padded, event * pixels),
            shifts,
            Rows(by_place, 0, filters),
            Rows(sums, sums_place, filters),
            columns,
            filters,
            run,
            added,
        )
        added = 1
        if not has_d_x:
            continue
        start = margin + top * width + left
        product_of_shifts(
            Rows(W_back, 0, W_back.shape[1]),
            At(grid, start),
            shifts_back,
            Rows(whole, 0, run_back),
            depth,
            run_back,
            W_back.shape[1],
        )
        for c in range(depth):
            for i in range(height):
                place = c * run_back + i * width
                for j in range(inside):
                    d_x[c, event, i, j] = whole[place + j]


class _Plan:
    """Shifts of the filter's positions, and how the events are shared out."""

    def __init__(self, padded: Array, window: Window, filters: int) -> None:
        depth, batch, height, width = padded.shape
        pixels = height * width
        self.margin = (window.height - 1) * width + window.width - 1
        length = pixels + 2 * self.margin
        positions = [(kh, kw) for kh in range(window.height) for kw in range(window.width)]
        self.shifts = np.array(
            [c * batch * pixels + kh * width + kw for c in range(depth) for kh, kw in positions], np.int64
        )
        self.shifts_back = np.array(
            [o * length - kh * width - kw for o in range(filters) for kh, kw in positions], np.int64
        )
        self.work = 2.0 * batch * pixels * filters * len(self.shifts)
        self.slots = min(MOST_SLOTS, batch) if self.work >= PARALLEL_WORK else 1
        self.span = -(-batch // self.slots)
        self.slots = -(-batch // self.span)


def _plan(padded: Array, window: Window, filters: int, memory: Memory) -> _Plan:
    return memory.once(
        "numba convolution", (*padded.shape, filters, window), lambda: _Plan(padded, window, filters)
    )


@conv_forward.override("numba")
def _conv_forward_numba(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return on_numpy.forward(xp, x=x, W=W, b=b, window=window, memory=memory)
    batch = x.shape[1]
    padded = on_numpy.pad_image(x, window, memory)
    plan = _plan(padded, window, len(W), memory)
    z = memory.array("z", (len(W), batch, *window.output_size(*x.shape[2:])))
    for_each(
        lambda slot: forward_events(
            padded, W, b, plan.shifts, z, slot * plan.span, min(batch, (slot + 1) * plan.span)
        ),
        plan.slots,
        plan.work,
    )
    return z, padded


@conv_backward.override("numba")
def _conv_backward_numba(
    xp: Any,
    *,
    d_z: Array,
    padded: Array,
    W: Array,
    window: Window,
    d_W: Array,
    d_b: Array,
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return on_numpy.backward(
            xp,
            d_z=d_z,
            padded=padded,
            W=W,
            window=window,
            d_W=d_W,
            d_b=d_b,
            memory=memory,
            input_gradient=input_gradient,
        )
    depth, batch, height, width = padded.shape
    filters, columns = W.shape
    top, left = window.padding_height, window.padding_width
    plan = _plan(padded, window, filters, memory)
    if not plain(d_z):
        d_z = d_z.copy(order="C")
    d_x = memory.array("d_x", (depth, batch, height - 2 * top, width - 2 * left))
    # Row c, column (o, kh, kw): what a pixel of channel c gave to the outputs o.
    W_back = memory.array("W_back", (depth, filters * window.height * window.width))
    W_back.reshape(depth, filters, -1)[...] = W.reshape(filters, depth, -1).transpose(1, 0, 2)
    sums = memory.array("sums", (plan.slots, columns, filters))
    sums_b = memory.array("sums_b", (plan.slots, filters))
    flat, flat_b = sums.reshape(-1), sums_b.reshape(-1)
    for_each(
        lambda slot: backward_events(
            d_z, padded, W_back, plan.shifts, plan.shifts_back,
            flat, slot * columns * filters, flat_b, slot * filters,
            d_x, int(input_gradient), top, left, plan.margin,
            slot * plan.span, min(batch, (slot + 1) * plan.span),
        ),
        plan.slots,
        2 * plan.work,
    )  # fmt: skip
    for slot in range(1, plan.slots):
        sums[0] += sums[slot]
        sums_b[0] += sums_b[slot]
    d_W[...] = sums[0].T
    d_b[...] = sums_b[0]
    return d_x if input_gradient else None
