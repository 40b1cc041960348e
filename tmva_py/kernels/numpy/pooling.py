"""Max pooling on NumPy."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.convolution import Window
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.pooling import max_pool_backward, max_pool_forward

Array = Any

# Values that are worked on at a time: several arrays of them fit a second-level cache.
PART_VALUES = 65536


@max_pool_forward.override("numpy")
def forward(xp: Any, *, x: Array, window: Window, memory: Memory) -> Array:
    """Return the largest values; other strides than 1 position by position."""
    if (window.stride_rows, window.stride_columns) == (1, 1):
        return _forward_in_rows(xp, x, window, memory)
    out_height, out_width = window.output_size(*x.shape[2:])
    out = memory.array("out", (*x.shape[:2], out_height, out_width))
    for number, (rows, columns) in enumerate(window.positions(out_height, out_width)):
        seen = x[:, :, rows, columns]
        if number == 0:
            out[...] = seen
        else:
            xp.maximum(out, seen, out=out)
    return out


def _forward_in_rows(xp: Any, x: Array, window: Window, memory: Memory) -> Array:
    """Stride 1: the windows are the whole memory, shifted; what crosses an image's edge is left out."""
    height, width = x.shape[2:]
    out = memory.array("out", x.shape)
    for part in _parts(x):
        seen, largest = x[part].reshape(-1), out[part].reshape(-1)
        in_row = _largest_in_row(xp, seen, window, memory)
        largest[...] = in_row
        for shift in range(width, window.height * width, width):
            xp.maximum(largest[:-shift], in_row[shift:], out=largest[:-shift])
    return out[:, :, : height - window.height + 1, : width - window.width + 1]


def _largest_in_row(xp: Any, flat: Array, window: Window, memory: Memory) -> Array:
    """Return the largest of each pixel and those that follow it in one row of the window."""
    largest = memory.array("in_row", flat.shape)
    largest[...] = flat
    for shift in range(1, window.width):
        xp.maximum(largest[:-shift], flat[shift:], out=largest[:-shift])
    return largest


@max_pool_backward.override("numpy")
def backward(xp: Any, *, d_out: Array, x: Array, out: Array, window: Window, memory: Memory) -> Array:
    """Give gradients to the largest values; other strides than 1 position by position."""
    if (window.stride_rows, window.stride_columns) == (1, 1):
        return _backward_in_rows(xp, d_out, x, out, window, memory)
    d_x = memory.array("d_x", x.shape)
    d_x[...] = 0
    left = memory.array("left", d_out.shape)
    part = memory.array("part", d_out.shape)
    left[...] = d_out
    for rows, columns in window.positions(*out.shape[2:]):
        won = x[:, :, rows, columns] == out
        xp.multiply(left, won, out=part)
        d_x[:, :, rows, columns] += part
        xp.subtract(left, part, out=left)
    return d_x


def _backward_in_rows(xp: Any, d_out: Array, x: Array, out: Array, window: Window, memory: Memory) -> Array:
    """Stride 1, as the forward pass: first to the row of the winner, then to the winner in the row."""
    out_height, out_width = out.shape[2:]
    width = x.shape[3]
    d_x = memory.array("d_x", x.shape)
    for part in _parts(x):
        shape = x[part].shape
        # Zero where no window starts, so that nothing wrong is given.
        left = memory.array("left", shape)
        left[:, :, :out_height, :out_width] = d_out[part]
        left[:, :, out_height:] = 0
        left[:, :, :, out_width:] = 0
        largest = memory.array("largest", shape)
        largest[:, :, :out_height, :out_width] = out[part]
        flat = x[part].reshape(-1)
        in_row = _largest_in_row(xp, flat, window, memory)
        d_row = memory.array("d_row", flat.shape)
        rows, columns = range(0, window.height * width, width), range(window.width)
        _give(xp, left.reshape(-1), largest.reshape(-1), in_row, d_row, rows, memory)
        _give(xp, d_row, in_row, flat, d_x[part].reshape(-1), columns, memory)
    return d_x


def _give(
    xp: Any, left: Array, largest: Array, seen: Array, d_seen: Array, shifts: range, memory: Memory
) -> None:
    """Give each gradient in `left` to the first of ``seen[place + shift]`` that is ``largest[place]``."""
    if len(shifts) == 1:
        d_seen[...] = left
        return
    xp.multiply(left, seen == largest, out=d_seen)
    left -= d_seen
    given = memory.array("given", seen.shape)
    for shift in shifts[1:-1]:
        end = len(seen) - shift
        xp.multiply(left[:end], seen[shift:] == largest[:end], out=given[:end])
        d_seen[shift:] += given[:end]
        left[:end] -= given[:end]
    # If none before was the largest, the last one is.
    d_seen[shifts[-1] :] += left[: len(seen) - shifts[-1]]


def _parts(x: Array) -> list[tuple[slice, slice]]:
    """Cut images (D, B, H, W) into contiguous parts that stay in the cache."""
    depth, batch, height, width = x.shape
    images = max(1, PART_VALUES // (height * width))
    if images < batch:
        return [
            (slice(channel, channel + 1), slice(start, start + images))
            for channel in range(depth)
            for start in range(0, batch, images)
        ]
    channels = images // batch
    return [(slice(start, start + channels), slice(None)) for start in range(0, depth, channels)]
