"""Max pooling without padding, forward and backward. Arrays are channel-major, (D, B, H, W)."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.convolution import Window, windows
from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.memory import Memory

Array = Any


@kernel
def max_pool_forward(xp: Any, *, x: Array, window: Window, memory: Memory) -> Array:
    """Return the largest value of each window, (D, B, oH, oW)."""
    out_height, out_width = window.output_size(*x.shape[2:])
    view = windows(xp, x, window, out_height, out_width)
    return view.reshape(x.shape[0], -1, x.shape[1], out_height, out_width).max(axis=1)


@kernel
def max_pool_backward(
    xp: Any, *, d_out: Array, x: Array, out: Array, window: Window, memory: Memory
) -> Array:
    """Give the gradient of each window to its winner: the first largest value in row-major order."""
    d_x = xp.zeros_like(x)
    left = d_out.copy()
    for rows, columns in _positions(window, *out.shape[2:]):
        won = x[:, :, rows, columns] == out
        d_x[:, :, rows, columns] += left * won
        left *= ~won
    return d_x


@max_pool_forward.override("numpy")
def _max_pool_forward_numpy(xp: Any, *, x: Array, window: Window, memory: Memory) -> Array:
    if (window.stride_rows, window.stride_columns) == (1, 1):
        return _forward_in_rows(xp, x, window, memory)
    out_height, out_width = window.output_size(*x.shape[2:])
    out = memory.array("out", (*x.shape[:2], out_height, out_width))
    for number, (rows, columns) in enumerate(_positions(window, out_height, out_width)):
        seen = x[:, :, rows, columns]
        if number == 0:
            out[...] = seen
        else:
            xp.maximum(out, seen, out=out)
    return out


def _forward_in_rows(xp: Any, x: Array, window: Window, memory: Memory) -> Array:
    """Stride 1: the windows are the whole memory, shifted; what crosses an image's edge is left out."""
    height, width = x.shape[2:]
    flat = x.reshape(-1)
    out = memory.array("out", x.shape)
    largest = out.reshape(-1)
    largest[...] = flat
    for i in range(window.height):
        for j in range(window.width):
            shift = i * width + j
            if shift:
                xp.maximum(largest[:-shift], flat[shift:], out=largest[:-shift])
    return out[:, :, : height - window.height + 1, : width - window.width + 1]


@max_pool_backward.override("numpy")
def _max_pool_backward_numpy(
    xp: Any, *, d_out: Array, x: Array, out: Array, window: Window, memory: Memory
) -> Array:
    d_x = memory.array("d_x", x.shape)
    d_x[...] = 0
    if (window.stride_rows, window.stride_columns) != (1, 1):
        left = memory.array("left", d_out.shape)
        part = memory.array("part", d_out.shape)
        left[...] = d_out
        for rows, columns in _positions(window, *out.shape[2:]):
            won = x[:, :, rows, columns] == out
            xp.multiply(left, won, out=part)
            d_x[:, :, rows, columns] += part
            xp.subtract(left, part, out=left)
        return d_x
    # As the forward pass: shifted memory. `left` is zero where no window starts, so nothing wrong is given.
    out_height, out_width = out.shape[2:]
    grid = memory.once("left_grid", x.shape, lambda: _zeros(memory, "left_grid", x.shape))
    largest = memory.once("out_grid", x.shape, lambda: _zeros(memory, "out_grid", x.shape))
    grid[:, :, :out_height, :out_width] = d_out
    grid[:, :, out_height:] = 0
    grid[:, :, :, out_width:] = 0
    largest[:, :, :out_height, :out_width] = out
    flat_x, flat_left, flat_out, flat_d = (array.reshape(-1) for array in (x, grid, largest, d_x))
    part = memory.array("part_grid", flat_x.shape)
    width = x.shape[3]
    for i in range(window.height):
        for j in range(window.width):
            shift = i * width + j
            end = len(flat_x) - shift
            won = flat_x[shift:] == flat_out[:end]
            xp.multiply(flat_left[:end], won, out=part[:end])
            flat_d[shift:] += part[:end]
            flat_left[:end] -= part[:end]
    return d_x


def _zeros(memory: Memory, name: str, shape: tuple[int, ...]) -> Array:
    zeros = memory.array(name, shape)
    zeros[...] = 0
    return zeros


def _positions(window: Window, out_height: int, out_width: int) -> list[tuple[slice, slice]]:
    return [
        (
            slice(i, i + (out_height - 1) * window.stride_rows + 1, window.stride_rows),
            slice(j, j + (out_width - 1) * window.stride_columns + 1, window.stride_columns),
        )
        for i in range(window.height)
        for j in range(window.width)
    ]
