"""Max pooling of stride 1, compiled: shifted images are compared in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.convolution import Window
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At
from tmva_py.kernels.numpy import pooling as on_numpy
from tmva_py.kernels.pooling import max_pool_backward, max_pool_forward

Array = Any


def _larger(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    largest, seen = values
    # What is not a number wins, as in NumPy.
    is_number = e.builder.fcmp_ordered("ord", seen.ir, seen.ir)
    return [e.where(is_number, e.where(e.compare(">=", seen, largest), seen, largest), seen)]


def _give(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    """Give what is left of a window's gradient to a pixel that has the largest value."""
    pixel, largest, left, given = values
    won = e.compare("==", pixel, largest)
    return [given + e.where(won, left, 0.0), e.where(won, 0.0, left)]


larger, give = elementwise(_larger), elementwise(_give)


@compiled
def forward_images(x: Array, out: Array, window_height: int, window_width: int) -> None:
    """Write the largest value of each window of images (N, H, W) where the window begins."""
    images, height, width = x.shape
    pixels = height * width
    run = (height - window_height) * width + width - window_width + 1
    for image in range(images):
        place = image * pixels
        for i in range(height):
            for j in range(width):
                out[image, i, j] = x[image, i, j]
        for i in range(window_height):
            for j in range(window_width):
                if i + j:
                    shift = place + i * width + j
                    larger(run, (At(out, place), At(x, shift)), (At(out, place),), ())


@compiled
def backward_images(
    d_out: Array, x: Array, out: Array, d_x: Array, window_height: int, window_width: int
) -> None:
    """Give gradients d_out (D, B, oH, oW) back; `d_x` and `x` are (D, B, H, W)."""
    depth, batch, height, width = x.shape
    height_out, width_out = d_out.shape[2], d_out.shape[3]
    pixels = height * width
    run = (height_out - 1) * width + width_out
    left = np.zeros(pixels, x.dtype)
    largest = np.zeros(pixels, x.dtype)
    for channel in range(depth):
        for event in range(batch):
            place = (channel * batch + event) * pixels
            for i in range(height):
                for j in range(width):
                    d_x[channel, event, i, j] = 0.0
            for i in range(height_out):
                for j in range(width_out):
                    left[i * width + j] = d_out[channel, event, i, j]
                    largest[i * width + j] = out[channel, event, i, j]
                # Where no window begins nothing is given.
                for j in range(width_out, width):
                    left[i * width + j] = 0.0
            for i in range(window_height):
                for j in range(window_width):
                    shift = place + i * width + j
                    give(
                        run,
                        (At(x, shift), At(largest, 0), At(left, 0), At(d_x, shift)),
                        (At(d_x, shift), At(left, 0)),
                        (),
                    )


@max_pool_forward.override("numba")
def _max_pool_forward_numba(xp: Any, *, x: Array, window: Window, memory: Memory) -> Array:
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return on_numpy.forward(xp, x=x, window=window, memory=memory)
    height, width = x.shape[2:]
    if not x.flags.writeable:
        x = x.copy()
    out = memory.array("out", x.shape)
    forward_images(x.reshape(-1, height, width), out.reshape(-1, height, width), window.height, window.width)
    return out[:, :, : height - window.height + 1, : width - window.width + 1]


@max_pool_backward.override("numba")
def _max_pool_backward_numba(
    xp: Any, *, d_out: Array, x: Array, out: Array, window: Window, memory: Memory
) -> Array:
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return on_numpy.backward(xp, d_out=d_out, x=x, out=out, window=window, memory=memory)
    d_x = memory.array("d_x", x.shape)
    if not x.flags.writeable:
        x = x.copy()
    backward_images(d_out, x, out, d_x, window.height, window.width)
    return d_x
